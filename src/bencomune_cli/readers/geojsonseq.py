"""GeoJSON text sequences (RFC 8142) and newline-delimited GeoJSON: one feature a line."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from .. import strict_json
from ..encodings import Encoding, encoding_of, opened
from ..errors import Refused
from ..features import Survey, is_feature, row_of
from ..words import Text, same
from . import FEATURE, HEAD, Problem, Readable, Row, Source, Table

SEPARATOR = "\x1e"  # RS, before each text of a sequence: RFC 8142, section 2
_ENDINGS = (".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl", ".ldjson")


def _recognises(head: bytes, name: str) -> bool:
    text = head.decode("utf-8-sig", "replace").lstrip(" \t\r\n")
    if text.startswith(SEPARATOR):
        return True
    if not text.startswith("{"):
        return False
    lines = text.split("\n")[: -1 if len(head) >= HEAD else None]
    filled = [line.strip() for line in lines if line.strip()]
    if name.endswith(_ENDINGS):
        return not filled or any(map(_object, filled))
    return len(filled) > 1 and all(line[0] == "{" for line in filled) and _object(filled[0])


def _object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


FORMAT = Readable(same("GeoJSONSeq"), _recognises, rank=7)


def read(source: Source) -> Table:
    """Return the features of a sequence; a line that is none is a problem of its row."""
    encoding = encoding_of(source.file, source.encoding)
    survey = Survey(source.limits)
    good, told = 0, []
    for _number, _line, feature in _features(source, encoding):
        survey.add(feature)
        good += is_feature(feature)
    if not good:
        raise Refused(
            Text(
                "nessuna riga del file è un elemento di GeoJSON",
                "no line of the file is a GeoJSON feature",
            )
        )
    if not encoding.name.startswith("utf-8"):
        told.append(Text("codifica {label}", "encoding {label}").filled(label=encoding.label))
    headers = survey.headers()
    told += survey.told({})
    rows = partial(_rows, source, encoding, headers)
    return Table(
        list(headers.values()), rows, told, None, FEATURE, has_points=True, total=survey.total
    )


def _rows(source: Source, encoding: Encoding, headers: Mapping[str, str]) -> Iterator[Row]:
    where = Text("riga {line} del file: {told}", "line {line} of the file: {told}")
    for number, line, feature in _features(source, encoding):
        if isinstance(feature, Refused):
            told = where.filled(line=line, told=feature.text)
            yield Row(number, {}, None, [Problem("", told)])
        else:
            yield row_of(number, feature, headers, source.limits, degrees=True)


def _features(source: Source, encoding: Encoding) -> Iterator[tuple[int, int, Any]]:
    """Yield features with their number and line; in place of one that is broken, its refusal."""
    file = opened(source.file, encoding.name)
    try:
        for number, (line, text) in enumerate(_texts(file), start=1):
            try:
                yield number, line, strict_json.parsed(text)
            except Refused as refused:
                yield number, line, refused
    finally:
        file.detach()


def _texts(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file with the lines on which they begin.

    After RS a text may go over several lines; without, every line is one.
    """
    kept: list[str] = []
    began, marked = 1, False
    for number, line in enumerate(lines, start=1):
        for place, piece in enumerate(line.split(SEPARATOR)):
            if place or not marked:
                if whole := "".join(kept).strip("\ufeff \t\r\n"):
                    yield began, whole
                kept, began = [], number
            marked = marked or place > 0
            kept.append(piece)
    if whole := "".join(kept).strip("\ufeff \t\r\n"):
        yield began, whole
