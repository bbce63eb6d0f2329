"""Registries of any size, the same every time: labs, with groups, bodies, relations and contacts.

Nothing in them is real. The first records of a large one are those of a small one.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bencomune_cli.declare import Record
from bencomune_cli.entities import Area, Contact, Group, Lab, Network, Organisation, Relation
from bencomune_cli.registry import Registry
from bencomune_cli.tables import names_of

# Of so many labs there is one of these.
GROUPS, ORGANISATIONS, RELATIONS, CONTACTS = 10, 50, 4, 5
HELD = 1_000  # one lab of so many has an error, which holds it back
MASKED = 40  # one lab of so many hides where it is
CLOSED = 50

WEST, SOUTH, STEP = 9.0, 45.0, 0.05  # of the municipality, made of SIDE times SIDE parts
SIDE = 6
CODE = "000001"

_SYLLABLES = "ba be bo ca co da de di do fa fe ga la le li lo ma me mi mo na no pa pe ra re ri ro"
_SYLLABLES += " sa se so ta te ti to va ve vi vo za"
_BEGINNINGS = ("Laboratorio", "Spazio", "Casa", "Bottega", "Orto", "Officina", "Cortile")
_KINDS = ("social_lab", "neighbourhood_house", "community_bistro", "library", "community_garden")
_ACTIVITIES = ("green_care", "family_meeting", "reading_books", "sport_play", "reuse_repair")
_AUDIENCES = ("everyone", "families", "children", "teenagers", "elderly", "newcomers")
_ACCESS = ("free", "booking", "members")
_HOURS = ("Mo-Fr 16:00-19:00", "Tu,Th 09:30-12:30; Sa 15:00-18:00", "Mo-Su 10:00-18:00")
_ROLES = ("coordinates", "supports", "hosts", "funds")
_SENTENCE = (
    "È aperto a chi abita il quartiere & a chi passa: si legge, si ripara, si cucina insieme."
    " «{word}» è il nome che gli hanno dato i primi venuti; l'ingresso è dal cortile."
)

Row = dict[str, Any]


def make(path: Path, labs: int) -> None:
    """Make a registry with so many labs, in one operation, as an import writes it."""
    registry = Registry.create(path, "bench")
    with registry.operation("import", "measured by bench"):
        registry.add(Network, _NETWORK)
        for id_, texts in _areas():
            registry.add(Area, texts, id_)
        for entity, rows in _records(labs):
            names = names_of(entity)
            registry.store.insert_many(entity, (tuple(map(row.get, names)) for row in rows))
    registry.close()


def _records(labs: int) -> Iterator[tuple[type[Record], Iterator[Row]]]:
    yield Lab, _labs(labs)
    yield Group, (_group(n, labs) for n in range(labs // GROUPS))
    yield Organisation, map(_organisation, range(max(labs // ORGANISATIONS, len(_ROLES))))
    yield Relation, _relations(labs)
    yield Contact, (_contact(n, labs) for n in range(labs // CONTACTS))


_NETWORK = {
    "name": "Rete di prova",
    "publisher": "Comune Esempio",
    "email": "ufficio@example.org",
    "municipalities": CODE,
    "base_uri": "https://example.org/rete/",
}


def _areas() -> Iterator[tuple[str, Row]]:
    whole = {"name": "Comune Esempio", "area_kind": "municipality", "code": CODE}
    yield "comune-esempio", whole | _square(WEST, SOUTH, SIDE * STEP)
    for n in range(SIDE * SIDE):
        east, north = n % SIDE, n // SIDE
        part = {"name": f"Quartiere {n}", "area_kind": "neighbourhood", "part_of": CODE}
        yield f"quartiere-{n}", part | _square(WEST + east * STEP, SOUTH + north * STEP, STEP)


def _square(west: float, south: float, side: float) -> Row:
    """Return the box of a square, and its boundary with ten corners on each side."""
    at = [round(n * side / 10, 4) for n in range(10)]
    corners = [(d, 0.0) for d in at] + [(side, d) for d in at]
    corners += [(side - d, side) for d in at] + [(0.0, side - d) for d in at]
    ring = [[round(west + x, 4), round(south + y, 4)] for x, y in (*corners, corners[0])]
    box = {"west": west, "south": south, "east": west + side, "north": south + side}
    told = {name: f"{value:.4f}" for name, value in box.items()}
    return told | {"boundary": json.dumps({"type": "Polygon", "coordinates": [ring]})}


def _labs(labs: int) -> Iterator[Row]:
    chance = random.Random(1)  # noqa: S311 - for figures, not for secrets
    for n in range(labs):
        yield _lab(n, chance)


def _lab(n: int, chance: random.Random) -> Row:
    word, street = _word(chance, 4), _word(chance, 3)
    part = chance.randrange(SIDE * SIDE)
    east, north = (chance.uniform(0.0005, STEP - 0.0005) for _ in "xy")
    held = n % HELD == HELD - 1
    return {
        "id": f"spazio-{n:07}",
        "name": f"{chance.choice(_BEGINNINGS)} {word} {_word(chance, 3)}",
        "alt_names": f"{word} | {word} {street}" if n % 7 == 0 else None,
        "summary": f"Uno spazio di «{word}», in via {street}.",
        "description": _SENTENCE.format(word=word),
        "activities": ", ".join(chance.sample(_ACTIVITIES, 2)),
        "audiences": chance.choice(_AUDIENCES),
        "state": "closed" if (n + 1) % CLOSED == 0 else "active",
        "hidden": 0,
        "started_on": f"{chance.randrange(1990, 2025)}-{chance.randrange(1, 13):02}",
        "ended_on": "2025-06" if (n + 1) % CLOSED == 0 else None,
        "street": f"via {street}",
        "number": str(chance.randrange(1, 200)),
        "postcode": "27100",
        "municipality": CODE,
        "neighbourhood": f"quartiere-{part}",
        "lat": round(SOUTH + (part // SIDE) * STEP + north, 6),
        "lon": round(WEST + (part % SIDE) * STEP + east, 6),
        "precision": "masked" if n % MASKED == 0 else "address",
        "email": "senza chiocciola" if held else f"info@{word.lower()}{n}.example.org",
        "phone": f"+390382{chance.randrange(200_000, 990_000)}" if n % 3 == 0 else None,
        "website": f"https://www.{word.lower()}{n}.example.org/",
        "opening_hours": chance.choice(_HOURS),
        "wheelchair": chance.choice(("yes", "limited", "no")),
        "source": f"https://example.org/fonti/{n // 100} | prot. {n % 9999}/2024",
        "source_id": str(n),
        "verified_on": f"2026-{chance.randrange(1, 7):02}-{chance.randrange(1, 29):02}",
        "verified_how": "phone_call",
        "notes": f"Chiedere di {_word(chance, 3)}." if n % 4 == 0 else None,
        "removed": 0,
        "lab_kind": chance.choice(_KINDS),
        "seats": chance.randrange(5, 120),
        "access": chance.choice(_ACCESS),
        "cost": "gratuito",
        "version": 1,
    }


def _group(n: int, labs: int) -> Row:
    chance = random.Random(f"group {n}")  # noqa: S311 - as above
    return {
        "id": f"gruppo-{n:07}",
        "name": f"Gruppo {_word(chance, 3)} {_word(chance, 3)}",
        "summary": "Un gruppo di cittadini.",
        "activities": chance.choice(_ACTIVITIES),
        "state": "active",
        "hidden": 0,
        "municipality": CODE,
        "area_served": f"quartiere-{n % (SIDE * SIDE)}",
        "email": f"gruppo{n}@example.org",
        "source": "prot. 12/2024",
        "verified_on": "2026-03-02",
        "verified_how": "form",
        "removed": 0,
        "meets_at": f"spazio-{n * GROUPS % labs:07}",
        "version": 1,
    }


def _organisation(n: int) -> Row:
    chance = random.Random(f"organisation {n}")  # noqa: S311 - as above
    return {
        "id": f"ente-{n:07}",
        "name": f"Associazione {_word(chance, 4)} {_word(chance, 3)}",
        "summary": "Un ente che sostiene gli spazi.",
        "activities": "inclusion",
        "state": "active",
        "hidden": 0,
        "municipality": CODE,
        "legal_form": "association",
        "website": f"https://ente{n}.example.org/",
        "source": "prot. 7/2023",
        "verified_on": "2026-02-01",
        "verified_how": "form",
        "removed": 0,
        "version": 1,
    }


def _relations(labs: int) -> Iterator[Row]:
    bodies = max(labs // ORGANISATIONS, len(_ROLES))
    for n in range(labs // RELATIONS):
        yield {
            "id": f"r{n:07}",
            "subject": f"ente-{n % bodies:07}",
            "role": _ROLES[n % len(_ROLES)],
            "object": f"spazio-{n * RELATIONS + n % RELATIONS:07}",
            "since": f"{2010 + n % 15}",
            "public": int(n % 20 != 0),
            "version": 1,
        }


def _contact(n: int, labs: int) -> Row:
    public = n % 2 == 0
    return {
        "id": f"c{n:07}",
        "record": f"spazio-{n * CONTACTS % labs:07}",
        "role": "secretariat",
        "email": f"segreteria{n}@example.org",
        "basis": "public_office" if public else "none",
        "scope": "web, open_data" if public else None,
        "version": 1,
    }


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choices(_SYLLABLES.split(), k=syllables)).capitalize()


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
