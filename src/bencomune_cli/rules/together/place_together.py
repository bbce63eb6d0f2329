"""P: places compared with each other: on one point, or with another postcode than all others."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from operator import itemgetter

from ...addresses import POSTCODE, same_street
from ...entities.relation import MERGED
from ...entities.shared import OF_AREAS
from ...findings import Severity
from ...folding import words_of
from ...overviews import Overview
from ...recurring import recurring
from ...standings import Standing
from ...words import Text, same
from .. import Hit, rule

_Point = tuple[float, float]  # longitude and latitude

NAMED = 3  # other records that a message names
LEAST, SHARE = 5, 0.9  # records that must agree on a postcode, and how many of all

_ONE = {"id": "uno", "name": "Uno Esempio", "lat": 45.1847, "lon": 9.1582}
_TWO = {**_ONE, "id": "due", "name": "Due Esempio"}
_SIX: Sequence[dict[str, object]] = [
    {"id": f"esempio-{n}", "postcode": "27100", "municipality": "000001"} for n in range(6)
]


@rule(
    code="P15",
    severity=Severity.NOTE,
    message=Text(
        "è esattamente sullo stesso punto di {others}",
        "it is on exactly the same point as {others}",
    ),
    why=Text(
        "Sulla mappa uno copre l'altro; due indirizzi diversi non hanno lo stesso punto.",
        "On a map one hides the other; two different addresses do not have the same point.",
    ),
    fix=Text(
        "Controllare i due punti; se stanno insieme, dirlo con l'indirizzo o con una relazione.",
        "Check both points; if they share a place, say so with the address or with a relation.",
    ),
    source="ISO 19157, positional accuracy",
    good=[
        {**_ONE, "street": "via Esempio", "number": "1"},
        {**_TWO, "street": "V. Esempio", "number": "1"},
        {**_ONE, "id": "tre", "entity": "group", "meets_at": "uno"},
    ],
    bad=[_ONE, _TWO],
    about=("lon", "street", "number"),
)
def several_on_one_point(overview: Overview) -> Iterator[Hit]:
    """Look for records on one point that neither an address nor a relation brings together."""
    spots: dict[_Point, list[str]] = defaultdict(list)
    for point, id_ in recurring(lambda: _on_points(overview), itemgetter(0)):
        spots[point].append(id_)
    for ids in spots.values():
        if len(ids) > 1:
            apart = _apart(list(overview.at(ids).values()), overview)
            if len(apart) > 1:
                first, *others = apart
                yield Hit("lat", {"others": _named(others)}, record=first)


def _on_points(overview: Overview) -> Iterator[tuple[_Point, str]]:
    """Yield the ids of the places that are surely where their point is, each with that."""
    for id_, lat, lon, state, precision in overview.values("lat", "lon", "state", "precision"):
        told = None not in (lat, lon) and (lat or lon)
        if told and state != "closed" and precision not in OF_AREAS:
            yield (lon, lat), id_


def _named(places: Sequence[Standing]) -> Text:
    """Return some places by their names, and how many more there are."""
    told = same(", ".join(f"«{place.name or place.id}»" for place in places[:NAMED]))
    if len(places) <= NAMED:
        return told
    more = Text("{told} e altri {n}", "{told} and {n} more")
    return more.filled(told=told, n=len(places) - NAMED)


def _apart(places: Sequence[Standing], overview: Overview) -> list[Standing]:
    """Return the first of the places, by id, of each lot that belongs together."""
    lots: dict[str, str] = {}
    whole = {_street(place) for place in places if not _door(place)}
    for place in places:
        for other in _ties(place, whole, overview):
            one, two = _root(lots, place.id), _root(lots, other)
            lots[max(one, two)] = min(one, two)
    firsts: dict[str, Standing] = {}
    for place in sorted(places, key=lambda each: each.id):
        firsts.setdefault(_root(lots, place.id), place)
    return list(firsts.values())


def _root(lots: dict[str, str], id_: str) -> str:
    while (above := lots.get(id_, id_)) != id_:
        lots[id_] = id_ = lots.get(above, above)
    return id_


def _ties(place: Standing, whole: Collection[str], overview: Overview) -> Iterator[str]:
    """Yield what a place shares with those of its lot: a lab, a relation, an address.

    Of streets that some have without a number, the `whole` ones, no number tells two apart.
    """
    if place.meets_at:
        yield place.meets_at
    for relation in overview.relations_of(place.id):
        if relation.role == MERGED:
            continue
        yield relation.object if relation.subject == place.id else relation.subject
    if street := _street(place):
        yield street if street in whole else f"{street} {_door(place)}"


def _street(place: Standing) -> str:
    """Return a street as it is compared, which no id is like; empty for none."""
    return f" {same_street(place.street)}" if place.street else ""


def _door(place: Standing) -> str:
    """Return a house number as it is compared; empty where the point is only the street's."""
    return "" if place.precision == "street" else "".join(words_of(place.number or ""))


@rule(
    code="P19",
    severity=Severity.WARNING,
    message=Text(
        "forse il CAP {value} è sbagliato: gli altri {n} record del Comune hanno {usual}",
        "perhaps the postcode {value} is wrong: {n} other records of the municipality have {usual}",
    ),
    why=Text(
        "È solo probabile: nessun elenco pubblico dice i CAP di un Comune, e una frazione può"
        " averne uno suo.",
        "It is only likely: no public list tells a municipality's postcodes, and a hamlet may have"
        " its own.",
    ),
    fix=Text(
        "Controllarlo su poste.it; se è giusto, «bencomune waive».",
        "Check it on poste.it; if it is right, “bencomune waive”.",
    ),
    source="Poste Italiane, codice di avviamento postale",
    good=[*_SIX, {"id": "altrove", "postcode": "00100", "municipality": "000002"}],
    bad=[*_SIX, {"id": "diverso", "postcode": "27010", "municipality": "000001"}],
    about=("municipality",),
    counts=("n",),
)
def postcode_unlike_the_others(overview: Overview) -> Iterator[Hit]:
    """Look for a postcode that one record alone has, where nearly all others agree."""
    used: dict[str, Counter[str]] = defaultdict(Counter)
    firsts: dict[tuple[str, str], str] = {}
    for id_, municipality, postcode in overview.values("municipality", "postcode"):
        if municipality and postcode and POSTCODE.fullmatch(postcode):
            used[municipality][postcode] += 1
            firsts.setdefault((municipality, postcode), id_)
    for municipality, counts in used.items():
        ((usual, times),) = counts.most_common(1)
        others = counts.total() - 1
        if times < LEAST or times < SHARE * others:
            continue
        for postcode, number in counts.items():
            place = overview.get(firsts[municipality, postcode]) if number == 1 else None
            if place and postcode != usual:
                told = {"value": postcode, "n": times, "usual": usual}
                yield Hit("postcode", told, record=place)
