"""Draw docs/images/paper.png and paper-list.png: the first two pages of an export, on paper.

It needs Debian's poppler-utils, and no network:
bencomune export --for paper --to /tmp/paper
python docs/paper_pictures.py /tmp/paper/map.pdf [another folder]
"""

import subprocess
import sys
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
FINENESS = "72"  # dots to an inch


def main(pdf: Path, folder: Path = IMAGES) -> None:
    """Draw the page with the map, then the first page of the directory."""
    for page, name in ((1, "paper"), (2, "paper-list")):
        only = ["-f", str(page), "-l", str(page), "-singlefile"]
        picture = str(folder / name)
        command = ["pdftoppm", "-png", "-r", FINENESS, *only, str(pdf), picture]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), Path(given[1]) if given[1:] else IMAGES)
