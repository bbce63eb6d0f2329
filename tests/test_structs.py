"""Small objects that do not change: their fields, by place and by name, and what is refused."""

from functools import cached_property
from typing import ClassVar

import pytest

from bencomune_cli.structs import Struct


class Point(Struct):
    """A point with a name."""

    word = "point"  # of all points: no field
    digits: ClassVar[int] = 6
    lon: float
    lat: float
    name: str = "somewhere"

    @cached_property
    def told(self) -> str:
        """Return it in words."""
        return f"{self.name}: {self.lon}, {self.lat}"


class Named(Point):
    """A point that has a name of its own, and a colour."""

    name: str = "here"
    colour: str = "red"


def test_fields_are_given_by_place_or_by_name():
    """What is not given is what the class says; a class below may say otherwise."""
    assert Point(9.15, 45.18).told == "somewhere: 9.15, 45.18"
    assert Point(lat=45.18, lon=9.15, name="Esempio").told == "Esempio: 9.15, 45.18"
    assert Named(1, 2).told == "here: 1, 2"
    assert Named(1, 2, "Esempio", "blue").colour == "blue"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((1,), {}),
        ((), {"lon": 1}),
        ((1, 2), {"lat": 2}),
        ((1, 2), {"colour": "red"}),
        ((1, 2), {"word": "line"}),
        ((1, 2), {"digits": 7}),
        ((1, 2, "a", "b"), {}),
    ],
)
def test_what_is_lacking_twice_told_or_unknown_is_refused(values, named):
    """As of any function that is called otherwise than it is declared."""
    with pytest.raises(TypeError, match="Point"):
        Point(*values, **named)


def test_it_does_not_change():
    """Another with other values is made of it, without what was remembered of this one."""
    point = Point(1, 2)
    assert point.told == "somewhere: 1, 2"
    with pytest.raises(AttributeError):
        point.lon = 3
    assert point.replaced(lon=3).told == "somewhere: 3, 2"
    assert point != Point(1, 2)
