"""Draw docs/images/map.png and map-phone.png: the page of an export, as Chromium shows it.

It needs Debian's chromium and the `test` extra, and no network:
bencomune export --for web --to /tmp/page
python docs/map_pictures.py /tmp/page/map.html [another folder] [a record's id]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from pages import Opened, chromium

IMAGES = Path(__file__).parent / "images"


def main(page: Path, folder: Path = IMAGES, record: str = "spazio-q") -> None:
    """Draw the page with the card of a record open, then as it is on a telephone."""
    windows = (("map", f"#{record}", 1280, 800), ("map-phone", "", 360, 740))
    with chromium() as browser:
        for name, card, width, height in windows:
            with Opened(browser, page, card, width, height) as opened:
                opened.page.wait_for_timeout(500)  # until the map stands still
                opened.page.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), Path(given[1]) if given[1:] else IMAGES, *given[2:])
