"""What rules found the last time, in the user's cache folder: nothing is looked at twice.

Never in the registry, which a check does not touch. Readable by its owner alone, for messages name
values. A memory that cannot be read or written, or was made by other rules, on another day or for
other boundaries, is as good as none.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from typing import NamedTuple

from .entities import ENTITIES, NAMED, PLACES
from .findings import Finding
from .kinds.times import today
from .memories import change, last_change, place, stamp
from .registry import Registry
from .rules import catalogue
from .soundness import Key
from .spools import Sorted
from .sql import literal
from .words import Text

_COLUMNS = ("entity", "record", "code", "subject", "it", "en", "mend")
_MADE = (
    "CREATE TABLE IF NOT EXISTS state (seq INTEGER, last TEXT, stamp INTEGER)",
    f"CREATE TABLE IF NOT EXISTS findings ({' TEXT, '.join(_COLUMNS)} TEXT)",
    "CREATE INDEX IF NOT EXISTS findings_of ON findings (record)",
)
# Rules whose finding may end because another record appeared.
_MISSING = frozenset({"K03", "P08", "R01", "R03"})


class Recalled(NamedTuple):
    """What is known: findings that still hold, and the records to be looked at again.

    `together` tells whether those of rules over many are among them: not where anything changed.
    """

    holding: Sorted[Finding]
    again: set[Key]
    together: bool


class Memory:
    """The memory of the findings on one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.path = place(registry.store.path, "findings", "db")
        self._now = last_change(registry.store.connection)
        self._stamp = _stamp(registry)

    def recall(self) -> Recalled | None:
        """Return what still holds, None where there is nothing to go by."""
        with suppress(sqlite3.Error, OSError, ValueError, KeyError), closing(self._open()) as file:
            state = file.execute("SELECT seq, last, stamp FROM state").fetchone()
            if state and state[2] == self._stamp and self._is_past(*state[:2]):
                return self._held(file, int(state[0]))
        return None

    def keep(self, findings: Iterable[Finding], recalled: Recalled | None) -> None:
        """Keep what was found, if nothing changed meanwhile; only what is new, where some held."""
        if last_change(self._registry.store.connection) != self._now:
            return
        with suppress(sqlite3.Error, OSError), closing(self._open()) as file, file:
            if recalled is None:
                file.execute("DELETE FROM findings")
                new: Iterable[Finding] = findings
            else:
                gone = [(NAMED[table].name_of_kind, id_) for table, id_ in recalled.again]
                file.executemany("DELETE FROM findings WHERE entity = ? AND record = ?", gone)
                codes = [(code,) for code in _together()]
                file.executemany("DELETE FROM findings WHERE code = ?", codes)
                looked = set(gone)
                new = (f for f in findings if (f.entity, f.record) in looked or _over_many(f))
            file.executemany("INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)", map(_row, new))
            file.execute("DELETE FROM state")
            file.execute("INSERT INTO state VALUES (?, ?, ?)", (*self._now, self._stamp))

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=0)
        try:
            for sql in _MADE:
                file.execute(sql)
        except sqlite3.DatabaseError:
            file.close()
            self.path.unlink(missing_ok=True)
            raise
        return file

    def _is_past(self, seq: int, last: str) -> bool:
        """Tell whether a change that was the last one is still there: the file is no other one."""
        return last == change(self._registry.store.connection, seq)

    def _held(self, file: sqlite3.Connection, seq: int) -> Recalled:
        again = set(
            self._registry.store.connection.execute(
                "SELECT DISTINCT entity, record FROM changes WHERE seq > ?", (seq,)
            )
        )
        if again:
            missing = ", ".join(map(literal, sorted(_MISSING)))
            sql = f"SELECT DISTINCT entity, record FROM findings WHERE code IN ({missing})"
            again |= {(NAMED[entity].table, id_) for entity, id_ in file.execute(sql)}
        holding = Sorted(Finding.order)
        over_many = frozenset(_together())
        for each in _findings(file):
            gone = again and (
                each.code in over_many or (NAMED[each.entity].table, each.record) in again
            )
            if not gone:
                holding.put(each)
        known = {entity.table for entity in ENTITIES}
        return Recalled(holding, {key for key in again if key[0] in known}, not again)


def _together() -> list[str]:
    return [code for code, rule in catalogue().items() if rule.together]


def _over_many(finding: Finding) -> bool:
    return catalogue()[finding.code].together


def _row(finding: Finding) -> tuple[str, ...]:
    message = finding.message
    return (
        *(finding.entity, finding.record, finding.code, finding.column),
        *(message.it, message.en, json.dumps(dict(finding.mend)) if finding.mend else ""),
    )


def _findings(file: sqlite3.Connection) -> Iterator[Finding]:
    severities = {code: rule.severity for code, rule in catalogue().items()}
    for entity, record, code, column, it, en, mend in file.execute("SELECT * FROM findings"):
        told = json.loads(mend) if mend else {}
        yield Finding(code, severities[code], entity, record, column, Text(it, en), told)


def _stamp(registry: Registry) -> int:
    """Return a checksum of all that findings follow from, besides each record itself."""
    removed = [each.id for entity in PLACES for each in registry.store.select(entity, "removed")]
    undone = registry.store.connection.execute(
        "SELECT coalesce(max(seq), 0) FROM operations WHERE undoes IS NOT NULL"
    ).fetchone()
    return stamp(registry.store.connection, today(), removed, tuple(undone))
