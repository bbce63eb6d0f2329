"""What a parameter of a command may be, for completion: told by its name, or by its column."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import shells
from .declare import Record
from .entities import ENTITIES, PLACES, Area, Contact, Network, Relation
from .findings import Severity
from .suggestions import (
    Offer,
    areas,
    begun,
    columns,
    conditions,
    operations,
    plain,
    records,
    terms,
    values,
)
from .words import LANGUAGES

# The kinds of record that are offered to be waived: all but those that tell of other records.
FOUND_ON: tuple[type[Record], ...] = (*PLACES, Relation, Contact, Area, Network)


class Place(NamedTuple):
    """Where on the command line something is completed."""

    path: Path
    command: str
    kinds: Sequence[type[Record]]
    typed: str


def offered(context: Any, parameter: Any, path: Path, typed: str) -> list[Offer] | None:
    """Return what a parameter may be; None for a file. `path` is where the registry usually is."""
    if parameter.type.name == "path" or parameter.name == "to":
        return None
    told = context.find_root().params.get("registry")
    path = Path(told).expanduser() if told else path
    command_name = context.info_name or ""
    entity = vars(context.command.callback).get("entity")
    if parameter.param_type_name == "option" and entity and entity.has(parameter.name):
        return values(path, entity.column(parameter.name), typed)
    group = (context.parent.info_name if context.parent else "") or ""
    kinds = [each for each in PLACES if each.name_of_kind.startswith(group)] or list(PLACES)
    place = Place(path, command_name, kinds, typed)
    for name in (f"{command_name} {parameter.name}", parameter.name):
        if name in _PLAIN:
            return plain(_PLAIN[name], typed)
        if name in _LOOKS:
            return _LOOKS[name](place)
    return []


def _any(place: Place) -> list[Offer]:
    return records(place.path, PLACES, place.typed)


def _of_kind(place: Place) -> list[Offer]:
    return records(place.path, place.kinds, place.typed, removed=place.command == "restore")


def _conditions(place: Place) -> list[Offer]:
    return _of_each(lambda kind: conditions(place.path, kind, place.typed), place)


def _columns(place: Place) -> list[Offer]:
    return _of_each(lambda kind: columns(kind, place.typed), place)


def _of_each(look: Callable[[type[Record]], list[Offer]], place: Place) -> list[Offer]:
    """Return what is offered for any of the kinds of record that are meant, each once."""
    return list({each.value: each for kind in place.kinds for each in look(kind)}.values())


def _rules(place: Place) -> list[Offer]:
    from .rules import catalogue

    return begun((Offer(code, str(rule.name)) for code, rule in catalogue().items()), place.typed)


def _vocabularies(place: Place) -> list[Offer]:
    from .vocabularies import names

    return plain(names(), place.typed)


def _described(place: Place) -> list[Offer]:
    return begun((Offer(each.table, str(each.plural)) for each in ENTITIES), place.typed)


def _layers(place: Place) -> list[Offer]:
    from .layers import LAYERS

    return begun((Offer(name, str(layer.label)) for name, layer in LAYERS.items()), place.typed)


def _formats(place: Place) -> list[Offer]:
    from . import exports

    return plain(exports.names(), place.typed)


def _purposes(place: Place) -> list[Offer]:
    from .file_kinds import PURPOSES

    return plain(PURPOSES, place.typed)


def _examples(place: Place) -> list[Offer]:
    folder = Path(__file__).parent / "examples"
    return plain(sorted(path.stem for path in folder.glob("*.json")), place.typed)


# By the name of a parameter, or by command and parameter.
_LOOKS: dict[str, Callable[[Place], list[Offer]]] = {
    "id_": _of_kind,
    "waive id_": lambda place: records(place.path, FOUND_ON, place.typed),
    "unwaive id_": lambda place: records(place.path, FOUND_ON, place.typed),
    "add id_": lambda _: [],  # an id that is not there yet
    "coordinated_by": _any,
    "coordinates": _any,
    "ids": _any,
    "record": _any,
    "other": _any,
    "into": _any,
    "take": _columns,
    "subject": _any,
    "object_": _any,
    "contact": lambda place: records(place.path, [Contact], place.typed),
    "operation": lambda place: operations(place.path, place.typed),
    "in_": lambda place: areas(place.path, place.typed),
    "where": _conditions,
    "changes": _conditions,
    "sort": _columns,
    "column": _columns,
    "link role": lambda place: terms("relation_role", place.typed),
    "unlink role": lambda place: terms("relation_role", place.typed),
    "how": lambda place: terms("verified_how", place.typed),
    "load kind": lambda place: terms("area_kind", place.typed),
    "load part_of": lambda place: values(place.path, Area.column("part_of"), place.typed),
    "code": _rules,
    "select": _rules,
    "check ignore": _rules,
    "terms name": _vocabularies,
    "describe name": _described,
    "layers": _layers,
    "format_": _formats,
    "purpose": _purposes,
    "example": _examples,
}
_ALL_KINDS = tuple(each.name_of_kind for each in FOUND_ON)
_LEVELS = tuple(severity.name.lower() for severity in Severity)
_KINDS = tuple(each.name_of_kind for each in PLACES)
_PLAIN: dict[str, Iterable[str]] = {
    "no_point": ("null", "omit"),
    "lang": LANGUAGES,
    "shell": shells.SCRIPTS,
    "map kind": _KINDS,
    "as_": _KINDS,
    "waive as_": _ALL_KINDS,
    "unwaive as_": _ALL_KINDS,
    "severity": _LEVELS,
    "fail_on": (*_LEVELS, "never"),
    "check format_": ("screen", "json", "csv", "sarif"),
}
