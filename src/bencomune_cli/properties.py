"""Properties of a feature -> texts: what a JSON or SQLite value reads like in a cell."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .limits import Limits
from .rows import Problem, too_long
from .strict_json import depth_of
from .words import Text

# How a feature is drawn, as uMap, simplestyle and Google My Maps say it: no datum of a record.
STYLES = frozenset(
    (
        *("_umap_options", "_storage_options", "_umap_id", "marker-color", "marker-size"),
        *("marker-symbol", "stroke", "stroke-width", "stroke-opacity", "fill", "fill-opacity"),
        *("styleUrl", "styleHash", "styleMapHash", "icon", "icon-color", "icon-opacity"),
        *("icon-scale", "icon-offset", "icon-offset-units", "label-scale", "visibility"),
    )
)
EXACT = 10**15  # from which on a float is no longer sure of its digits
_ODD = re.compile("[\0\ud800-\udfff]")  # what no file of text may hold
_UNPRINTED = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]+")
SHOWN = 60  # characters of a name that are told in a message


def aside(names: Iterable[str]) -> list[Text]:
    """Return the sentence on properties that are left aside, if there are any."""
    styles = sorted(STYLES.intersection(names))
    told = Text("stili tralasciati: {names}", "styles left aside: {names}")
    return [told.filled(names=", ".join(styles))] if styles else []


def headers_of(names: Iterable[str], limits: Limits) -> dict[str, str]:
    """Return a header for each name of a property."""
    listed = list(names)
    return dict(zip(listed, headers_apart(listed, limits), strict=True))


def headers_apart(names: Iterable[str], limits: Limits) -> list[str]:
    """Return names as headers; those that differ in case and blanks only are told apart."""
    headers: list[str] = []
    taken: set[str] = set()
    for place, name in enumerate(names, start=1):
        limits.hold("columns", place)
        limits.hold("field", len(name))
        bare = " ".join(_UNPRINTED.sub("\N{REPLACEMENT CHARACTER}", name).split()) or f"({place})"
        header, count = bare, 1
        while header.casefold() in taken:
            count += 1
            header = f"{bare} ({count})"
        taken.add(header.casefold())
        headers.append(header)
    return headers


def cells(
    properties: Mapping[str, Any], headers: Mapping[str, str], limits: Limits
) -> tuple[dict[str, str], list[Problem]]:
    """Return the texts of properties by header, and what could not be taken over as it is."""
    told: dict[str, str] = {}
    problems: list[Problem] = []
    for name, value in properties.items():
        header = headers.get(name)
        if header is None or value is None:
            continue
        if isinstance(value, dict) or (isinstance(value, list) and any(map(_nested, value))):
            limits.hold("depth", depth_of(value))
            nested = Text(
                "è un oggetto con altri dentro: preso come testo JSON",
                "it is an object with others inside: taken as JSON text",
            )
            problems.append(Problem(header, nested, fatal=False))
        text = told_as_text(value)
        if problem := unfit(header, text, limits):
            problems.append(problem)
        else:
            told[header] = text
    return told, problems


def unfit(header: str, text: str, limits: Limits) -> Problem | None:
    """Return the problem of a text that no cell can take; None for one that it can."""
    if _ODD.search(text):
        told = Text(
            "ha caratteri che non sono di un testo: scriverlo di nuovo",
            "it has characters that are not of a text: write it again",
        )
        return Problem(header, told)
    return too_long(header, len(text), limits)


def told_as_text(value: Any) -> str:
    """Return what a value reads like in a cell: numbers without exponent, lists by bars."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < EXACT
        return str(int(value)) if whole else format(Decimal(repr(value)), "f")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list) and not any(map(_nested, value)):
        return " | ".join(told_as_text(each) for each in value if each is not None)
    return json.dumps(value, ensure_ascii=False)


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list)
