"""The page of an export in Debian's Chromium: opened from a file, with everything it does noted."""

import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import sync_playwright

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@contextmanager
def chromium():
    """Give a headless Chromium with a profile of its own."""
    program = shutil.which("chromium")
    if not program and not os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Noted:
    """What a page did that it should not have done, and what it asked for elsewhere."""

    faults: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    referers: list = field(default_factory=list)


class Opened:
    """A page of a file, or of this machine, in a window; requests elsewhere are noted and end."""

    def __init__(self, browser, page, hash_="", width=1280, height=800, **told):
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **told
        )
        self.noted = Noted()
        self._context.route(re.compile("^https?://(?!127)"), lambda route: route.abort())
        self.page = self._context.new_page()
        self.page.on("request", self._note)
        self.page.set_default_timeout(10_000)
        self.page.on("console", lambda said: self.noted.faults.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.noted.faults.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.page.on("popup", lambda _: self.noted.faults.append("another window"))
        address = page if isinstance(page, str) else page.absolute().as_uri()
        self.page.goto(address + hash_)
        self.page.wait_for_selector("html.ready")

    def _note(self, request):
        if not request.url.startswith(("file:", "data:", "http://127.0.0.1:")):
            self.noted.requests.append(request.url)
            self.noted.referers.append(request.headers.get("referer"))

    def _dismiss(self, dialog):
        self.noted.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._context.close()

    def names(self):
        """Return the names in the list, in their order."""
        return self.page.locator("#_records li > a").all_inner_texts()

    def shows(self, count):
        """Wait until the list has so many records."""
        self.page.wait_for_function(
            "count => document.querySelectorAll('#_records li').length === count", arg=count
        )
        return self

    def card(self):
        """Return the text of the card that is open, an empty one where none is."""
        card = self.page.locator("#_card")
        return card.text_content() if card.is_visible() else ""

    def focus(self):
        """Return what has the focus: its id, else its text."""
        return self.page.evaluate(
            "document.activeElement.id || document.activeElement.innerText.trim()"
        )

    def violations(self):
        """Return what axe-core finds, as rule and element."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run()")
        return [
            (rule["id"], node["target"], node.get("failureSummary", "")[:200])
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
