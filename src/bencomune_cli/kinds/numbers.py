"""Numbers: whole numbers, coordinates in degrees or metres, yes or no."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from ..errors import Unreadable
from ..patterns import pattern
from ..sql import literal
from ..words import Text
from . import Kind

_METRES = Text(
    "sembrano metri, non gradi: dare le due coordinate insieme con --point, che ne riconosce il"
    " sistema, o lo prende davanti: EPSG:32632 512137 5003480",
    "this looks like metres, not degrees: give both coordinates together by --point, which tells"
    " their system, or takes it before them: EPSG:32632 512137 5003480",
)
_DEGREES = pattern(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?")
POLE = 90
DECIMALS = 7  # about one centimetre; survives the 15 digits with which SQLite writes a number


class Integer(Kind):
    """A whole number, from `least` on."""

    word = Text("numero intero", "whole number")
    least: int = 0
    most: int = 1_000_000_000
    sql_type = "INTEGER"
    kml_type = "int"
    json_type = "integer"
    literal = True

    def read(self, text: str) -> Any:
        """Read ASCII digits only: `int` would also take `1_0` and other scripts' digits."""
        text = text.strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text) or not self.least <= int(text) <= self.most:
            raise Unreadable(self._expected())
        return int(text)

    def surely(self, value: Any) -> bool:
        """Tell whether a number is whole and in range."""
        return type(value) is int and self.least <= value <= self.most

    def _expected(self) -> Text:
        if self.most == Integer.most:
            up = Text(
                "serve un numero intero, da {n} in su", "a whole number from {n} up is needed"
            )
            return up.filled(n=self.least)
        return Text(
            "serve un numero intero, da {least} a {most}",
            "a whole number from {least} to {most} is needed",
        ).filled(least=self.least, most=self.most)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: an integer with its least value."""
        return {"type": "integer", "minimum": self.least}

    def condition(self, column: str) -> str:
        """Hold the column to its range."""
        return f"{column} BETWEEN {self.least} AND {self.most}"


class Coordinate(Kind):
    """A coordinate, published with so many decimals: about 1 cm of metres, 10 cm of degrees."""

    word = Text("numero decimale", "decimal number")
    decimals: int = 2
    sql_type = "REAL"
    kml_type = "double"
    json_type = "number"
    literal = True

    def sql_json(self, column: str) -> str:
        """Write a JSON number."""
        return f"json({self.sql_text(column)})"

    def sql_text(self, column: str) -> str:
        """Round to the decimals, without an exponent and without zeros at the end."""
        digits = f"rtrim(rtrim(printf('%.{self.decimals}f', {column}), '0'), '.')"
        return f"CASE WHEN {column} IS NOT NULL THEN {digits} END"

    def sql_value(self, column: str) -> str:
        """Return the number that its text tells."""
        return f"CAST({self.sql_text(column)} AS REAL)"


class Degrees(Coordinate):
    """Degrees on WGS 84 (EPSG:4326), a decimal number between -most and most.

    Published with 6 decimals, as RFC 7946 section 11.2 advises.
    """

    word = Text("gradi decimali (WGS 84)", "decimal degrees (WGS 84)")
    decimals: int = 6
    most: int = 180

    def sql_text(self, column: str) -> str:
        """Say the same in one call."""
        return self._in_one_call([column], ["", ""], super().sql_text(column))

    def sql_texts(self, columns: Sequence[str], fixed: Sequence[str]) -> str:
        """Say the same in one call, the fixed texts too."""
        return self._in_one_call(columns, fixed, super().sql_texts(columns, fixed))

    def _in_one_call(self, columns: Sequence[str], fixed: Sequence[str], otherwise: str) -> str:
        """Return SQL that says numbers in one call: with `!` SQLite leaves out zeros at the end.

        But for one behind the point, and beside whole numbers there is none but that: those are
        said `otherwise`, as are those below zero.
        """
        least = f"1e-{self.decimals}"
        broken = " AND ".join(
            f"{column} - CAST({column} AS INTEGER) BETWEEN {least} AND 1 - {least}"
            for column in columns
        )
        template = f"%!.{self.decimals}f".join(text.replace("%", "%%") for text in fixed)
        digits = f"printf({literal(template)}, {', '.join(columns)})"
        return f"CASE WHEN {broken} THEN {digits} ELSE {otherwise} END"

    def read(self, text: str) -> Any:
        """Read a decimal point or comma; refuse what Python's `float` would let through."""
        text = text.strip().replace(",", ".")
        if not _DEGREES.fullmatch(text):
            digits = 7 if self.most == POLE else 6
            if re.fullmatch(rf"[0-9]{{{digits},7}}(?:\.[0-9]{{1,20}})?", text):
                raise Unreadable(_METRES)
            raise Unreadable(
                Text(
                    "servono gradi decimali, come 45,1847",
                    "decimal degrees are needed, such as 45.1847",
                )
            )
        value = round(float(text), DECIMALS)
        if abs(value) > self.most:
            raise Unreadable(
                Text(
                    "i gradi vanno da -{most} a {most}", "degrees go from -{most} to {most}"
                ).filled(most=self.most)
            )
        return value

    def at_once(self, texts: Collection[str]) -> Sequence[float] | None:
        """Return the numbers, if all are surely written as such and in range."""
        if not all(map(_DEGREES.fullmatch, texts)):
            return None
        values = [round(float(text), DECIMALS) for text in texts]
        return (
            values
            if -self.most <= min(values, default=0) <= max(values, default=0) <= self.most
            else None
        )

    def surely(self, value: Any) -> bool:
        """Tell whether a number is in range; NaN is not."""
        return type(value) is float and -self.most <= value <= self.most

    def write(self, value: Any) -> str:
        """Write the shortest decimal number that reads back as the same value."""
        return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema: a number within its range."""
        return {"type": "number", "minimum": -self.most, "maximum": self.most}

    def condition(self, column: str) -> str:
        """Hold the column to its range."""
        return f"{column} BETWEEN -{self.most} AND {self.most}"


class YesNo(Kind):
    """Yes or no, stored as 1 or 0."""

    word = Text("sì o no (true, false)", "yes or no (true, false)")
    sql_type = "INTEGER"
    json_type = "boolean"
    literal = True

    def read(self, text: str) -> Any:
        """Read yes and no as people of both languages write them."""
        word = text.strip().casefold()
        if word in {"yes", "y", "true", "1", "sì", "si", "s", "vero", "x"}:
            return True
        if word in {"no", "n", "false", "0", "falso"}:
            return False
        raise Unreadable(Text("serve sì oppure no", "yes or no is needed"))

    def write(self, value: Any) -> str:
        """Write the word that both languages and every format take."""
        return "true" if value else "false"

    def told(self, value: Any) -> Text:
        """Tell yes or no."""
        return Text("sì", "yes") if value else Text("no", "no")

    def to_sql(self, value: Any) -> Any:
        """Store 1 or 0."""
        return int(value)

    def from_sql(self, stored: Any) -> Any:
        """Return a bool."""
        return bool(stored)

    def condition(self, column: str) -> str:
        """Hold the column to 0 and 1."""
        return f"{column} IN (0, 1)"

    def sql_json(self, column: str) -> str:
        """Write JSON's own true and false."""
        return f"json({self.sql_text(column)})"

    def sql_text(self, column: str) -> str:
        """Write words: readers take the text "0" of a KML boolean for true."""
        return f"CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
