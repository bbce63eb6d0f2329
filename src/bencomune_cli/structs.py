"""Small objects that do not change, their fields declared as annotations, quickly made at a start.

A dataclass of the standard library has its methods written and compiled while its module loads; of
the thirty that `show` needs, that is 4 % of it.
"""

import inspect
from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(eq_default=False, frozen_default=True)
class Struct:
    """An object with the fields that its class and the classes above it annotate, in that order.

    They are given by place or by name; what is not given is what the class says. It is equal only
    to itself.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _known: ClassVar[frozenset[str]] = frozenset()
    _needed: ClassVar[frozenset[str]] = frozenset()  # what the class says nothing of

    def __init_subclass__(cls) -> None:
        told = inspect.get_annotations(cls).items()
        own = [name for name, kind in told if getattr(kind, "__origin__", None) is not ClassVar]
        cls._fields = (*cls._fields, *(name for name in own if name not in cls._known))
        cls._known = frozenset(cls._fields)
        cls._needed = frozenset(name for name in cls._fields if not hasattr(cls, name))

    def __init__(self, *values: Any, **named: Any) -> None:
        given = self.__dict__
        given.update(zip(self._fields, values, strict=False))
        given.update(named)
        twice = len(given) < len(values) + len(named)
        if twice or not self._needed <= given.keys() <= self._known:
            raise TypeError(f"{type(self).__name__}({', '.join(self._fields)}): {list(given)}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a struct does not change: replaced({name}=...)")

    def replaced(self, **values: Any) -> Self:
        """Return one with other values in these fields."""
        held = {name: getattr(self, name) for name in self._fields}
        return type(self)(**held | values)
