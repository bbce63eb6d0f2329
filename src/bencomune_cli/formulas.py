"""Texts that a spreadsheet would take for a formula, and one apostrophe in front that prevents it.

OWASP, "CSV Injection". Removing one apostrophe gives the text back. What is only a signed number,
such as a telephone's, stays as it is.
"""

import re

# Signs that open a formula, in ASCII and in their full-width forms, and the characters that some
# spreadsheets skip before one.
SIGNS = "=+@\t\n\r＝＋＠－-"  # the hyphen last: a class of characters follows
_NUMBER = re.compile(r"[+-][0-9][0-9 .()/-]*")
_GUARDED = re.compile(rf"'(?='*[{re.escape(SIGNS)}])")
_CLASS = ",".join(str(ord(sign)) for sign in f"[{SIGNS}]")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    formula = text.lstrip("'")[:1] in set(SIGNS) and not _NUMBER.fullmatch(text)
    return f"'{text}" if formula else text


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that keeps it from being a formula."""
    return _GUARDED.sub("", text, count=1) if text[:1] == "'" else text


def guarded_sql(name: str) -> str:
    """Return SQL for what `guarded` makes of a column."""
    formula = f"ltrim({name}, '''') GLOB char({_CLASS}) || '*'"
    number = f"({name} GLOB '[+-][0-9]*' AND substr({name}, 2) NOT GLOB '*[^0-9 .()/-]*')"
    return f"CASE WHEN {formula} AND NOT {number} THEN '''' || {name} ELSE {name} END"
