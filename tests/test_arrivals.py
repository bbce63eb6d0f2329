"""What people write in a sheet, made into texts of columns: headers, addresses, points, mends."""

import csv
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli import headings, lookalikes
from bencomune_cli.addresses import Address, taken_apart
from bencomune_cli.arrivals import Arrivals
from bencomune_cli.entities import PLACES, Lab, Organisation
from bencomune_cli.errors import Refused
from bencomune_cli.findings import Severity
from bencomune_cli.headings import Heading, How, matched, numbered, targets, undecided, written
from bencomune_cli.intake import Intake
from bencomune_cli.intake_plan import Sort, Wishes
from bencomune_cli.kinds.texts import LOST
from bencomune_cli.plain_rows import PlainRows
from bencomune_cli.reading import Reading
from bencomune_cli.rows import Problem, Row, Table
from effort import within
from fuzzing import many

ADDRESSES = {
    "Via Roma 12/A, 27100 Pavia (PV)": ("Via Roma", "12/A", "27100", "Pavia", "PV"),
    "Via Roma, 12 - Pavia": ("Via Roma", "12", "", "Pavia", ""),
    "Viale XXV Aprile 3 bis, 27100 PAVIA PV": ("Viale XXV Aprile", "3 bis", "27100", "PAVIA", "PV"),
    "Via 11 Febbraio 4, Pavia": ("Via 11 Febbraio", "4", "", "Pavia", ""),
    "Via 11 Febbraio": ("Via 11 Febbraio", "", "", "", ""),
    "27100 Pavia, Corso Cavour 20": ("Corso Cavour", "20", "27100", "Pavia", ""),
    "Via Olevano 25/27 27100 Pavia": ("Via Olevano", "25/27", "27100", "Pavia", ""),
    "Via IV Novembre n. 7": ("Via IV Novembre", "7", "", "", ""),
    "Via S. Giovanni Bosco, 4 int. 3": ("Via S. Giovanni Bosco", "4 int. 3", "", "", ""),
    "Strada Paiola 3, Pavia PV, Italia": ("Strada Paiola", "3", "", "Pavia", "PV"),
    "Strada Provinciale 35": ("Strada Provinciale 35", "", "", "", ""),
    "Via Roma 1 - 27100 - Pavia": ("Via Roma", "1", "27100", "Pavia", ""),
    "Piazza del Municipio, Esempio": ("Piazza del Municipio", "", "", "Esempio", ""),
    "presso la biblioteca": ("presso la biblioteca", "", "", "", ""),
}


@pytest.mark.parametrize(("text", "parts"), ADDRESSES.items())
def test_addresses_are_taken_apart(text, parts):
    """A whole address becomes street, number, postcode, municipality and province."""
    assert taken_apart(text) == Address(*parts)


@many(2_000)
@given(
    st.text("Viale Roma12/3n.°,;-()PV 27100int", max_size=400)
    | st.lists(
        st.sampled_from(["1 ", "a,", "via ", "a 1/", "n. ", "27100 ", "int. "]), max_size=80
    ).map("".join)
)
def test_any_address(text):
    """Whatever the text, no letter or digit of it is lost."""
    found = taken_apart(text)
    kept = sorted(char for part in found for char in part.casefold() if char.isalnum())
    told = sorted(char for char in text.casefold() if char.isalnum())
    assert len(kept) >= len(told) - sum(text.casefold().count(each) for each in ("n", "r", "i"))


@pytest.mark.parametrize(
    ("header", "target", "how"),
    [
        ("name", "name", How.NAME),
        ("NOME", "name", How.LABEL),
        ("Denominazione", "name", How.WRITTEN),
        ("Denominazone", "name", How.LIKE),
        ("Codice Fiscale", "tax_code", How.LABEL),
        ("C.F.", "tax_code", How.WRITTEN),
        ("P. IVA", "vat_number", How.WRITTEN),
        ("Tel.", "phone", How.WRITTEN),
        ("Telefono (ufficio)", "phone", How.LABEL),
        ("Indirizzo", "address", How.WRITTEN),
        ("X", "lon", How.WRITTEN),
        ("Presidente", "", How.PERSON),
        ("coordinator", "", How.ASIDE),
        ("updated_at", "", How.ASIDE),
        ("Coordinato da", "", How.UNKNOWN),
        ("Contatti", "", How.PERSON),
        ("E-mail del presidente", "", How.PERSON),
        ("Cellulare responsabile", "", How.PERSON),
        ("N.", "", How.UNKNOWN),
        ("N°", "", How.UNKNOWN),
        ("Lat, Lon", "coordinates", How.WRITTEN),
        ("Posizione GPS", "coordinates", How.WRITTEN),
        ("the_geom", "coordinates", How.WRITTEN),
        ("Denominazione dell'associazione", "name", How.WRITTEN),
        ("import_reason", "", How.ASIDE),
        ("Bla bla", "", How.UNKNOWN),
    ],
)
def test_headers_are_understood(header, target, how):
    """A header is known by name, label, what offices write, and likeness, in that order."""
    assert matched(Organisation, [header], {}) == [Heading(header, target, how)]


@pytest.mark.parametrize("entity", PLACES)
def test_what_offices_write_is_of_columns(entity):
    """Each target of the table is a column of some place, a part, or data of a person."""
    own = {target for place in PLACES for target in targets(place)} | {"person"}
    path = Path(headings.__file__).with_name("headings.csv")
    with path.open(encoding="utf-8", newline="") as file:
        assert {len(row) for row in csv.reader(file, strict=True)} == {2}  # a comma is quoted
    assert {target for target, _header in written()} <= own
    headers = [header for target, header in written() if target in targets(entity)]
    assert all(matched(entity, [header], {})[0].target for header in headers)


def test_two_headers_for_one_column():
    """The surer one speaks; the other is to be decided on; two that are told are refused."""
    found = matched(Lab, ["Tel.", "Telefono"], {})
    assert [each.how for each in found] == [How.RIVAL, How.LABEL]
    assert [each.header for each in undecided(found)] == ["Tel."]
    with pytest.raises(Refused, match=r"phone"):
        matched(Lab, ["a", "b"], {"a": "phone", "b": "phone"})
    links = matched(Lab, ["Facebook", "Instagram"], {})
    assert [each.target for each in links] == ["links", "links"]


def test_what_a_person_tells_of_headers():
    """Headers and columns that do not exist are refused with what there is; labels are columns."""
    assert matched(Lab, ["Boh"], {"boh": "Telefono"})[0] == Heading("Boh", "phone", How.TOLD)
    assert matched(Lab, ["Boh"], {}, ["BOH"])[0] == Heading("Boh", "", How.IGNORED)
    with pytest.raises(Refused, match=r"Altro.*Boh"):
        matched(Lab, ["Boh"], {"Altro": "phone"})
    with pytest.raises(Refused, match=r"phne.*phone"):
        matched(Lab, ["Boh"], {"Boh": "phne"})


def test_what_stands_in_a_row_of_headings():
    """Behind a street "N." is its number; two headers that look alike are told apart."""
    found = matched(Lab, ["N.", "Indirizzo", "N°"], {}, ["N."])
    assert [(each.target, each.how) for each in found] == [
        ("", How.IGNORED),
        ("address", How.WRITTEN),
        ("number", How.WRITTEN),
    ]
    with pytest.raises(Refused, match=r"N\., N°"):
        matched(Lab, ["N.", "Via", "N°"], {}, ["n"])
    (shown,) = matched(Lab, ["Bl\x1b[31ma"], {}, ["Bl\\u{1b}[31ma"])
    assert shown.how is How.IGNORED


def test_bare_numbers_are_the_source_s():
    """An "ID" of numbers is that of the source, unless the registry has it, as those of words."""
    (found,) = matched(Lab, ["ID"], {})
    for texts, ids, target in [
        (["17", "18"], [], "source_id"),
        (["17", "18"], ["17", "spazio-q"], "source_id"),
        (["17", "18"], ["18", "17"], "id"),
        (["spazio-q"], [], "id"),
    ]:
        assert numbered([found], {"ID": texts}, lambda ids=ids: ids)[0].target == target


@many(2_000)
@given(st.lists(st.text(max_size=20), max_size=6))
def test_any_headers(headers):
    """Whatever the headers, each means something or is undecided."""
    for entity in PLACES:
        found = matched(entity, headers, {})
        assert [each.header for each in found] == headers


def arrived(registry, cells, crs=None, entity=Organisation, point=None):
    """Return the texts of a row of cells by header, and its findings by severity and column."""
    headings = matched(entity, list(cells), {})
    arrival = Arrivals(registry, entity, headings, crs).of(Row(2, cells, point))
    return arrival.texts, {(f.severity, f.column) for f in arrival.findings}


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ({"CAP": "184"}, {"postcode": "00184"}),
        ({"CAP": "27100.0"}, {"postcode": "27100"}),
        ({"C.F.": "296180185"}, {"tax_code": "00296180185"}),
        ({"Comune": "1"}, {"municipality": "000001"}),
        ({"Comune": "Comune Esempio (PV)"}, {"municipality": "000001"}),
        ({"Comune": "Altrove"}, {"municipality": "Altrove"}),
        ({"Note": "n.d.", "Tel.": "-"}, {}),
        ({"Data costituzione": "28 settembre 2019"}, {"started_on": "28/9/2019"}),
        ({"Data costituzione": "2019-09-28T00:00:00"}, {"started_on": "2019-09-28"}),
        ({"Attività": "Doposcuola; Lettura"}, {"activities": "Doposcuola, Lettura"}),
        ({"Orario": "lunedì 9-12"}, {"opening_note": "lunedì 9-12"}),
        ({"Orario": "Mo 09:00-12:00"}, {"opening_hours": "Mo 09:00-12:00"}),
        ({"Facebook": "a.org", "Instagram": "b.org"}, {"links": "a.org | b.org"}),
        (
            {"Tel.": "0382 111111 / 0382 222222"},
            {"phone": "0382 111111", "notes": "Telefono, altri: 0382 222222"},
        ),
        ({"CAP": "27100,00"}, {"postcode": "27100"}),
        ({"Partita IVA": "00296180185"}, {"vat_number": "00296180185"}),
        ({"Comune": "COMUNE DI COMUNE ESEMPIO (PV)"}, {"municipality": "000001"}),
        ({"Data costituzione": "sabato 28 settembre 2019"}, {"started_on": "28/9/2019"}),
        ({"Data costituzione": "1° marzo 2020"}, {"started_on": "1/3/2020"}),
        ({"Data costituzione": "28/9/19"}, {"started_on": "28/9/2019"}),
        ({"Data costituzione": "28.09.98"}, {"started_on": "28.09.1998"}),
        ({"Data costituzione": "set-19"}, {"started_on": "9/2019"}),
        ({"Data costituzione": "12/03"}, {"started_on": "12/03"}),
        ({"Attività": "Sport / Lettura|Orti"}, {"activities": "Sport, Lettura, Orti"}),
        (
            {"Tel.": "0382111111/0382222222", "Note": "da rivedere"},
            {"phone": "0382111111", "notes": "Telefono, altri: 0382222222\nda rivedere"},
        ),
        (
            {"Tel.": "0382 111111 fax 0382 222222"},
            {"phone": "0382 111111", "notes": "Telefono, altri: fax 0382 222222"},
        ),
        ({"Tel.": "0382/111111"}, {"phone": "0382/111111"}),
        ({"Tel.": "382111111"}, {"phone": "0382111111"}),
        ({"Tel.": "3351234567"}, {"phone": "3351234567"}),
        (
            {"Orario": "lunedì 9-12", "Note sugli orari": "chiuso ad agosto"},
            {"opening_note": "lunedì 9-12; chiuso ad agosto"},
        ),
        ({"Lat": "45,18", "Long": "9,16"}, {"lat": "45,18", "lon": "9,16"}),
        ({"Indirizzo": "Via Esempio 1", "Civico": "2"}, {"street": "Via Esempio 1", "number": "2"}),
    ],
)
def test_cells_are_mended(registry, cells, texts):
    """Zeros, dates, lists, placeholders, several numbers in one cell: each as its column wants."""
    assert arrived(registry, cells)[0] == texts


@pytest.mark.parametrize(
    ("cells", "crs"),
    [
        ({"Coordinate": "45.1847, 9.1582"}, None),
        ({"WKT": "POINT (9.1582 45.1847)"}, None),
        ({"Coordinate": "45°11'04.9\"N 9°09'29.5\"E"}, None),
        ({"GPS": "https://www.google.com/maps?q=45.1847,9.1582"}, None),
        ({"Lat": "45° 11' 4.92\" N", "Long": "9° 9' 29.52\" E"}, None),
        ({"X": "512427.6", "Y": "5003480.9"}, "EPSG:32632"),
        ({"Est": "512427.6", "Nord": "5003480.9"}, None),
        ({"X": "1512455.4", "Y": "5003500.4"}, "EPSG:3003"),
    ],
)
def test_points_as_people_have_them(registry, cells, crs):
    """One cell or two, degrees or metres, a link: the same place to some metres, and it is told."""
    texts, found = arrived(registry, cells, crs)
    assert float(texts["lat"]) == pytest.approx(45.1847, abs=2e-4)
    assert float(texts["lon"]) == pytest.approx(9.1582, abs=2e-4)
    assert texts["point_as_given"]
    assert {severity for severity, _column in found} == {Severity.NOTE}


def test_a_point_of_a_geometry(registry):
    """The point of a feature is brought to degrees from the system of the file."""
    texts, _found = arrived(registry, {"Nome": "A"}, "EPSG:32632", point=(512427.6, 5003480.9))
    assert float(texts["lat"]) == pytest.approx(45.1847, abs=1e-4)
    texts, found = arrived(registry, {"Nome": "A"}, point=(9.1582, 45.1847))
    assert (texts["lat"], texts["lon"], found) == ("45.1847", "9.1582", set())


def test_half_a_point_and_no_point(registry):
    """What is no point is an error of its row, with what was written."""
    assert arrived(registry, {"Coordinate": "boh"})[1] == {(Severity.ERROR, "coordinates")}
    assert arrived(registry, {"Lat": "45.18"})[0] == {"lat": "45.18"}


@pytest.mark.parametrize("text", ["1" + " " * 99_000 + "1", "\u0430" * 50_000 + "a" * 50_000])
def test_a_long_cell_takes_no_time(registry, text):
    """A cell as long as may be is read in no time, whatever its column."""
    headers = ["Nome", "CAP", "Tel.", "E-mail", "Indirizzo", "Comune", "Attività", "Posti", "Stato"]
    row = dict.fromkeys([*headers, "Data costituzione", "Orario"], text)
    within(2, arrived, registry, row, entity=Lab)


TOLD = st.dictionaries(
    st.sampled_from(["Nome", "CAP", "C.F.", "Tel.", "E-mail", "Indirizzo", "Lat", "Long", "Note",
                     "Coordinate", "Data costituzione", "Orario", "Comune", "Attività", "Posti"]),
    st.text(max_size=30) | st.text("0123456789.,/;- °'", max_size=20),
)  # fmt: skip


@many(2_000)
@given(TOLD)
def test_any_cells(registry, cells):
    """Whatever stands in the cells, there are texts and findings."""
    for entity in (Lab, Organisation):
        texts, _found = arrived(registry, cells, entity=entity)
        assert all(entity.has(name) for name in texts)


# What may stand in any cell: plain, to be mended, to be told of, to be refused.
CELLS = (
    *("", " ", "-", "n.d.", "Spazio Q", " Spazio  Q ", "È aperto\nsempre", "a\u200bb", "e\u0300"),
    *("\ufffd", "a\x00b", "x" * 400, "active", "attivo", "everyone, elderly", "a; b | c", "1.000"),
    *("3.0", "27100", "710", "Pavia", "018110", "comune di Pavia (PV)", "2019-09", "28/9/19"),
    *("lunedì 5 maggio 2020", "Mo-Fr 16:00-19:00", "tutti i giorni", "0382 399111", "382399111"),
    *("0382 399111; 0382 399112", "a@example.org", "A@Example.ORG, b@example.org", "mailto:a@b.it"),
    *("www.example.org", "https://example.org/a https://example.org/b", "45,18", "9.15", "512427"),
    *("sì", "no", "spazio-q", "00296180185", "IT 00296180185", "tel:+390382399111"),
)


@pytest.mark.parametrize("entity", PLACES, ids=lambda entity: entity.name_of_kind)
def test_plain_rows_are_read_as_with_care(registry, entity):
    """What is read column by column is what each row alone gives, and nothing is left untold."""
    headings = [Heading(c.name, c.name, How.NAME) for c in entity.columns if not c.automatic]
    arrivals = Arrivals(registry, entity, headings)
    reading = Reading(entity, registry.finder.resolved)
    filled = [{"name": f"Spazio {text}", h.header: text} for text in CELLS for h in headings]
    degrees = ("", "45,18", "9.15", "512427", "45° 11' 4.92\" N", "n.d.")
    points = [{"name": "A", "lat": lat, "lon": lon} for lat in degrees for lon in degrees]
    rows = [Row(number, cells) for number, cells in enumerate([*filled, *points])]
    rows.append(Row(len(rows), {"name": "A"}, (9.15, 45.18)))
    rows.append(Row(len(rows), {"name": "A"}, None, [Problem("name", LOST)]))
    plain = PlainRows(arrivals, reading)
    told = zip(rows, plain.values(rows), strict=True)
    held = [(row, each) for row, each in told if each is not None]
    held += [(row, each) for row in rows for each in plain.values([row]) if each is not None]
    assert len(held) > len(rows) / 2
    for row, values in held:
        arrival = arrivals.of(row)
        careful, unread = reading.values(arrival.texts)
        assert not [*arrival.findings, *unread, *row.problems, *(row.point or ())]
        assert list(values.items()) == list(careful.items())


def test_no_row_is_plain_where_cells_tell_more_than_a_column(registry):
    """Two headers of a column, a whole address, another system: all is read with care."""
    same = [Heading("a", "name", How.TOLD), Heading("b", "name", How.TOLD)]
    address = [Heading("a", "address", How.WRITTEN)]
    lat = [Heading("lat", "lat", How.NAME), Heading("lon", "lon", How.NAME)]
    for told, crs in ((same, None), (address, None), (lat, "EPSG:32632")):
        plain = PlainRows(Arrivals(registry, Lab, told, crs), Reading(Lab))
        assert plain.values([Row(1, {"a": "A"})]) == [None]


def test_lookalikes_are_the_same_wherever_they_are_looked_for(registry, monkeypatch):
    """A plan does not depend on whether the records that a row may be are looked for beforehand."""
    with registry.operation("prova"):
        registry.store.insert(Lab, Lab(id="orto", name="Orto Esempio", phone="+390382399111"))
    names = ("Orto Esempio due", "Orto Esemplo", "Orto Esempio", "Altro spazio")
    rows = [Row(n, {"name": name, "phone": "0382 399111"}) for n, name in enumerate(names)]
    table = Table(("name", "phone"), lambda: iter(rows), total=len(rows))
    told = [Heading(each, each, How.NAME) for each in table.headers]
    plans = []
    for small in (lookalikes.SMALL, -1):
        monkeypatch.setattr(lookalikes, "SMALL", small)
        with closing(Intake(registry, Lab, told, Wishes()).plan(table).outcomes) as outcomes:
            plans.append(list(outcomes))
    assert plans[0] == plans[1]
    assert {outcome.sort for outcome in plans[0]} > {Sort.DOUBTFUL}
