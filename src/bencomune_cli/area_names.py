"""The names of areas and municipalities, by what records keep of them."""

import sqlite3

from .entities import Area
from .entities.shared import ISTAT_CODE
from .kinds import Kind
from .kinds.texts import Reference


class AreaNames:
    """The names of areas that columns refer to, each looked up once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: Kind, value: str) -> str:
        """Return the name of the area or municipality that a value refers to, empty for none."""
        if kind is ISTAT_CODE:
            return self._found("code = ? AND area_kind = 'municipality'", value)
        if isinstance(kind, Reference) and kind.table == Area.table:
            return self._found("id = ?", value)
        return ""

    def _found(self, condition: str, value: str) -> str:
        if (condition, value) not in self._known:
            sql = f"SELECT CAST(name AS BLOB) FROM areas WHERE {condition} ORDER BY id LIMIT 1"
            row = self.connection.execute(sql, (value,)).fetchone()
            self._known[condition, value] = row[0].decode(errors="replace") if row else ""
        return self._known[condition, value]
