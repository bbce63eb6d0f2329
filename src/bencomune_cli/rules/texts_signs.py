"""T: signs in texts that are not what they look like: wrong encodings, unseen and foreign ones."""

import re
import unicodedata
from collections.abc import Iterator

from ..batches import without
from ..declare import Record
from ..findings import Severity
from ..free_texts import free_texts, rewritten, suspects
from ..patterns import pattern
from ..words import Text
from . import Hit, Mend, rule

# What the bytes 80 to BF are read as by Windows: the second halves of letters in UTF-8.
_LATER = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in range(0x80, 0xC0))
# Behind a capital, what is left out may close a quotation or a word: «MANHÃ», IRMÃ DULCE.
_BEHIND_A_CAPITAL = "".join(sign for sign in _LATER if sign not in "»”’\u00a0")
_MISREAD = pattern(
    rf"(?<![A-ZÀ-Þ])Ã[{re.escape(_LATER)}]|Ã[{re.escape(_BEHIND_A_CAPITAL)}]"
    r"|Â[\u00a0-\u00ba\u00bc-\u00bf]|â€|ï¿½|ðŸ|(?<=[a-zà-ÿ])Ã(?![^\W\d_])"
)
_MISREAD_SIGNS = frozenset("ÃÂâïð")
_NOT_ASCII = pattern(r"[^\x00-\x7f]+")
_TYPOGRAPHIC = frozenset("‘’“”«»‹›–—…€£°ºª·•²³§©®™½¼¾×\u00a0")
_TWICE = 3  # times that a text may have been misread, one on top of the other

_UNSEEN = (
    r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0001-\U000e007f]"
)
# Joiners belong to emoji and to scripts in which letters join; behind a Latin letter they do not.
_JOINERS = r"(?:(?<=[\x00-\u024f])|^)[\u200c\u200d]"
_MARKS = r"[\u061c\u200e\u200f]"
_WITHOUT_MARKS = pattern(f"{_UNSEEN}|{_JOINERS}")
_WITH_MARKS = pattern(f"{_UNSEEN}|{_JOINERS}|{_MARKS}")
_FROM_THE_RIGHT = pattern(r"[\u0590-\u05ff\u0620-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FLAG = "\U0001f3f4"  # followed by tags it is the flag of a region

# Letters that look like a Latin one (Unicode, UTS 39, confusables).
_TWINS = {
    **dict(zip("АВЕЅІЈКМНОРСТХаеѕіјорсухһԁ", "ABESIJKMHOPCTXaesijopcyxhd", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True)),
}
_LATIN = str.maketrans(_TWINS)
_TWIN_SIGNS = frozenset(_TWINS)
_WORD = pattern(r"[^\W\d_]+")
_ENTITY = pattern(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_COMMANDS = frozenset("<>{}[]")


@rule(
    code="T06",
    severity=Severity.WARNING,
    message=Text(
        "«{value}» è stato letto con la codifica sbagliata",
        "“{value}” was read in the wrong encoding",
    ),
    why=Text(
        "Le lettere accentate sono diventate due segni ciascuna: il testo non si legge e non si"
        " trova.",
        "Each accented letter has become two signs: the text can be neither read nor found.",
    ),
    fix=Text(
        "Riscrivere le parole; se viene da un file, importarlo di nuovo dicendo la codifica"
        " giusta: --encoding utf-8.",
        "Write the words again; if it comes from a file, import it again with the right encoding:"
        " --encoding utf-8.",
    ),
    source="RFC 3629; W3C, Character encodings for beginners",
    good=[{"name": "Perché no – Città"}, {"description": "São João, «MANHÃ», Âncora"}],
    bad=[{"description": "Aperto perchÃ© serve"}, {"name": "Lâ€™Esempio"}, {"summary": "cittÃ"}],
    mend=Mend.SAFE,
    quiet=without(_MISREAD_SIGNS),
)
def text_misread(record: Record) -> Iterator[Hit]:
    """Look for UTF-8 that was read as Windows-1252; mend what comes out as Latin letters."""
    for name, value in suspects(record, _MISREAD_SIGNS):
        if found := _MISREAD.search(value):
            whole = _read_again(value)
            told = {"value": _around(value, found)}
            yield Hit(name, told, mend=rewritten(record, name, value, whole))


def _read_again(text: str) -> str:
    """Return a text as it was before it was misread; an empty one where that is not sure."""
    for _ in range(_TWICE):
        if not _MISREAD.search(text):
            return text
        text = _NOT_ASCII.sub(_decoded, text)
    return "" if _MISREAD.search(text) else text


def _decoded(run: re.Match[str]) -> str:
    try:
        octets = bytes(byte for sign in run[0] for byte in _octet(sign))
        text = octets.decode("utf-8")
    except UnicodeError:
        return run[0]
    return text if all(map(_is_plain, text)) else run[0]


def _octet(sign: str) -> bytes:
    """Return the byte of which Windows makes a sign; the five that it lacks are controls."""
    return sign.encode("latin-1") if "\x80" <= sign <= "\x9f" else sign.encode("cp1252")


def _is_plain(sign: str) -> bool:
    latin = sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN")
    return latin or sign in _TYPOGRAPHIC or sign in _MISREAD_SIGNS


@rule(
    code="T07",
    severity=Severity.WARNING,
    message=Text(
        "contiene caratteri invisibili: {codes}",
        "it contains invisible characters: {codes}",
    ),
    why=Text(
        "Vengono incollati da pagine e documenti: due testi che sembrano uguali non lo sono, la"
        " ricerca non li trova, e alcuni rovesciano l'ordine delle lettere.",
        "They are pasted from pages and documents: two texts that look the same are not, a search"
        " does not find them, and some reverse the order of the letters.",
    ),
    fix=Text("Toglierli con «bencomune check --fix».", "Remove them with “bencomune check --fix”."),
    source="Unicode, UTR 36 e UAX 31; CVE-2021-42574",
    good=[
        {"name": "Spazio Esempio"},
        {"description": "Famiglie 👨\u200d👩\u200d👧 e می\u200cخواهم"},
    ],
    bad=[{"name": "Spazio\u200b Esempio"}, {"description": "Aperto\u202e a tutti\u202c"}],
    mend=Mend.SAFE,
    quiet=lambda batch, _: batch.free_text().replace("\n", "").isprintable(),
)
def unseen_signs(record: Record) -> Iterator[Hit]:
    """Look for signs without a shape, but where a script or an emoji needs them."""
    for name, value in free_texts(record):
        # What prints has a shape; of prose, the line breaks do not print either.
        if not value.isascii() and not value.replace("\n", "").isprintable():
            pattern = _WITHOUT_MARKS if _FROM_THE_RIGHT.search(value) else _WITH_MARKS
            found = dict.fromkeys(pattern.findall(value)) if _FLAG not in value else {}
            if found:
                codes = ", ".join(f"U+{ord(sign):04X}" for sign in found)
                whole = pattern.sub("", value)
                yield Hit(name, {"codes": codes}, mend=rewritten(record, name, value, whole))


@rule(
    code="T08",
    severity=Severity.WARNING,
    message=Text(
        "in «{word}» la «{letter}» non è una lettera latina, ma {code} ({unicode})",
        "in “{word}” the “{letter}” is not a Latin letter, but {code} ({unicode})",
    ),
    why=Text(
        "Si vede uguale, ma chi cerca la parola non la trova; nello stesso modo si fanno anche i"
        " nomi falsi.",
        "It looks the same, but anyone who searches for the word does not find it; false names are"
        " made in the same way.",
    ),
    fix=Text("Riscrivere la parola.", "Write the word again."),
    source="Unicode, UTS 39 (mixed-script confusables)",
    good=[{"name": "Spazio Esempio"}, {"alt_names": ("Привет", "Καλημέρα")}, {"name": "μm"}],
    bad=[{"name": "Sp\u0430zio Esempio"}, {"summary": "\u0391ssociazione"}],
    mend=Mend.UNSAFE,
    quiet=without(_TWIN_SIGNS),
)
def mixed_alphabets(record: Record) -> Iterator[Hit]:
    """Look for words of Latin letters among which one only looks so; not for foreign words."""
    for name, value in suspects(record, _TWIN_SIGNS):
        for word in _WORD.findall(value):
            twins = [letter for letter in word if letter in _TWIN_SIGNS]
            if twins and any(letter.isascii() for letter in word):
                told = {"word": word, "letter": twins[0], "code": f"U+{ord(twins[0]):04X}"}
                told["unicode"] = unicodedata.name(twins[0])
                whole = value.replace(word, word.translate(_LATIN))
                yield Hit(name, told, mend=rewritten(record, name, value, whole))
                break


@rule(
    code="T09",
    severity=Severity.WARNING,
    message=Text(
        "contiene un segno scritto come nelle pagine web: {entity}",
        "it contains a sign that is written as in web pages: {entity}",
    ),
    why=Text(
        "I testi si pubblicano come sono: chi legge vede proprio «&amp;» invece del segno.",
        "Texts are published as they are: readers see “&amp;” itself instead of the sign.",
    ),
    fix=Text(
        "Scrivere il segno: «bencomune check --fix» lo fa, dove è sicuro.",
        "Write the sign itself: “bencomune check --fix” does so where it is safe.",
    ),
    source="HTML Living Standard, 13.5 (named character references)",
    good=[{"name": "Libri & Co"}, {"source": ("https://example.org/?a=1&copy=2",)}],
    bad=[{"name": "Libri &amp; Co"}, {"description": "Citt&agrave; &lt;aperta&gt;"}],
    mend=Mend.SAFE,
    quiet=without("&"),
)
def entities_of_html(record: Record) -> Iterator[Hit]:
    """Look for character references; what they hide is written only if it commands nothing."""
    for name, value in suspects(record, "&"):
        told = [each for each in _ENTITY.findall(value) if _read(each) != each]
        if value.startswith("http"):  # there an ampersand parts the parameters: ?a=1&sect=2
            told = [each for each in told if each == "&amp;"]
        if told:
            whole = _unescaped(value)
            yield Hit(name, {"entity": told[0]}, mend=rewritten(record, name, value, whole))


def _read(text: str) -> str:
    import html  # its table of names is as large as all rules on texts

    return html.unescape(text)


def _unescaped(text: str) -> str:
    """Return a text with its references read; an empty one where that would not be safe."""
    if text.startswith("http"):
        return text.replace("&amp;", "&")
    known = {sign for sign in text if sign in _COMMANDS}
    for _ in range(_TWICE):
        text = _ENTITY.sub(lambda found: _read(found[0]), text)
    text = text.replace("\u00a0", " ")
    safe = {sign for sign in text if sign in _COMMANDS} == known and not _ENTITY.search(text)
    return text if safe and text.replace("\n", "").isprintable() else ""


def _around(text: str, found: re.Match[str]) -> str:
    """Return the word in which something was found."""
    start = text.rfind(" ", 0, found.start()) + 1
    end = text.find(" ", found.end())
    return " ".join(text[start : len(text) if end < 0 else end].split())
