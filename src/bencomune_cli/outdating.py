"""What new values leave without sense in a record: what was said of the point that it had."""

from collections.abc import Container, Mapping
from typing import Any

from .declare import Record
from .entities import Place

POINT = ("lat", "lon")
OF_POINT = ("point_source", "point_as_given", "precision")  # what is said of one point alone


def outdated_by(values: Mapping[str, Any], given: Container[str], before: Record) -> dict[str, Any]:
    """Return what new values of a record leave without sense, emptied: what was said of its point.

    Unless it is given along with the new one. That a point is to be masked is a wish about the
    record, and stays.
    """
    if not isinstance(before, Place) or before.lat is None:
        return {}
    if all(values.get(name, getattr(before, name)) == getattr(before, name) for name in POINT):
        return {}
    told = [name for name in OF_POINT if name not in given and getattr(before, name) is not None]
    return {name: None for name in told if getattr(before, name) != "masked"}
