"""Draw docs/images/map.png and map-phone.png: the page of an export, as Chromium shows it.

It needs Debian's chromium and the `test` extra, and no network:
bencomune export --for web --to /tmp/page
python docs/map_pictures.py /tmp/page/map.html [another folder] [a record's id]
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
WINDOWS = {"map": (1280, 800), "map-phone": (360, 740)}
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def main(page: Path, folder: Path = IMAGES, record: str = "spazio-q") -> None:
    """Draw the page with the card of a record open, then as it is on a telephone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        for name, (width, height) in WINDOWS.items():
            window = browser.new_page(viewport={"width": width, "height": height})
            address = page.absolute().as_uri()
            window.goto(f"{address}#{record}" if name == "map" else address)
            window.wait_for_selector("html.ready")
            window.wait_for_timeout(500)  # until the map stands still
            window.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), Path(given[1]) if given[1:] else IMAGES, *given[2:])
