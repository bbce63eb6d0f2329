"""Kinds: whatever a person types is a value or is refused, and a value survives every way."""

import re
import sqlite3
import unicodedata
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bencomune_cli.entities import ENTITIES
from bencomune_cli.entities.shared import ISTAT_CODE
from bencomune_cli.errors import Unreadable
from bencomune_cli.kinds.choices import Listing, Term
from bencomune_cli.kinds.numbers import Coordinate, Degrees, Integer, YesNo
from bencomune_cli.kinds.texts import KEY, Code, Email, Line, Phone, Prose, Shaped, WebAddress
from bencomune_cli.kinds.times import Day, Moment, PartialDate
from bencomune_cli.tables import column_sql
from bencomune_cli.vocabularies import vocabulary

COLUMNS = {
    column.kind: (f"{entity.table}.{column.name}", column)
    for entity in reversed(ENTITIES)
    for column in reversed(entity.columns)
}
WRITTEN = [kind for kind in COLUMNS if not isinstance(kind, Moment)]  # by people, not by SQLite
TEXTS = [kind for kind in WRITTEN if isinstance(kind, Line | Shaped | PartialDate | Term | Listing)]
LINES = [kind for kind in WRITTEN if isinstance(kind, Line)]


def name(kind):
    """Return the first column of a kind, as the name of its test."""
    return COLUMNS[kind][0]


every_kind = pytest.mark.parametrize("kind", WRITTEN, ids=name)

CONTROLS = [chr(code) for code in (*range(32), *range(127, 160))]
NASTY = [
    *("", " ", "\u00a0", "\ufeff", "\ufeff x", "\ufeff\n x", "a \u200b b", "\u200b", "\u200bx "),
    *("a\0b", "\ud800", "\x1b[31m", "a\x9bb", "a\x85b", "\u202eb", "\ufffd", "\uffff", "a\nb"),
    *("a\r", "e\u0300", "É", "ŉ", "ß" * 40, "İ" * 127, "ΐ", "a@" + "İ" * 200, "\U0001ffff", "🌻"),
    *("x" * 60, "x" * 301, "x" * 1999, "y" * 20_001, "1" * 400, "9" * 18, "a" * 121),
    *("nan", "inf", " -Infinity ", "1_0", "١٢٣", "１２", "+5", "-0", "-0,00000001", "1e5", "0x1F"),
    *("45,1847", "91", "180.00000001", "-180", ".5", "5.", "1,5,5", "2019-", "-", "/", "0000"),
    *("2019", "09/2019", "28/09/2019", "2019-13", "30/02/2019", "2019-9", "28/09/19", "1/1/1"),
    *("sì", "SI", "vero", "X", "falso", "forse", "a|b|a", "a, b, a", "|", " | ", ",", "a,|b"),
    *("mailto:", "mailto: a@b.it", "mailto:mailto:a@b.it", "A@B.IT", "@", "tel:", "tel: 1"),
    *("tel:tel:1", "0382 399111", "+39 0382 399111", "382399111", "0382399111 int. 12", "12"),
    *("800 FLOWERS", "www.example.org", "www.example.org/?a=https://b.it", "https://", "://"),
    *("...", "IT 002.961 80185", "000001", "0000012", "active", "Attivo", "attiv", "biblioteca"),
    *("[red]", "{x}", "{0}", "%s", "=1+1", "<b>", "'; DROP TABLE labs; --", "spazio-es", "a--b"),
    *(", ".join(f"{n:06}" for n in range(600)), ", ".join(f"{n:0119}" for n in range(40))),
    "|".join(f"{n}" + "x" * 1900 for n in range(12)),
]


def good_texts(kind):
    """Return a strategy of texts that a kind is likely to read."""
    days = st.dates().map(lambda day: day.strftime("%d/%m/%Y"))
    months = st.dates().map(lambda day: day.isoformat()[: len("2019-09")])
    likely = {
        Listing: lambda: st.lists(good_texts(kind.item), max_size=4).map(kind.separator.join),
        Term: lambda: st.sampled_from([w for t in vocabulary(kind.name).values() for w in t.label]),
        Shaped: lambda: st.from_regex(kind.pattern, fullmatch=True),
        PartialDate: lambda: days | months,
        YesNo: lambda: st.sampled_from(["sì", "No", "true", "0"]),
        Integer: lambda: st.integers(-10, 2_000_000_000).map(str),
        Degrees: lambda: st.floats(-200, 200).map(lambda n: f"{n:.9f}".replace(".", ",")),
        Phone: lambda: st.from_regex(r"(\+39|0039|\+33)? ?[03][0-9]{5,11}", fullmatch=True),
    }
    makers = [make for family, make in likely.items() if isinstance(kind, family)]
    return makers[0]() if makers else st.text(max_size=80)


def for_every_text(kind, promise):
    """Try a promise on the texts above, then on texts that Hypothesis makes."""
    for text in NASTY:
        promise(text)

    @settings(max_examples=60, deadline=None)
    @given(good_texts(kind) | st.text(st.characters(), max_size=60))
    def tried(text):
        promise(text)

    tried()


def read(kind, text):
    """Return the value of a text, None where there is none."""
    try:
        return kind.read(text)
    except Unreadable:
        return None


def table_of(kind):
    """Return a database with one STRICT table of the kind's column, as the registry makes it."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute(f"CREATE TABLE t ({column_sql(COLUMNS[kind][1])}) STRICT")
    return closing(database)


def stored(database, value):
    """Return what SQLite keeps of a value."""
    database.execute("BEGIN")
    try:
        database.execute("INSERT INTO t VALUES (?)", (value,))
        return database.execute("SELECT * FROM t").fetchone()[0]
    finally:
        database.execute("ROLLBACK")


@every_kind
def test_any_text_is_read_or_refused_with_words(kind):
    """Reading gives a value, or raises Unreadable with a sentence in each language."""

    def promise(text):
        if read(kind, text) is None:
            with pytest.raises(Unreadable) as refusal:
                kind.read(text)
            assert refusal.value.text.it != refusal.value.text.en
            assert all(refusal.value.text)

    for_every_text(kind, promise)


@every_kind
def test_a_written_value_reads_back(kind):
    """`read(write(v)) == v`: what is exported or shown can be typed in again."""

    def promise(text):
        value = read(kind, text)
        if value is not None:
            assert kind.read(kind.write(value)) == value

    for_every_text(kind, promise)


@every_kind
def test_many_texts_are_read_as_each_alone(kind):
    """What is read of many texts at once is what each of them alone is read as."""
    plain = ("a@example.org", "https://example.org/a", "45.18", "Spazio Q")

    def promise(text):
        for several in ([text.strip()], [text.strip(), *plain], list(plain[:1])):
            values = kind.at_once([each for each in several if each])
            if values is not None:
                assert list(values) == [kind.read(each) for each in several if each]

    for_every_text(kind, promise)


@every_kind
def test_sqlite_takes_every_value_and_gives_it_back(kind):
    """A value that was read passes the CHECK of its column, and comes back as the same value."""
    with table_of(kind) as database:

        def promise(text):
            value = read(kind, text)
            if value not in (None, ()):
                assert kind.from_sql(stored(database, kind.to_sql(value))) == value

        for_every_text(kind, promise)


@every_kind
def test_no_value_holds_what_cannot_be_written(kind):
    """No value holds NUL, an ASCII control character, or half a surrogate pair; all are NFC."""
    controls = "[\x00-\x08\x0b-\x1f\x7f]" if isinstance(kind, Prose) else "[\x00-\x1f\x7f]"

    def promise(text):
        value = read(kind, text)
        for part in value if isinstance(value, tuple) else [value]:
            if isinstance(part, str):
                assert not re.search(controls, part)
                assert "Cs" not in map(unicodedata.category, part)
                assert part == unicodedata.normalize("NFC", part)

    for_every_text(kind, promise)


@pytest.mark.parametrize("kind", LINES, ids=name)
def test_control_characters_are_refused(kind):
    """A control character in a text, ASCII or C1, is refused; a blank, which is tidied, is not."""
    blanks = set(filter(str.isspace, CONTROLS)) if isinstance(kind, Code) else set("\t\n\r")
    assert [c for c in CONTROLS if c not in blanks and read(kind, f"ab{c}cd") is not None] == []
    assert read(kind, "\ud800") is None


@pytest.mark.parametrize("kind", TEXTS, ids=name)
def test_sqlite_refuses_nul_and_control_characters(kind):
    """Another program cannot store a text with NUL or control characters in any column."""
    good = {
        **dict.fromkeys([kind for kind in TEXTS if isinstance(kind, Shaped)], "a"),
        ISTAT_CODE: "000001",
    }.get(kind, "x")
    if isinstance(kind, PartialDate):
        good = "2019-09-28"
    codes = getattr(kind, "name", "") or getattr(getattr(kind, "item", None), "name", "")
    good = next(iter(vocabulary(codes))) if codes else good
    with table_of(kind) as database:
        assert stored(database, good) == good
        for bad in (f"{good}\0<b>", f"\0{good}", f"{good}\x1b", f"{good}\x07"):
            with pytest.raises(sqlite3.IntegrityError):
                stored(database, bad)


@pytest.mark.parametrize("kind", [Line(), Prose()], ids=["line", "prose"])
def test_sqlite_refuses_each_control_character_and_no_other(kind):
    """Of all characters; line breaks only in a line, and what U+FFFD may stand for."""
    every = (
        "WITH RECURSIVE n(code) AS (SELECT 1 UNION ALL SELECT code + 1 FROM n WHERE code < 1114111)"
        " SELECT code, text FROM (SELECT code, 'a' || char(code) || 'b' AS text FROM n)"
        f" WHERE code NOT BETWEEN 55296 AND 57343 AND NOT ({kind.check('text')})"
    )
    breaks = {9, 10} if isinstance(kind, Prose) else set()
    controls = {*range(1, 32), *range(127, 160), 0xFFFD, 0xFFFE, 0xFFFF} - breaks
    with closing(sqlite3.connect(":memory:")) as connection:
        assert {code for code, _ in connection.execute(every)} == controls


@pytest.mark.parametrize("kind", [kind for kind in COLUMNS if kind.literal], ids=name)
def test_a_literal_kind_never_needs_escaping(kind):
    """What SQLite takes for a literal kind means nothing to CSV, XML or JSON, whoever wrote it."""
    moment = "2026-11-23T08:30:00Z"
    starts = (moment, "2019", "2019-09-28", "a", "000001", "reading_books", "active", "families")
    with table_of(kind) as database:

        def promise(text):
            try:
                kept = stored(database, text)
            except (sqlite3.IntegrityError, UnicodeEncodeError):
                return
            assert kept is None or re.fullmatch("[A-Za-z0-9 ,:_.+-]*", str(kept))

        for text in (f"{start}{end}" for start in starts for end in ("\0<b>", '"', "<", "&", "\n")):
            promise(text)
        for_every_text(kind, promise)


NOT_STORED = {
    Integer(): ["abc", "1_0", "-1", "1000000001", "1.5", "١٢٣", ""],
    Degrees(most=90): ["abc", "nan", "inf", "90.1", "-91", 9e999, "1_0", ""],
    YesNo(): ["sì", "true", 2, -1, 0.5],
    PartialDate(): ["28/09/2019", "2019-9", "2019-20", "19-09-28", "domani", "2019-09-28 ", ""],
    Day(): ["2019", "2019-09", "2019-09-40", ""],
    Term("state"): ["Attivo", "ACTIVE", "", "active "],
    KEY: ["Spazio", "a b", "è", "a_b", "", "a" * 121],
    ISTAT_CODE: ["00001a", "0000001", "", "00000１"],
    Line(200): ["", "x" * 201, "a\nb", "a\tb", "a\x7fb", "a\uffffb"],
    Prose(): ["", "x" * 20_001, "a\rb", "a\x0bb"],
    Listing(Term("activity")): ["Verde", "a;b", "", "a|b", "x" * 100_001],
}


@pytest.mark.parametrize(
    ("kind", "raw"), [(kind, raw) for kind, raws in NOT_STORED.items() for raw in raws]
)
def test_sqlite_refuses_what_is_not_of_the_kind(kind, raw):
    """STRICT and CHECK hold other programs to the range, alphabet and length of a kind."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE t (v {kind.sql_type} CHECK ({kind.check('v')})) STRICT")
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("INSERT INTO t VALUES (?)", (raw,))


READ = [
    (Line(), "  Spazio \t Esempio\n", "Spazio Esempio"),
    (Line(), "Ca\u0300sa Esempio", "Càsa Esempio"),
    (Line(), "\ufeffSpazio", "Spazio"),
    (Line(), "Spa\u200bzio", "Spazio"),
    (Line(), "[link=x]Spazio[/]", "[link=x]Spazio[/]"),
    (Prose(), "uno\r\ndue\rtre", "uno\ndue\ntre"),
    (Integer(), "012", 12),
    (Integer(), "+5", 5),
    (Degrees(most=90), "45,1847", 45.1847),
    (Degrees(most=90), " -45.18471234 ", -45.1847123),
    (Degrees(most=90), "90", 90.0),
    (YesNo(), "Sì", True),
    (YesNo(), "si", True),
    (YesNo(), "YES", True),
    (YesNo(), "no", False),
    (YesNo(), "FALSE", False),
    (PartialDate(), "2019", "2019"),
    (PartialDate(), "09/2019", "2019-09"),
    (PartialDate(), "9/2019", "2019-09"),
    (PartialDate(), "2019-9", "2019-09"),
    (PartialDate(), "28/09/2019", "2019-09-28"),
    (PartialDate(), "8.9.2019", "2019-09-08"),
    (PartialDate(), "29/02/2020", "2020-02-29"),
    (Day(), "1-2-2020", "2020-02-01"),
    (Term("state"), "active", "active"),
    (Term("state"), " ACTIVE ", "active"),
    (Term("state"), "Attivo", "active"),
    (Term("state"), "Closed", "closed"),
    (Term("state"), "bozza", "proposed"),
    (Listing(Term("activity")), "biblioteca, sport,books", ("reading_books", "sport_play")),
    (Listing(Line()), "uno, 1 | due || uno, 1|tre", ("uno, 1", "due", "tre")),
    (Listing(Line()), "uno\ndue", ("uno", "due")),
    (Listing(ISTAT_CODE), "000002,000001", ("000002", "000001")),
    (Listing(Line()), " | ", ()),
    (Email(), "mailto:Info@Example.ORG", "Info@example.org"),
    (WebAddress(), "www.example.org/a", "https://www.example.org/a"),
    (WebAddress(), "http://example.org", "http://example.org"),
    (WebAddress(), "www.example.org/?a=https://b.it", "https://www.example.org/?a=https://b.it"),
    (Code(), "it 002 961.80185", "IT00296180185"),
    (Code(lower=True), "C_G388", "c_g388"),
    (KEY, " spazio-esempio ", "spazio-esempio"),
    (Phone(), "0382 399111", "+390382399111"),
    (Phone(), "0382/399111", "+390382399111"),
    (Phone(), "+39 0382 399111", "+390382399111"),
    (Phone(), "0039 0382 399111", "+390382399111"),
    (Phone(), "tel:+390382399111", "+390382399111"),
    (Phone(), "+33 1 99 00 12 34", "+33199001234"),
    (Phone(), "chiedere al bar", "chiedere al bar"),
]


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_what_people_write_is_understood(kind, text, value):
    """People of both countries write dates, numbers, terms, lists and numbers their own way."""
    got = kind.read(text)
    assert (got, type(got)) == (value, type(value))


REFUSED = [
    *(
        (Integer(), text)
        for text in ("", "1.5", "1_0", "١٢٣", "１２", "nan", "1e3", "-1", "9" * 30)
    ),
    *(
        (Degrees(most=90), text)
        for text in ("nan", "inf", "-inf", "1_0", "٤٥", "1e1", "45,1,8", "90.1")
    ),
    *((Degrees(180), text) for text in ("180,1", "9°", "9 E", "45.18,9.15", "0x1")),
    *((YesNo(), text) for text in ("forse", "2", "siì")),
    *(
        (PartialDate(), text)
        for text in ("2019-13", "30/02/2019", "29/02/2019", "28/09/19", "ieri")
    ),
    *((PartialDate(), text) for text in ("2019-00", "2019-", "٢٠١٩", "2019-09-28-01", "20190928")),
    *((Day(), text) for text in ("2019", "09/2019", "31/04/2020")),
    *((KEY, text) for text in ("Spazio", "-a", "a-", "a--b", "a b", "è", "a" * 121)),
    *((ISTAT_CODE, text) for text in ("18110", "01811O", "0181100", "٠١٨١١٠")),
    (Line(5), "troppo lungo"),
    (Listing(Term("activity")), "biblioteca, mai-esistita"),
    (Listing(ISTAT_CODE), "000001, x"),
]


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_what_is_not_of_the_kind_is_refused(kind, text):
    """Python's own readers take some of these; the kinds do not."""
    assert read(kind, text) is None


@pytest.mark.parametrize(
    ("name", "text", "it", "en"),
    [
        ("state", "atttivo", "; forse: Attivo (active)", "; perhaps: Active (active)"),
        ("state", "zzz", "; sono: Proposto (proposed), Att", "; they are: Proposed (proposed), Ac"),
        ("activity", "zzz", "che «bencomune terms activity» elenca", "“bencomune terms activity”"),
    ],
)
def test_a_near_miss_is_told_what_is_near(name, text, it, en):
    """A term that is nearly right is answered with the right one, any other with where they are."""
    with pytest.raises(Unreadable) as refusal:
        Term(name).read(text)
    assert it in refusal.value.text.it
    assert en in refusal.value.text.en
    assert text not in refusal.value.text.it


@pytest.mark.parametrize(
    "text", ["0382 1234 bar", "800 ESEMPIO", "0382 399111 int. 12", "chiamare Rosa 0382 399111"]
)
def test_a_phone_number_never_gains_or_loses_digits(text):
    """Letters are never dialled as digits, and an extension is never dropped in silence."""
    got = re.sub("[^0-9]", "", Phone().read(text).removeprefix("+39"))
    assert got == re.sub("[^0-9]", "", text)


ANYTHING = st.one_of(
    *(st.text(), st.sampled_from(NASTY), st.floats(), st.integers(), st.booleans(), st.binary()),
    st.tuples(st.dates(), st.sampled_from((4, 7, 10))).map(lambda told: str(told[0])[: told[1]]),
    st.from_regex(r"[0-9]{4}(-[0-9W]{2,3}){0,2}", fullmatch=True),
)


@every_kind
@settings(max_examples=200, deadline=None)
@given(value=ANYTHING)
def test_what_is_surely_of_a_kind_reads_as_itself(kind, value):
    """The quick look says yes only to what reading would leave as it is."""
    if kind.surely(value):
        assert kind.read(kind.write(value)) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("text", ["Spazio Esempio", "perché no", "Ω 12/A", "日本"])
def test_plain_texts_are_told_at_once(text):
    """Most texts need no reading: the look that a check of all records pays for."""
    assert Line().surely(text)
    assert not Line().surely(f"{text} ")
    assert not Line().surely(f"{text}\ufffd")
    assert not Line().surely(unicodedata.normalize("NFD", "perché"))


@pytest.mark.parametrize("kind", [k for k in WRITTEN if isinstance(k, Listing)], ids=name)
def test_no_item_of_a_list_holds_its_separator(kind):
    """Joined and split again, a list has the same items: none holds the bar or the comma."""

    def promise(text):
        for item in read(kind, text) or ():
            assert kind.separator.strip() not in kind.item.write(item)

    for_every_text(kind, promise)


@pytest.mark.parametrize(
    ("kind", "schema_type"), [(Integer(), "integer"), (Degrees(), "number"), (YesNo(), "boolean")]
)
def test_schemas_name_the_type_of_numbers(kind, schema_type):
    """The JSON Schema of a number or a yes/no is not that of a text."""
    assert kind.schema()["type"] == schema_type


DEGREES = st.one_of(
    st.floats(-180, 180),
    st.integers(-180, 180).map(float),
    st.integers(-(180 << 7), 180 << 7).map(lambda number: number / 128),
    st.tuples(st.integers(-179, 179), st.floats(-1e-5, 1e-5)).map(sum),
)


@settings(max_examples=400, deadline=None)
@given(DEGREES)
def test_degrees_are_told_as_other_coordinates(value):
    """The text of degrees is that of any number of six decimals, also beside whole numbers."""
    told = (Coordinate(decimals=6).sql_text("v"), Degrees().sql_text("v"))
    with closing(sqlite3.connect(":memory:")) as connection:
        sql = f"SELECT {', '.join(told)} FROM (SELECT ? AS v)"
        other, degrees = connection.execute(sql, (value,)).fetchone()
        assert connection.execute(sql, (None,)).fetchone() == (None, None)
    assert degrees == other
    assert abs(float(degrees) - value) <= 0.50001e-6


@settings(max_examples=200, deadline=None)
@given(st.tuples(st.none() | DEGREES, st.none() | DEGREES))
def test_degrees_of_a_point_are_told_together_as_one_by_one(point):
    """With texts around and between, whatever signs those hold; nothing where one is missing."""
    fixed = ['{"a%s":\'', ", 100%f", ""]
    with closing(sqlite3.connect(":memory:")) as connection:
        sql = f"SELECT {Degrees().sql_text('?1')}, {Degrees().sql_text('?2')}"
        lon, lat = connection.execute(sql, point).fetchone()
        sql = f"SELECT {Degrees().sql_texts(['?1', '?2'], fixed)}"
        (told,) = connection.execute(sql, point).fetchone()
    assert told == (None if None in point else f"{fixed[0]}{lon}{fixed[1]}{lat}")


@pytest.mark.parametrize("told", ["2019", "2019-09", "2019-09-28"])
def test_dates_are_told_at_once(told):
    """Those that are stored need no reading; a whole day is one only if it is whole."""
    assert PartialDate().surely(told)
    assert Day().surely(told) is (len(told) == 10)
    assert not PartialDate().surely(told.replace("2019", "2019-13", 1))
