"""A file shown in the person's browser, where there is one to be seen."""

import os
import sys
from pathlib import Path

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


def shows(path: Path) -> bool:
    """Open a file in the browser; tell whether that could be done.

    Where there is no screen no browser is looked for: one of the terminal would take its place.
    """
    import webbrowser

    if sys.platform != "darwin" and not any(map(os.environ.get, (*_SCREENS, "BROWSER"))):
        return False
    return webbrowser.open(path.absolute().as_uri())
