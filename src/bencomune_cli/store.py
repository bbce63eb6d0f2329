"""Records in and out of one SQLite file; knows columns, not rules.

Settings and their reasons: a rollback journal (WAL could lose commits until SQLite 3.51.3, and one
copied file would miss rows) synced also in its directory, so that what was said done is done.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from . import shape
from .declare import Record
from .errors import Refused
from .faults import at, damaged, expect_ours, expect_registry, said, unconfirmed
from .files import begin, close_to_others, connect, make
from .history import last
from .kinds.times import now
from .sql import selected
from .watching import Watch, unwatched
from .words import Text

R = TypeVar("R", bound=Record)

WAIT = 15.0  # seconds that a command waits for another one to finish writing


class Store:
    """One registry's file, open. Read at will; write inside `operation`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection
        self.notices: list[Text] = []
        self.written: int | None = None  # the last operation that is in the file for good
        self._operation: tuple[int, str] | None = None
        self._selects: dict[tuple[str, ...], str] = {}  # of columns that tables really have

    @classmethod
    def create(cls, path: Path) -> "Store":
        """Make a new registry; refuse a path where something is already."""
        from . import shaping

        make(path)
        store = cls(path, connect(path, WAIT))
        try:
            with store._transaction():
                shaping.make(store.connection)
        except BaseException:
            store.connection.close()
            path.unlink()
            raise
        return store

    @classmethod
    def open(cls, path: Path, *, writing: bool = False) -> "Store":
        """Open a registry after checking that it is one; refuse what is not, changing nothing."""
        expect_registry(path)
        with said(path):
            store = cls(path, connect(path, WAIT))
        try:
            with said(path):
                expect_ours(path, store.connection)
                store._check_shape(writing=writing)
                store.connection.execute(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
        except BaseException:
            store.connection.close()
            raise
        return store

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def operation(
        self,
        command: str,
        who: str | None,
        why: str | None = None,
        undoes: int | None = None,
        *,
        always: bool = False,
    ) -> Iterator[int]:
        """Write as one operation, all or nothing; what changed nothing is kept only if `always`."""
        seq, changed = 0, False
        try:
            with self._transaction():
                seq = self._begun(command, who, why, undoes)
                try:
                    yield seq
                finally:
                    self._operation = None
                if not (always or self._has("changes", "operation", seq)):
                    raise _NothingChanged  # noqa: TRY301 - ends the transaction
                changed = True
                from .seals import finish

                finish(self.connection)
        except BaseException as error:
            finished, changed = changed, False
            with suppress(sqlite3.Error):  # a signal may come after the COMMIT
                changed = finished and self._has("operations", "seq", seq)
            if changed and isinstance(error, Refused):
                raise unconfirmed(self.path, seq) from error
            raise
        finally:
            if changed:
                self._note(seq)

    def _begun(self, command: str, who: str | None, why: str | None, undoes: int | None) -> int:
        now = _now()
        seq = self.connection.execute(
            "INSERT INTO operations (at, who, command, why, undoes) VALUES (?, ?, ?, ?, ?)",
            (now, who, command, why, undoes),
        ).lastrowid
        self.connection.execute("DELETE FROM current_operation")
        self.connection.execute("INSERT INTO current_operation VALUES (?, ?)", (seq, now))
        self._operation = (int(seq or 0), now)
        return int(seq or 0)

    def _note(self, seq: int) -> None:
        self.written = seq
        self.notices += close_to_others(self.path)

    def _has(self, table: str, column: str, value: int) -> bool:
        sql = f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1"
        return self.connection.execute(sql, (value,)).fetchone() is not None

    def get(self, entity: type[R], id_: str) -> R | None:
        """Return a record by its id, or None."""
        return next(self.select(entity, "id = ?", (id_,)), None)

    def select(
        self,
        entity: type[R],
        where: str = "true",
        values: Iterable[Any] = (),
        order: str = "id",
    ) -> Iterator[R]:
        """Yield records by a condition over declared columns, with bound values only."""
        names = [column.name for column in entity.columns]
        sql = f"{self._shown(entity, names)} WHERE {where} ORDER BY {order}"
        with said(self.path):
            for row in self.connection.execute(sql, tuple(values)):
                yield entity.from_row(dict(zip(names, row, strict=True)))

    def values_of(
        self,
        entity: type[Record],
        names: Iterable[str],
        where: str = "true",
        values: Iterable[Any] = (),
        most: int = -1,
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the stored values of some columns of records, in the order of their ids."""
        sql = f"{self._shown(entity, names)} WHERE {where} ORDER BY id LIMIT {most}"
        with said(self.path):
            yield from self.connection.execute(sql, tuple(values))

    def _shown(self, entity: type[Record], names: Iterable[str]) -> str:
        """Return the SELECT of some columns; in an older program's registry what lacks is empty."""
        asked = (entity.table, *names)
        if asked not in self._selects:
            present = shape.columns_of(self.connection, entity.table)
            self._selects[asked] = f"SELECT {selected(entity.table, set(present), asked[1:])}"
        return self._selects[asked]

    def insert(self, entity: type[Record], record: Record) -> None:
        """Write a new record, inside an operation."""
        now = dict.fromkeys(("created_at", "updated_at"), self._expect_operation())
        self._table(entity).insert(record.to_row() | now)

    def insert_many(self, entity: type[Record], rows: Iterable[Sequence[Any]]) -> None:
        """Write new records, given as `Record.stored` tells them, inside an operation."""
        from .inserting import insert

        insert(self.connection, entity, rows, self._expect_operation())

    def update(self, entity: type[Record], record: Record, names: Iterable[str]) -> None:
        """Write the named columns of a record, inside an operation; all others are left alone."""
        row = record.to_row()
        self.update_row(entity, {"id": record.id, **{name: row.get(name) for name in names}})

    def update_row(self, entity: type[Record], row: Mapping[str, Any]) -> None:
        """Write some columns of the record that a row names by its id, inside an operation."""
        self._table(entity).update(row["id"], {n: v for n, v in row.items() if n != "id"})

    def delete(self, entity: type[Record], id_: str) -> None:
        """Delete a row, inside an operation."""
        self._table(entity).delete(id_)

    def entity_of(self, id_: str) -> str | None:
        """Return the name of the entity that a place's id belongs to."""
        row = self.connection.execute("SELECT entity FROM ids WHERE id = ?", (id_,)).fetchone()
        return str(row[0]) if row else None

    def moment(self) -> tuple[int, str]:
        """Return sequence and time of the registry's last change."""
        return last(self.connection)

    def digest(self) -> str:
        """Return the SHA-256 of the contents: every row of every declared table, in order."""
        with said(self.path):
            return shape.digest(self.connection)

    def additions(self) -> list[Text]:
        """Return what other programs added to the file."""
        return shape.additions(self.connection)

    def bring_up_to_date(self) -> None:
        """Give a file of an older program what this one declares; refuse a damaged one."""
        if problems := shape.damage(self.connection):
            raise damaged(self.path, problems)
        from . import shaping  # what only writes is not loaded to read

        if not shaping.outdated(self.connection):
            return
        with self.alone():
            aged = shaping.bring_up_to_date(self.connection)
        self._selects.clear()
        if aged:
            told = Text("portato alla forma attuale", "brought up to date")
            self.notices.append(at(self.path, told))

    def compact(self) -> None:
        """Write the file anew, so that nothing that was taken out is left between its pages."""
        with said(self.path):
            self.connection.execute("VACUUM")

    def index(self, watch: Watch = unwatched) -> None:
        """Index what other programs wrote, unless the file cannot be written at once."""
        from . import indexing

        with said(self.path):
            if not indexing.behind(self.connection) or shape.damage(self.connection):
                return
        with suppress(Refused), self.alone(wait=0.1):
            indexing.catch_up(self.connection, watch=watch)

    def _table(self, entity: type[Record]) -> Any:
        # Loaded here only: a command that reads does not pay its 140 ms. It writes inside our
        # transaction by savepoints; its plugins and its schema changes are not used.
        import sqlite_utils

        self._expect_operation()
        database = sqlite_utils.Database(
            self.connection, execute_plugins=False, recursive_triggers=False
        )
        return database.table(entity.table)

    def _expect_operation(self) -> str:
        if self._operation is None:
            raise RuntimeError("a write outside an operation")
        return self._operation[1]

    @contextmanager
    def alone(self, wait: float | None = None) -> Iterator[None]:
        """Hold the file alone, to write what follows from the records, also if opened to read."""
        (reading,) = self.connection.execute("PRAGMA query_only").fetchone()
        self.connection.execute("PRAGMA query_only = OFF")
        try:
            with self._transaction(wait):
                before = self.connection.total_changes
                yield
                if self.connection.total_changes == before:
                    raise _NothingChanged  # a COMMIT would wait for all who read, also in here
        finally:
            self.connection.execute(f"PRAGMA query_only = {reading}")

    @contextmanager
    def _transaction(self, wait: float | None = None) -> Iterator[None]:
        with said(self.path):
            begin(self.connection, WAIT if wait is None else wait, WAIT)
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException as error:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                if not isinstance(error, _NothingChanged):
                    raise

    def _check_shape(self, *, writing: bool) -> None:
        if writing:
            self.bring_up_to_date()
            self.notices += self.additions()
        else:
            self.notices += shape.damage(self.connection)


class _NothingChanged(Exception):  # noqa: N818 - ends an operation that changed nothing
    """Rolls back an empty operation."""


def _now() -> str:
    """Return the time in UTC, as the registry writes it."""
    return now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
