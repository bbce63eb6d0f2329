"""Pages set for print, as PDF: the home of typst, which brings its own fonts, and of segno.

What is set comes to a template of `printed/` as JSON, and is text there, whatever it says: nothing
of a record is ever read as markup. No font of the machine is used and nothing is fetched; the date
in the file is that of the data. The same data thus give the same bytes.
"""

import datetime as dt
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "printed"
_EVER = "1970-01-01T00:00:00Z"


def typeset(template: str, told: Mapping[str, Any], changed_at: str | None) -> bytes:
    """Return a PDF of what is told, laid out by a template, dated by the last change."""
    import typst

    moment = dt.datetime.fromisoformat(changed_at or _EVER)
    pdf = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=[],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
        timestamp=int(moment.timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise TypeError(type(pdf).__name__)
    return pdf


def qr(address: str) -> str:
    """Return a QR code (ISO/IEC 18004) of an address as SVG."""
    import segno

    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=0, xmldecl=False, svgns=True, nl=False
    )
    return out.getvalue().decode()
