"""What is well and what is not: the program, what it stands on, and a registry's file.

Nothing is changed, whatever the file is: it is read as it lies, never brought up to date, mended or
taken out of its mode. Each thing is looked at by itself, so that one that fails leaves the others.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shlex import quote

from . import seals, shape, shaping
from .checking import check
from .entities import ENTITIES
from .errors import Refused, reason
from .faults import PRAGMAS, expect_ours, expect_registry, said
from .findings import Severity
from .history import last
from .registry import Registry
from .sql import quoted
from .store import Store
from .surroundings import Check, around, journal_of
from .words import Text, joined, same

BUSY = 3.0  # seconds to wait for a writer
NOT_WELL = Text("non va", "not well")
SHOWN = 5  # problems of one sort that are told


Look = Callable[[sqlite3.Connection, Path], Iterator[Check]]


def examine(path: Path) -> Iterator[Check]:
    """Look at a registry's file, and at all that is in it as far as it can be read."""
    yield from around(path)
    label = Text("File", "File")
    try:
        expect_registry(path)
        with closing(_connect(path)) as connection:
            with said(path):
                expect_ours(path, connection)
            told = Text("è un registro, {size} byte", "is a registry, {size} bytes")
            yield Check("file", label, told.filled(size=path.stat().st_size))
            yield from _inside(path, connection)
    except Refused as refused:
        yield Check("file", label, NOT_WELL, False, *_about(path, refused))
    except OSError as error:
        yield Check("file", label, reason(error), False)


def _about(path: Path, refused: Refused) -> tuple[tuple[Text, ...], tuple[str, ...]]:
    """Return what a refusal says, and the way back to a copy where the file is damaged."""
    if journal_of(path).exists():
        return (Text("non si legge finché c'è il giornale", "unreadable with its journal"),), ()
    signs = ("malformed", "not a database", "decode", "user-defined")
    damaged = any(sign in str(refused.__cause__) for sign in signs)
    empty = path.is_file() and not path.stat().st_size
    return (refused.text,), _from_a_copy(path) if damaged or empty else ()


def _from_a_copy(path: Path) -> tuple[str, ...]:
    """Return the commands that list the copies, and put one in the place of a file."""
    to = f"bencomune --registry {quote(str(path))}"
    return (f"{to} backup --list", f"{to} restore {Text('COPIA', 'COPY')}")


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with said(path):
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY, isolation_level=None)
        try:
            for pragma in (*PRAGMAS, "query_only = ON"):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection


def _inside(path: Path, connection: sqlite3.Connection) -> Iterator[Check]:
    looks: dict[str, tuple[Text, Look]] = {
        "integrity": (Text("Integrità", "Integrity"), _integrity),
        "references": (Text("Riferimenti", "References"), _references),
        "shape": (Text("Struttura", "Structure"), _shape),
        "history": (Text("Storia", "History"), _history),
        "contents": (Text("Contenuto", "Contents"), _contents),
        "findings": (Text("Controlli", "Checks"), _findings),
    }
    for name, (label, look) in looks.items():
        try:
            with said(path):
                yield from look(connection, path)
        except Refused as refused:
            yield Check(name, label, NOT_WELL, False, *_about(path, refused))
        except (ValueError, TypeError, KeyError) as error:
            told = Text("non si legge: {error}", "cannot be read: {error}").filled(error=error)
            yield Check(name, label, told, False)


def _integrity(connection: sqlite3.Connection, path: Path) -> Iterator[Check]:
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
    label = Text("Integrità", "Integrity")
    if found == ["ok"]:
        yield Check("integrity", label, Text("integro", "whole"))
        return
    what = Text("il file è danneggiato: tornare a una copia", "it is damaged: go back to a copy")
    lines = [line for text in found for line in text.splitlines()][:SHOWN]
    told = (what, *map(same, lines))
    yield Check("integrity", label, Text("danneggiato", "damaged"), False, told, _from_a_copy(path))


def _references(connection: sqlite3.Connection, _path: Path) -> Iterator[Check]:
    label = Text("Riferimenti", "References")
    broken = Counter(
        f"{row[0]} → {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")
    )
    if not broken:
        yield Check("references", label, Text("tutti trovati", "all found"))
        return
    value = Text("mancano: {count}", "missing: {count}").filled(count=broken.total())
    told = [same(f"{ends}: {count}") for ends, count in broken.most_common(SHOWN)]
    why = Text(
        "un altro programma ha tolto record a cui altri fanno riferimento: tornare a una copia, o"
        " rimetterli con quel programma",
        "another program took away records that others refer to: go back to a copy, or put them"
        " back with that program",
    )
    yield Check("references", label, value, False, (why, *told))


def _shape(connection: sqlite3.Connection, path: Path) -> Iterator[Check]:
    label = Text("Struttura", "Structure")
    if problems := shape.damage(connection):
        what = Text(
            "un altro programma l'ha modificata; finché non torna com'era si può solo leggere",
            "another program changed it; until it is as it was one can only read",
        )
        told = (what, *problems[:SHOWN])
        value = Text("modificata", "changed")
        yield Check("shape", label, value, False, told, _from_a_copy(path))
        return
    print_ = shape.fingerprint(connection)
    value = Text("versione {version}, impronta {print}", "version {version}, fingerprint {print}")
    yield Check("shape", label, value.filled(version=shape.SCHEMA_VERSION, print=print_))
    if shaping.outdated(connection):
        told_ = Text(
            "di un programma precedente: il prossimo comando che scrive la porta a quella attuale",
            "of an earlier program: the next command that writes brings it up to date",
        )
        yield Check("age", Text("Età", "Age"), told_)
    if added := shape.additions(connection):
        label = Text("Aggiunte", "Additions")
        told_ = Text("di altri programmi: {count}", "of other programs: {count}")
        yield Check("additions", label, told_.filled(count=len(added)), True, tuple(added[:SHOWN]))


def _history(connection: sqlite3.Connection, path: Path) -> Iterator[Check]:
    label = Text("Storia", "History")
    if broken := list(seals.broken(connection)):
        what = Text(
            "il disco ha cambiato il file, o un programma vi ha scritto senza che la storia lo"
            " sapesse: tornare a una copia",
            "the disk changed the file, or a program wrote into it without the history: go back to"
            " a copy",
        )
        value = Text("diverse: {count}", "differing: {count}").filled(count=len(broken))
        told = (what, *broken[:SHOWN])
        yield Check("history", label, value, False, told, _from_a_copy(path))
        return
    yield Check("history", label, Text("concordano", "agree"))


def _contents(connection: sqlite3.Connection, path: Path) -> Iterator[Check]:
    counts = [
        (entity, connection.execute(f"SELECT count(*) FROM {quoted(entity.table)}").fetchone()[0])
        for entity in ENTITIES[1:]
    ]
    value = joined(", ", (Text(f"{e.plural.it} {n}", f"{e.plural.en} {n}") for e, n in counts))
    yield Check("records", Text("Record", "Records"), value)
    (operations,) = connection.execute("SELECT count(*) FROM operations").fetchone()
    seq, at = last(connection)
    told = Text("{count}, ultima la {seq}, {at}", "{count}, last is {seq}, {at}")
    value = told.filled(count=operations, seq=seq, at=at) if seq else same("0")
    yield Check("operations", Text("Operazioni", "Operations"), value)
    digest = Store(path, connection).digest()
    yield Check("digest", same("SHA-256"), same(digest))


def _findings(connection: sqlite3.Connection, path: Path) -> Iterator[Check]:
    found = Counter(each.severity for each in check(Registry(Store(path, connection))).findings)
    value = joined(
        ", ",
        (
            Text("{label}: {count}", "{label}: {count}").filled(label=each.label, count=found[each])
            for each in Severity
        ),
    )
    well = not found[Severity.ERROR]
    commands = () if well else (f"bencomune --registry {quote(str(path))} check",)
    yield Check("findings", Text("Controlli", "Checks"), value, well, (), commands)


def sqlite_told() -> Text:
    """Return the version of SQLite, and whether it can search whole texts (FTS5)."""
    with closing(sqlite3.connect(":memory:")) as connection:
        (has,) = connection.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()
    yes_no = Text("sì", "yes") if has else Text("no", "no")
    return Text("{version}, FTS5: {has}", "{version}, FTS5: {has}").filled(
        version=sqlite3.sqlite_version, has=yes_no
    )
