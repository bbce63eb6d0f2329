"""Kinds of value: how one is read from text, written, stored, checked by SQLite and published.

A kind is a small object that nobody changes, with the verbs of `Kind`; to add one, put it in the
module of its family (texts, numbers, times, choices), or in a new one, and use it in an entity's
annotation.
"""

from collections.abc import Collection, Sequence
from typing import Any

from ..sql import literal
from ..structs import Struct
from ..words import Text, same


class Kind(Struct):
    """What is common: a value is its own text, stored as TEXT and published as it is.

    `literal` says that the text of a value can hold no character that means something to CSV,
    XML or a spreadsheet, so that formats may write it without escaping.
    """

    sql_type = "TEXT"
    kml_type = "string"
    json_type = "string"
    literal = False
    word = Text("testo", "text")  # what a person calls such a value

    def read(self, text: str) -> Any:
        """Return the value that a person's text means; raise `Unreadable` where there is none."""
        return text

    def at_once(self, texts: Collection[str]) -> Sequence[Any] | None:
        """Return the values of many trimmed texts; None where each must be read by itself."""
        del texts
        return None

    def surely(self, value: Any) -> bool:
        """Tell at once that a stored value is of the kind; False where only `read` can tell."""
        del value
        return False

    def write(self, value: Any) -> str:
        """Return the text of a value, such that `read` gives the value back."""
        return str(value)

    def told(self, value: Any) -> Text:
        """Return what a person reads for a value, which `read` need not understand."""
        return same(self.write(value))

    def to_sql(self, value: Any) -> Any:
        """Return what SQLite stores for a value."""
        return value

    def from_sql(self, stored: Any) -> Any:
        """Return the value of what SQLite stores."""
        return stored

    def to_json(self, value: Any) -> Any:
        """Return what `--json` shows for a value."""
        return value

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a published value."""
        return {"type": self.json_type}

    def check(self, column: str) -> str:
        """Return the condition that SQLite itself holds the column to; empty for none.

        No text may hold NUL, behind which SQLite's own functions see nothing.
        """
        own = self.condition(column)
        nul = f"instr(CAST({column} AS BLOB), x'00') = 0" if self.sql_type == "TEXT" else ""
        return " AND ".join(f"({part})" for part in (own, nul) if part)

    def condition(self, column: str) -> str:
        """Return what is peculiar to the kind in `check`; empty for nothing."""
        del column
        return ""

    def sql_json(self, column: str) -> str:
        """Return the SQL expression of the value as an argument of `json_object`."""
        return column

    def sql_text(self, column: str) -> str:
        """Return the SQL expression of the value as plain text."""
        return column

    def sql_texts(self, columns: Sequence[str], fixed: Sequence[str]) -> str:
        """Return the SQL expression of the texts of values with fixed texts around and between.

        It is NULL where a value is missing.
        """
        parts = [literal(fixed[0])]
        for column, text in zip(columns, fixed[1:], strict=True):
            parts += [self.sql_text(column), literal(text)] if text else [self.sql_text(column)]
        return " || ".join(parts)

    def sql_value(self, column: str) -> str:
        """Return the SQL expression of the value as it is published, of its own SQL type."""
        return column
