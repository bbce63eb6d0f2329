"""Answers to letters, as an office writes them into a table: whose, which, when, what else."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from .declare import Record
from .entities import PLACES
from .errors import Refused
from .headings import How, key_of, matched
from .kinds.choices import bare
from .rows import Row, Table
from .words import Text, joined


class Answer(StrEnum):
    """What somebody says of a record."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CLOSED = "closed"


LABELS = {
    Answer.CONFIRMED: Text("confermato", "confirmed"),
    Answer.CHANGED: Text("cambiato", "changed"),
    Answer.CLOSED: Text("chiuso", "closed"),
}
_WORDS = {
    Answer.CONFIRMED: "confermato|confermata|confermati|conferma|confermo|confermiamo|ok|sì|giusto"
    "|tutto giusto|tutto ok|tutto bene|va bene|corretto|invariato|invariata|nessuna modifica"
    "|confirmed|confirm|yes|right|correct|unchanged|no changes|fine",
    Answer.CHANGED: "cambiato|cambiata|cambiati|cambia|cambiare|da cambiare|modifica|modifiche"
    "|modificato|modificata|da modificare|da correggere|correzione|correzioni|variazione|variazioni"
    "|changed|change|changes|to be changed|correction|update|updated",
    Answer.CLOSED: "chiuso|chiusa|chiusi|cessato|cessata|attività cessata|cessata attività|sciolto"
    "|sciolta|terminato|terminata|finito|finita|non esiste più|non c'è più"
    "|closed|ceased|ended|dissolved|no longer there",
}
KNOWN = {bare(word): answer for answer, words in _WORDS.items() for word in words.split("|")}
# The columns of a table of letters that are not those of a record.
FIELDS = ("code", "id", "name", "to", "to_kind", "language", "subject", "body")
# The headers of what an answer says besides the columns of a record, without case and signs.
ROLES = {
    "code": ("code", "codice", "cod", "codicelettera"),
    "id": ("id", "identificativo", "identifier"),
    "answer": ("answer", "risposta", "esito", "reply"),
    "date": ("date", "data"),  # of the answer, or of the end of what is closed
    "answered": ("datarisposta", "datadellarisposta", "answeredon"),
    "note": ("note", "nota", "notes", "commento", "comment"),
    "source": ("source", "fonte", "fonti", "sources", "protocollo", "prot"),
}
_OF_LETTERS = frozenset(map(key_of, FIELDS)) - {"code", "id", "name"}


class Reply(NamedTuple):
    """One answer as it is written: the row, its texts by role, and the cells of other headers."""

    number: int
    told: dict[str, str]
    cells: dict[str, str]
    wrong: Sequence[Text]

    @property
    def answer(self) -> Answer | None:
        """Return what the answer means, None for what it cannot be told of."""
        return KNOWN.get(bare(self.told["answer"]))

    @property
    def silent(self) -> bool:
        """Tell whether the row holds no answer: who was asked has not answered yet."""
        return not (self.told["answer"] or self.told["note"])


class Replies:
    """The answers of a file. Raises Refused for a file that has no answers, or not whose."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._roles: dict[str, str] = {}
        for header in table.headers:
            for role, known in ROLES.items():
                if key_of(header) in known:
                    self._roles.setdefault(header, role)
        self._expect_roles()
        self._others = [header for header in table.headers if header not in self._roles]

    def _expect_roles(self) -> None:
        found = list(self._roles.values())
        if "answer" not in found or not {"code", "id"} & {*found}:
            told = Text(
                "servono le colonne «codice» (o «id») e «risposta»; ci sono: {headers}",
                "the columns “code” (or “id”) and “answer” are needed; there are: {headers}",
            )
            raise Refused(told.filled(headers=", ".join(self._table.headers)))
        if twice := next((role for role in found if found.count(role) > 1), None):
            names = [header for header, role in self._roles.items() if role == twice]
            told = Text(
                "più colonne dicono la stessa cosa: {names}; lasciarne una",
                "several columns tell the same: {names}; leave one of them",
            )
            raise Refused(told.filled(names=", ".join(names)))

    def __iter__(self) -> Iterator[Reply]:
        """Yield the answers, row by row."""
        return map(self._reply, self._table.rows())

    def _reply(self, row: Row) -> Reply:
        told = dict.fromkeys(ROLES, "")
        for header, role in self._roles.items():
            told[role] = row.cells.get(header, "").strip()
        cells = {header: row.cells.get(header, "").strip() for header in self._others}
        wrong = [each.message for each in row.problems if each.fatal]
        return Reply(row.number, told, {name: text for name, text in cells.items() if text}, wrong)

    def columns(self, entity: type[Record]) -> dict[str, str]:
        """Return the column that each header means, of those that a person may write."""
        found = matched(entity, self._others, {})
        sure = (each for each in found if each.how in {How.NAME, How.LABEL, How.WRITTEN})
        return {
            each.header: each.target
            for each in sure
            if entity.has(each.target) and not entity.column(each.target).automatic
        }

    def unused(self) -> list[str]:
        """Return the headers that mean nothing for any kind of record, and are left aside."""
        known = {header for entity in PLACES for header in self.columns(entity)}
        known |= {h for h in self._others if key_of(h) in _OF_LETTERS or h in _PUBLISHED}
        return [header for header in self._others if header not in known]

    def digest(self) -> str:
        """Return a checksum of all that the answers say."""
        said = (repr((sorted(r.told.items()), sorted(r.cells.items()))) for r in self)
        return checksum(sorted(said))


_PUBLISHED = frozenset(column.name for entity in PLACES for column in entity.published())


def checksum(texts: Iterable[str]) -> str:
    """Return a short checksum of texts, for accidents and no more."""
    return f"{zlib.crc32(chr(0).join(texts).encode('utf-8', 'surrogatepass')):08x}"


def words() -> Text:
    """Return the three answers, for a person to choose from."""
    return joined(", ", LABELS.values())
