"""How an entity and its columns are declared: everything that a column says about itself.

From these declarations follow options, tables, history, public views, formats and documents.
"""

import typing
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar

from .kinds import Kind
from .kinds.choices import Listing
from .kinds.texts import KEY, Line, Prose
from .structs import Struct
from .words import Text


class Audience(Enum):
    """Who may see a column. What does not say otherwise is for the staff only."""

    PUBLIC = "public"
    MASKED = "masked"
    BASIS = "basis"
    STAFF = "staff"


class Column(Struct):
    """A declared datum: its name, its kind, its words, and who may see it.

    `shown` is the SQL of what the public view shows of the column, and `masked` of what it shows of
    a MASKED column where a record is masked; both with {column}.
    `asked` is its place in the order of guided entry, 0 for a column that is not asked for; with
    `asked_if`, only where that other column was answered, or, as "column=value,other", where its
    value is one of those.
    `sql` is set for a derived column, which is not stored but computed in the public view, where
    `r` is the record. An automatic column is written by the registry, never by a person.
    """

    name: str
    kind: Kind
    label: Text
    required: bool = False
    help: Text | None = None
    audience: Audience = Audience.STAFF
    masked: str = "NULL"
    shown: str = "{column}"
    default: Any = None
    automatic: bool = False
    asked: int = 0
    asked_if: str = ""
    sql: str = ""

    @property
    def option(self) -> str:
        """Return the name of its command-line option."""
        return "--" + self.name.replace("_", "-")

    @property
    def many(self) -> bool:
        """Tell whether it holds several values."""
        return isinstance(self.kind, Listing)

    @property
    def item(self) -> Kind:
        """Return the kind of one value, also where it holds several."""
        return self.kind.item if isinstance(self.kind, Listing) else self.kind

    @property
    def free(self) -> bool:
        """Tell whether it holds words of a person's own: no address, number or code."""
        return type(self.item) in {Line, Prose}

    @property
    def prose(self) -> bool:
        """Tell whether it holds sentences, in which anything may be written: no names."""
        return self.free and not self.sql and not getattr(self.item, "names", False)

    @property
    def published(self) -> bool:
        """Tell whether the public view has it."""
        return self.audience is not Audience.STAFF

    @property
    def always_public(self) -> bool:
        """Tell whether every published record shows a value: a view may hide what is private."""
        told = self.required and self.audience is Audience.PUBLIC and self.shown == "{column}"
        return self.name == "id" or (told and not self.sql)

    def text(self, value: Any) -> str:
        """Return the text of a value, as a person writes it; an empty one for no value."""
        return "" if value in (None, ()) else self.kind.write(value)


class Declared(NamedTuple):
    """What `column()` leaves in a class until the class becomes an entity."""

    label: Text
    help: Text | None
    audience: Audience
    masked: str
    shown: str
    default: Any
    automatic: bool
    asked: int
    asked_if: str


def column(
    it: str,
    en: str,
    *,
    help: Text | None = None,  # noqa: A002 - the word that readers of a declaration expect
    audience: Audience = Audience.STAFF,
    masked: str = "NULL",
    shown: str = "{column}",
    default: Any = None,
    automatic: bool = False,
    asked: int = 0,
    asked_if: str = "",
) -> Any:
    """Declare a stored column: its labels in Italian and English, and who may see it."""
    return Declared(
        Text(it, en), help, audience, masked, shown, default, automatic, asked, asked_if
    )


@typing.dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(column,))
class Record:
    """What is common to the entities: an id, and their declarations as class attributes.

    Its own few lines instead of a stdlib dataclass: generating the methods of seven classes of up
    to 48 columns takes 20 ms of every start.
    """

    id: Annotated[str, KEY] = column(
        "Identificativo", "Identifier", audience=Audience.PUBLIC, automatic=True, default=""
    )

    def __init__(self, **values: Any) -> None:
        known = _defaults(type(self))
        if not values.keys() <= known.keys():
            unknown = ", ".join(sorted(values.keys() - known.keys()))
            raise TypeError(f"{type(self).__name__} has no {unknown}")
        self.__dict__.update(known)
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a record does not change: replaced({name}=...)")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), self.id))

    def replaced(self, **values: Any) -> Self:
        """Return a record with other values in these columns."""
        return type(self)(**{**self.__dict__, **values})

    name_of_kind: ClassVar[str]
    table: ClassVar[str]
    label: ClassVar[Text]
    plural: ClassVar[Text]
    columns: ClassVar[tuple[Column, ...]]
    derived: ClassVar[tuple[Column, ...]] = ()
    public_when: ClassVar[str] = ""
    masked_when: ClassVar[str] = ""
    constraints: ClassVar[tuple[str, ...]] = ()
    once: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @classmethod
    def column(cls, name: str) -> Column:
        """Return a stored column by name; raise KeyError where there is none."""
        return _by_name(cls)[name]

    @classmethod
    def has(cls, name: str) -> bool:
        """Tell whether there is a stored column of that name."""
        return name in _by_name(cls)

    @classmethod
    def published(cls) -> tuple[Column, ...]:
        """Return the columns of the public view, derived ones last."""
        return tuple(column for column in cls.columns if column.published) + cls.derived

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Make a record of stored values; what the row lacks is missing."""
        record = cls.__new__(cls)
        values = record.__dict__
        for name, missing, from_sql in _readers(cls):
            stored = row.get(name)
            values[name] = missing if stored is None else from_sql(stored)
        return record

    def to_row(self) -> dict[str, Any]:
        """Return what SQLite stores, of the columns that have a value."""
        told = zip(self.__dict__, self.stored(), strict=True)
        return {name: stored for name, stored in told if stored is not None}

    def stored(self) -> tuple[Any, ...]:
        """Return what SQLite stores of each column, in their order; None for no value."""
        values = list(self.__dict__.values())
        for place, write in _writers(type(self)):
            if values[place] is not None:
                values[place] = write(values[place])
        return tuple(values)


V = TypeVar("V")


def per_entity(look: Callable[[type[Record]], V]) -> Callable[[type[Record]], V]:
    """Remember what a function returns for each entity; declarations do not change."""
    known: dict[type[Record], V] = {}

    def remembered(entity: type[Record]) -> V:
        if entity not in known:
            known[entity] = look(entity)
        return known[entity]

    return remembered


@per_entity
def _defaults(cls: type[Record]) -> dict[str, Any]:
    return {column.name: column.default for column in cls.columns}


@per_entity
def _readers(cls: type[Record]) -> list[tuple[str, Any, Callable[[Any], Any]]]:
    return [
        (column.name, () if column.many else None, column.kind.from_sql) for column in cls.columns
    ]


@per_entity
def _writers(cls: type[Record]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return how columns are stored, by their places; without those stored as they are."""
    kinds = [column.kind for column in cls.columns]
    own = [place for place, kind in enumerate(kinds) if type(kind).to_sql is not Kind.to_sql]
    return [(place, kinds[place].to_sql) for place in own]


@per_entity
def _by_name(cls: type[Record]) -> dict[str, Column]:
    return {column.name: column for column in cls.columns}


def derived(name: str, kind: Kind, label: Text, sql: str, help: Text | None = None) -> Column:  # noqa: A002
    """Declare a public column computed in the public view; `sql` reads the record as `r`."""
    return Column(name, kind, label, help=help, audience=Audience.PUBLIC, automatic=True, sql=sql)


T = TypeVar("T", bound=type[Record])


def entity(*, table: str, label: Text, plural: Text) -> Callable[[T], T]:
    """Make a class of declared columns an entity, kept in `table`."""

    def declare(cls: T) -> T:
        found = [_column(base, name) for base in reversed(cls.__mro__) for name in _told(base)]
        cls.name_of_kind = cls.__name__.lower()
        cls.table, cls.label, cls.plural = table, label, plural
        cls.columns = tuple(sorted(found, key=lambda each: each.automatic and each.name != "id"))
        return cls

    return declare


def _told(cls: type) -> list[str]:
    return [name for name in vars(cls) if isinstance(vars(cls)[name], Declared)]


@cache  # entities share the columns of the class above them
def _column(cls: type, name: str) -> Column:
    said: Declared = vars(cls)[name]
    kind, optional = _kind_of(cls.__annotations__[name])
    required = not (optional or isinstance(kind, Listing) or said.automatic)
    return Column(name, kind, required=required, **said._asdict())


def _kind_of(annotation: Any) -> tuple[Kind, bool]:
    """Read `Annotated[type, kind]` or `Annotated[type, kind] | None`."""
    optional = False
    if not hasattr(annotation, "__metadata__"):
        told = typing.get_args(annotation)
        optional = type(None) in told
        annotation = next((each for each in told if each is not type(None)), None)
    for said in getattr(annotation, "__metadata__", ()):
        if isinstance(said, Kind):
            return said, optional
    message = f"{annotation!r} names no kind of value"
    raise TypeError(message)
