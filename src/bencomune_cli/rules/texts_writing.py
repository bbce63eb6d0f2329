"""T: how texts are typed: quotes, blanks, accents, and what spreadsheets would take for a sum."""

from collections.abc import Iterator
from functools import lru_cache

from ..batches import without
from ..declare import Record
from ..findings import Severity
from ..free_texts import rewritten, suspects
from ..patterns import pattern
from ..words import Text
from . import Hit, Mend, rule

_PAIRS = {'"': '"', "“": "”", "«": "»", "„": "“"}
_QUOTES = '"«»“”'
# Inches, minutes and seconds are written with the same sign: 24", 45° 11' 5".
_INCHES = pattern(r"(?<=[0-9])\"")
_BLANKS = pattern(r"(?<=\S)[ \u00a0]{2,}(?=\S)|[ \u00a0]+$|^[ \u00a0]+|(?<=\w) (?=[,;](?:\s|$))")
_SEVERAL = pattern(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
_BEFORE = pattern(r"(?<=\w) +(?=[,;](?:\s|$))")
_STRAY = ("  ", " ,", " ;", " \n", "\n ", "\u00a0")
_COMMANDS = ("\n=", "\n+", "\n-", "\n@")
_FORMULA = pattern(r"=[\w(+\-\"'@]|@\w+\(|[+-]\s*(?:\w+\(|\$?[A-Z]{1,3}\$?[0-9]+\b)|[=+@-].*\|.*!")

_APOSTROPHES = "'’`´"
_APOSTROPHE = pattern(r"([^\W\d_]+)['’`´](?![^\W_])")
_AT_THE_END = pattern(r"['’`´](?<=[^\W\d_]['’`´])(?![^\W_])")
_OPENED = pattern(r"(?<![^\W_])['‘`´](?=[^\W\d_])")
_ACCENTED = (
    *("è", "età", "già", "giù", "più", "può", "ciò", "perciò", "però", "così", "cioè"),
    *("caffè", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "perché", "poiché"),
    *("finché", "affinché", "benché", "anziché", "nonché", "sicché", "giacché", "purché"),
    *("dacché", "virtù", "gioventù", "servitù", "schiavitù", "tribù", "ragù", "menù"),
    *("tiramisù", "papà", "quaggiù", "lassù", "laggiù", "sarà", "avrà", "potrà", "dovrà"),
    *("verrà", "farà", "andrà", "vorrà", "darà", "starà", "lì", "falò", "oblò", "nicolò"),
    *("niccolò", "forlì", "cantù", "cefalù", "mondovì"),
)
_OPEN = str.maketrans("àèéìòù", "aeeiou")
_ACCENTS = {word.translate(_OPEN): word for word in _ACCENTED}
_CITY = 4  # letters at least of a word like città: "sta'" is none


@rule(
    code="T10",
    severity=Severity.NOTE,
    message=Text(
        "il testo è tutto tra virgolette: {value}", "the whole text is in quotation marks: {value}"
    ),
    why=Text(
        "Di solito le virgolette restano da un file copiato; negli elenchi in ordine alfabetico"
        " mettono il testo fuori posto.",
        "Usually the marks are left over from a file that was copied; in alphabetical lists they"
        " put the text out of place.",
    ),
    fix=Text("Togliere le virgolette.", "Remove the quotation marks."),
    source="RFC 4180, 2",
    good=[{"name": "Associazione «Esempio»"}, {"name": "«Uno» e «Due»"}],
    bad=[{"name": '"Spazio Esempio"'}, {"summary": "«Uno spazio per tutti.»"}],
    mend=Mend.UNSAFE,
    quiet=without(_PAIRS),
)
def quoted_as_a_whole(record: Record) -> Iterator[Hit]:
    """Look for a mark at either end, and none between."""
    for name, value in suspects(record, _PAIRS):
        closing = _PAIRS.get(value[0])
        inner = value[1:-1]
        if inner and value[-1] == closing and not {value[0], closing} & {*inner}:
            mend = rewritten(record, name, value, inner.strip())
            yield Hit(name, {"value": _start(value)}, mend=mend)


@rule(
    code="T11",
    severity=Severity.NOTE,
    message=Text(
        "le virgolette {sign} non sono chiuse, o non sono aperte: {value}",
        "the quotation marks {sign} are not closed, or were not opened: {value}",
    ),
    why=Text(
        "Forse il testo è stato tagliato, o manca un pezzo.",
        "Perhaps the text was cut off, or a piece is missing.",
    ),
    fix=Text("Completare il testo o le virgolette.", "Complete the text or the quotation marks."),
    source="RFC 4180, 2; Accademia della Crusca, virgolette",
    good=[{"name": "Associazione «Esempio»"}, {"summary": 'Schermo da 24"'}],
    bad=[{"name": 'Associazione "Esempio'}, {"description": "Il progetto «Esempio è aperto"}],
    quiet=without(_QUOTES),
)
def quotes_unbalanced(record: Record) -> Iterator[Hit]:
    """Count the marks that open and those that close."""
    for name, value in suspects(record, _QUOTES):
        if sign := _unbalanced(value):
            yield Hit(name, {"value": _start(value), "sign": sign})


def _unbalanced(text: str) -> str:
    """Return the marks of which there are more of one side than of the other; none if none."""
    if '"' in text and _INCHES.sub("", text).count('"') % 2 and text.count('"') % 2:
        return '"'
    if not text.isascii():
        if text.count("«") != text.count("»"):
            return "«»"
        if text.count("“") != text.count("”") and "„" not in text:
            return "“”"
    return ""


@rule(
    code="T12",
    severity=Severity.NOTE,
    message=Text("ci sono spazi di troppo: «{value}»", "there are needless spaces: “{value}”"),
    why=Text(
        "Due testi che sembrano uguali non lo sono, e negli elenchi si ordinano male.",
        "Two texts that look the same are not, and they sort badly in lists.",
    ),
    fix=Text("Toglierli con «bencomune check --fix».", "Remove them with “bencomune check --fix”."),
    source="W3C, Metadata Vocabulary for Tabular Data (trim)",
    good=[{"description": "Pane, vino.\n\n- altro"}, {"name": "Spazio Esempio"}],
    bad=[
        {"name": "Spazio  Esempio"},
        {"summary": "Aperto a tutti "},
        {"description": "Pane , vino"},
    ],
    mend=Mend.SAFE,
    quiet=without(_STRAY),
)
def stray_blanks(record: Record) -> Iterator[Hit]:
    """Look for blanks at the ends, several between words, one before a comma."""
    for name, value in suspects(record, _STRAY):
        if found := _BLANKS.search(value):
            whole = _BEFORE.sub("", _SEVERAL.sub(" ", value.strip()))
            around = value[max(0, found.start() - 20) : found.end() + 20]
            mend = rewritten(record, name, value, whole)
            yield Hit(name, {"value": around}, mend=mend)


@rule(
    code="T13",
    severity=Severity.NOTE,
    message=Text(
        "«{word}» ha un apostrofo al posto dell'accento: {accented}",
        "“{word}” has an apostrophe in place of the accent: {accented}",
    ),
    why=Text(
        "Chi cerca la parola con l'accento non la trova; i lettori di schermo la leggono male.",
        "Anyone who searches for the word with its accent does not find it; screen readers read it"
        " badly.",
    ),
    fix=Text("Scriverla con l'accento.", "Write it with its accent."),
    source="UNI 6015; Accademia della Crusca, accenti e apostrofi",
    good=[{"name": "Un po' di città"}, {"summary": "Il gruppo dice: 'vieni in citta' e basta"}],
    bad=[{"name": "CITTA' ESEMPIO"}, {"description": "E' aperto perche' serve all'universita'."}],
    mend=Mend.UNSAFE,
    quiet=without(_APOSTROPHES),
)
def apostrophe_for_an_accent(record: Record) -> Iterator[Hit]:
    """Look for words that end in an accent; in texts that quote by the same sign, for none."""
    for name, value in suspects(record, _APOSTROPHES):
        if not _AT_THE_END.search(value):
            continue
        found = next((each for each in _APOSTROPHE.finditer(value) if _accented(each[1])), None)
        if found and not _OPENED.search(value):
            told = {"word": found[0], "accented": _accented(found[1])}
            whole = _APOSTROPHE.sub(lambda each: _accented(each[1]) or each[0], value)
            yield Hit(name, told, mend=rewritten(record, name, value, whole))


@lru_cache(maxsize=4_096)
def _accented(word: str) -> str:
    """Return a word with the accent that its apostrophe stands for; an empty text for none."""
    lower = word.lower()
    whole = _ACCENTS.get(lower)
    if not whole and lower.endswith("ta") and len(lower) >= _CITY:
        whole = f"{lower[:-1]}à"
    if not whole:
        return ""
    accent = whole[-1].upper() if word.isupper() else whole[-1]
    return word[:-1] + accent


@rule(
    code="T14",
    severity=Severity.NOTE,
    message=Text(
        "un foglio di calcolo lo leggerebbe come una formula: {value}",
        "a spreadsheet would read it as a formula: {value}",
    ),
    why=Text(
        "Chi apre il CSV potrebbe eseguirla senza saperlo; i file esportati la rendono innocua con"
        " un apostrofo, che però si vede.",
        "Anyone who opens the CSV might run it unawares; the exported files make it harmless with"
        " an apostrophe, which is visible, though.",
    ),
    fix=Text(
        "Riscrivere il testo senza il segno iniziale.",
        "Rewrite the text without its first sign.",
    ),
    source="OWASP, CSV Injection",
    good=[
        {"address_note": "+39 0382 399111"},
        {"description": "- elenco\n- altro"},
        {"summary": "@esempio su Instagram"},
    ],
    bad=[{"name": "=HYPERLINK(A1)"}, {"summary": "@SUM(A1:A9)"}, {"description": "-A1+B2"}],
    quiet=without(_COMMANDS),
)
def formula_of_a_spreadsheet(record: Record) -> Iterator[Hit]:
    """Look for texts that begin as formulas do: not numbers, lists, names of accounts."""
    for name, value in suspects(record, _COMMANDS):
        if value[0] in "=+-@" and _FORMULA.match(value):
            yield Hit(name, {"value": _start(value)})


def _start(text: str) -> str:
    longest = 60
    return text if len(text) <= longest else f"{text[:longest]}…"
