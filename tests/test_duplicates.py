"""Records that may be the same: found among many, explained, and remembered where they are two."""

import json
import random

import pytest

from bencomune_cli.addresses import same_street
from bencomune_cli.doubles import Doubles, fingerprint
from bencomune_cli.entities import Distinction, Group, Lab, Organisation, Relation
from bencomune_cli.namesakes import ALIKE, likeness, named
from bencomune_cli.overviews import Held, overview_of
from bencomune_cli.registry import Registry
from bencomune_cli.shortlist import shortlist
from bencomune_cli.standings import STANDING, Standing, standing_of
from bencomune_cli.twins import pairs as pairs_of

SAME = [
    ("AUSER Esempio", "A.U.S.E.R. Esempio"),
    ("Ass. Orto Comune APS", "Associazione Orto Comune"),
    ("Coop. Soc. Il Sole", "Cooperativa sociale Il Sole a r.l."),
    ("S. Maria", "Santa Maria"),
    ("Sant'Agostino", "S. Agostino"),
    ("Caffè dell’Arte", "Caffe dell'Arte"),
    ("Pro Loco Esempio", "Proloco Esempio"),
    ("Circolo Giovanni XXIII", "Circolo Giovanni 23"),
    ("Spazio 01", "Spazio 1"),
    ("Gruppo di Lettura ETS", "GRUPPO LETTURA ONLUS"),
]
ALIKE_NAMES = [
    ("Spazio Esempio", "Spazio Esempi"),
    ("Circolo Aurora", "Aurora Circolo"),
    ("Auser", "Auser Esempio"),
]
UNALIKE = [
    ("Scuola Esempio 1", "Scuola Esempio 2"),
    ("Sezione A", "Sezione B"),
    ("Spazio 2018", "Spazio 2019"),
    ("Centro anziani Borgo", "Centro anziani Mirabello"),
    ("Quartiere Nord", "Quartiere Sud"),
    ("ACLI", "ARCI"),
    ("Circolo IV Maggio", "Circolo XXV Maggio"),
]


def alike(one, other):
    """Return how alike two names are."""
    return likeness([named(one)], [named(other)])


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_name_is_written_in_many_ways(one, other):
    """Legal forms, saints, apostrophes, accents, acronyms and numerals make no other name."""
    assert alike(one, other) == alike(other, one) == 1.0


@pytest.mark.parametrize(("one", "other"), ALIKE_NAMES)
def test_a_slip_or_a_word_more_is_alike(one, other):
    """A slip of the keys, another order and a word more are alike, and not the same."""
    assert ALIKE <= alike(one, other) < 1.0


@pytest.mark.parametrize(("one", "other"), UNALIKE)
def test_what_tells_a_series_apart_tells(one, other):
    """Numbers, letters, opposites and other telling words make two names of two things."""
    assert alike(one, other) < ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("V.le G. Garibaldi", "viale Giuseppe Garibaldi"),
        ("P.zza Italia", "Piazza Italia"),
        ("V.Roma", "via Roma"),
        ("C.so Cavour", "CORSO CAVOUR"),
        ("L.go Università", "largo universita'"),
        ("Fraz. Esempio", "frazione Esempio"),
    ],
)
def test_one_street_is_written_in_many_ways(one, other):
    """The kinds of street are known by how offices shorten them; a first name makes no other."""
    assert same_street(one) == same_street(other)
    assert same_street("via Roma") != same_street("piazza Roma")


def pairs(*records):
    """Return the pairs found among records: ids, score, reason in Italian."""
    return [
        ({pair.one.id, pair.other.id}, round(pair.score, 2), pair.reason.it)
        for pair in pairs_of(overview_of(records))
    ]


BASE = {"name": "Spazio Esempio", "municipality": "000001", "state": "active"}
PHONE = {"phone": "+390382000000"}
OFFICE = {**PHONE, "email": "ufficio@example.org", "website": "https://example.org"}
DOOR = {"street": "via Roma", "number": "1", "lat": 45.1, "lon": 9.1}
CODES = {"tax_code": "00296180185"}, {"tax_code": "00000000000"}

TWO = [  # what two records tell besides the name and the municipality, and whether they are one
    ({}, {}, True),
    ({"name": "Spazio Esempi"}, {}, True),
    ({**PHONE, "name": "Auser"}, {**PHONE, "name": "Auser Esempio"}, False),
    ({**OFFICE, "name": "Auser"}, {**OFFICE, "name": "Auser Esempio"}, True),
    (PHONE | {"name": "Orto"}, PHONE, False),
    (DOOR | {"name": "Orto"}, DOOR, False),
    (OFFICE | DOOR | {"name": "Orto"}, OFFICE | DOOR, False),
    (OFFICE | {"name": "Scuola Esempio 1"}, OFFICE | {"name": "Scuola Esempio 2"}, False),
    ({"municipality": "000002"}, {}, False),
    ({"municipality": "000002"} | OFFICE, OFFICE, True),
    ({"municipality": None}, {}, True),
    ({"alt_names": ("Casa di Prova",)}, {"name": "Casa di Prova"}, True),
]


@pytest.mark.parametrize(("one", "other", "same"), TWO)
def test_several_things_together_make_two_records_likely_one(one, other, same):
    """A door and an office are shared by many; a name with something else is not."""
    found = pairs(Lab(id="uno", **{**BASE, **one}), Lab(id="due", **{**BASE, **other}))
    assert bool(found) == same
    assert all(ids == {"uno", "due"} for ids, _, _ in found)


def test_tax_codes_speak_for_and_against():
    """The same tax code is near certain whatever the names; another one makes two of one name."""
    one, other = (Organisation(id=f"ente-{n}", **BASE, **CODES[n]) for n in (0, 1))
    assert pairs(one, other) == []
    twin = Organisation(id="ente-2", name="Tutt'altro nome", vat_number="IT00296180185")
    ((ids, score, reason),) = pairs(one, other, twin)
    assert (ids, score) == ({"ente-0", "ente-2"}, 0.97)
    assert reason == "stesso codice fiscale o partita IVA"


def test_the_reason_is_one_line_in_both_languages():
    """What speaks for it is told in the order of its weight, in Italian and in English."""
    one = Lab(id="uno", **BASE, **PHONE, lat=45.1, lon=9.1)
    other = Lab(id="due", **BASE | {"name": "Spazio Esempi"}, **PHONE, lat=45.10036, lon=9.1)
    (pair,) = pairs_of(overview_of([one, other]))
    assert pair.reason.it == "nome simile (96%), stesso telefono, a 40 m"
    assert pair.reason.en == "a similar name (96%), the same telephone, 40 m away"


def test_pages_of_a_network_are_no_site():
    """Two pages of a social network share nothing; one page of it is shared."""
    page = "https://www.facebook.com/{}"
    told = [Lab(id=f"n{n}", **BASE, website=page.format(n)) for n in (1, 2)]
    told.append(Lab(id="n3", **BASE, website="http://facebook.com/2/"))
    reasons = {frozenset(ids): reason for ids, _, reason in pairs(*told)}
    assert reasons[frozenset({"n2", "n3"})] == "stesso nome, stesso sito web"
    assert reasons[frozenset({"n1", "n2"})] == "stesso nome"


def test_across_kinds_and_relations():
    """A group may be the organisation of its name; what is related is known to be two."""
    group = Group(id="gruppo", **BASE, **PHONE)
    body = Organisation(id="ente", **BASE, **PHONE)
    assert [ids for ids, *_ in pairs(group, body)] == [{"gruppo", "ente"}]
    for role in ("became", "part_of", "manages"):
        assert pairs(group, body, Relation(subject="gruppo", role=role, object="ente")) == []
    lab = Lab(id="lab", **BASE, **PHONE)
    assert pairs(lab, Group(id="gruppo", **BASE, **PHONE, meets_at="lab")) == []


def test_the_younger_is_told_of_the_elder():
    """Of a pair the record that came later is the other; also where its id comes first."""
    one = Lab(id="b-vecchio", **BASE, created_at="2026-01-01T00:00:00Z")
    other = Lab(id="a-nuovo", **BASE, created_at="2026-02-01T00:00:00Z")
    (pair,) = pairs_of(overview_of([other, one]))
    assert (pair.one.id, pair.other.id) == ("b-vecchio", "a-nuovo")


def test_a_new_record_is_compared_with_all():
    """One that is not there yet is told what it may be, likest first, and never itself."""
    labs = [
        Lab(id="nome", **BASE),
        Lab(id="telefono", name="Altro", **PHONE),
        Lab(id="vicino", name="Orto", lat=45.1001, lon=9.1),
    ]
    doubles = Doubles(overview_of(labs))
    new = standing_of(Lab(id="nuovo", **BASE, **PHONE, lat=45.1, lon=9.1))
    assert [each.id for each in doubles.of(new)] == ["nome", "telefono", "vicino"]
    assert [each.id for each in doubles.of(new, limit=1)] == ["nome"]
    assert doubles.of(standing_of(labs[0])) == []


def test_what_is_compared_has_a_fingerprint():
    """It changes with what is compared, and with nothing else."""
    row = standing_of(Lab(id="uno", **BASE))
    assert fingerprint(row) == fingerprint(row._replace(id="due", state="closed"))
    for name in ("name", "phone", "lat", "tax_code"):
        assert fingerprint(row._replace(**{name: "1"})) != fingerprint(row)


def crowd(number, draw):
    """Return records with made-up names of rare and common words, each with its own address."""
    parts = [a + b for a in ("b", "c", "d", "f", "gr", "l", "m", "n", "st") for b in "aio"]
    words = ["".join(draw.choices(parts, k=draw.choice((2, 3, 4)))) for _ in range(2_000)]
    empty = dict.fromkeys(STANDING)
    for n in range(number):
        name = " ".join(["Associazione", *draw.choices(words, k=3), str(n % 7)])
        told = {"id": f"n{n}", "name": name, "municipality": "000001", "phone": f"+39{n:09}"}
        point = {"lat": 45 + draw.random() / 10, "lon": 9 + draw.random() / 10}
        yield Standing("lab", *(empty | told | point).values())


def slipped(name, draw):
    """Return a name with a slip of the keys in one of its words."""
    at = draw.randrange(15, len(name) - 3)
    return name[:at] + draw.choice("aeiou") + name[at + 1 :] if name[at] != " " else name


def test_doubles_with_slips_are_found_among_many():
    """Of 200 doubles with a slip and another telephone among 10,000, 95 % are found and no other.

    How many pairs are compared is bounded: it takes seconds, not hours.
    """
    draw = random.Random(7)  # noqa: S311 - made-up data
    rows = list(crowd(10_000, draw))
    doubles = [
        row._replace(id=f"z-{row.id}", name=slipped(row.name, draw), phone=None)
        for row in draw.sample(rows, 200)
    ]
    found = {(pair.one.id, pair.other.id) for pair in pairs_of(Held((*rows, *doubles)))}
    right = {(row.id.removeprefix("z-"), row.id) for row in doubles}
    assert len(found & right) >= 190
    assert len(found - right) <= 10


def test_one_record_needs_no_index_of_all():
    """What a new record may be is on the short list, which is short, as in the whole index."""
    draw = random.Random(8)  # noqa: S311 - made-up data
    rows = list(crowd(3_000, draw))
    whole = Doubles(Held(rows))
    for row in draw.sample(rows, 30):
        changes = draw.choice(
            [{"name": slipped(row.name, draw), "phone": None}, {"name": "Orto", "lat": None}]
        )
        new = row._replace(id="nuovo", **changes)
        few = shortlist(new, rows)
        assert len(few) < 300
        found = Doubles(Held(few)).of(new)
        assert found[0] == whole.of(new)[0]
        assert found[0].id == row.id
    assert shortlist(new, rows[:2_000]) == rows[:2_000]


def test_each_name_of_a_new_record_is_looked_for():
    """One of the same name here is found among many of that name elsewhere, and by any name."""
    empty = dict.fromkeys(STANDING)
    named = empty | {"name": "Casa del Sole", "alt_names": None}
    away = [
        Standing("lab", *(named | {"id": f"n{n}", "municipality": "000002"}).values())
        for n in range(60)
    ]
    here = Standing("lab", *(named | {"id": "qui", "municipality": "000001"}).values())
    index = Doubles(Held((*away, here)))
    for name, others in (("Casa del Sole", "Nome Nuovo"), ("Nome Nuovo", "Casa del Sole")):
        new = here._replace(id="nuovo", name=name, alt_names=others)
        assert "qui" in {double.id for double in index.of(new)}


def test_a_crowd_of_one_name_is_no_burden():
    """Twenty thousand records of one name, door and telephone are compared with some, not all."""
    empty = dict.fromkeys(STANDING)
    told = empty | {"name": "Pro Loco", "municipality": "000001", **PHONE, **DOOR}
    rows = (Standing("lab", *(told | {"id": f"n{n}"}).values()) for n in range(20_000))
    found = list(pairs_of(Held(rows)))
    assert 20_000 <= len(found) <= 20_000 * 10


# Commands


@pytest.fixture
def doubled(registry, path):
    """Return the path of a registry with two labs that look like one, and a third."""
    with registry.operation("init"):
        registry.add(Lab, {**BASE, "phone": "0382 000000"})
        registry.add(Lab, {**BASE, "name": "Spazio Esempi", "phone": "0382 000000"})
        registry.add(Lab, {**BASE, "name": "Orto di Prova"})
    registry.close()
    return path


def listed(bencomune, *words):
    """Return the pairs that `duplicates` lists."""
    done = bencomune("duplicates", "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.usefixtures("doubled")
def test_the_pairs_are_listed_with_what_to_type_next(bencomune):
    """Both languages tell the pair, the reason, and the commands for either answer."""
    (pair,) = listed(bencomune)
    assert (pair["record"]["id"], pair["of"]["id"]) == ("spazio-esempio", "spazio-esempi")
    assert (pair["score"], pair["distinct"]) == (0.87, False)
    assert pair["why"] == "nome simile (96%), stesso telefono"
    done = bencomune("duplicates", BENCOMUNE_LANG="en")
    assert "a similar name (96%), the same telephone" in done.stdout
    assert "bencomune merge spazio-esempio spazio-esempi\n" in done.stderr
    assert "bencomune distinct spazio-esempio spazio-esempi --why" in done.stderr
    checked = bencomune("check", "spazio-esempio").stdout
    assert "avviso A01  spazio-esempio.name: forse è lo stesso record di «spazio-esempi»" in checked


@pytest.mark.usefixtures("doubled")
def test_no_duplicate_is_remembered_until_one_changes(bencomune):
    """A pair that is said to be two is told no more; it is again once what is compared changes."""
    done = bencomune("distinct", "spazio-esempio", "spazio-esempi", "--why", "due sale")
    assert (done.returncode, done.stderr) == (0, "distinti: spazio-esempi e spazio-esempio\n")
    assert listed(bencomune) == []
    assert "A01" not in bencomune("check").stdout
    assert [pair["distinct"] for pair in listed(bencomune, "--all")] == [True]
    assert "detti distinti" in bencomune("duplicates", "--all").stdout

    assert bencomune("edit", "spazio-esempio", "summary=Una sala").returncode == 0
    assert listed(bencomune) == []
    assert bencomune("edit", "spazio-esempio", "phone=0382 000001").returncode == 0
    assert len(listed(bencomune)) == 1
    assert "A01" in bencomune("check").stdout

    bencomune("distinct", "spazio-esempi", "spazio-esempio", "--why", "ancora due")
    assert listed(bencomune) == []
    assert bencomune("undo").returncode == 0
    assert len(listed(bencomune)) == 1


def test_a_distinction_is_for_the_staff(doubled, bencomune):
    """It is kept with its reason, once for a pair, and no public view has it."""
    for words in (("spazio-esempio", "spazio-esempi"), ("spazio-esempi", "spazio-esempio")):
        assert bencomune("distinct", *words, "--why", "due sale").returncode == 0
    registry = Registry.open(doubled)
    (kept,) = registry.store.select(Distinction)
    assert (kept.one, kept.other, kept.why) == ("spazio-esempi", "spazio-esempio", "due sale")
    public = registry.store.connection.execute("SELECT count(*) FROM public_distinctions")
    assert public.fetchone() == (0,)
    registry.close()


@pytest.mark.usefixtures("doubled")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("spazio-esempio", "spazio-esempi"), "manca: --why"),
        (("spazio-esempio", "spazio-esempio", "--why", "x"), "è lo stesso record: spazio-esempio"),
        (("spazio-esempio", "mai-esistito", "--why", "x"), "non c'è nel registro"),
        (("spazio-esempio", "spazio-esempi", "--why", ""), "non è stato scritto niente"),
    ],
)
def test_what_is_no_distinction_is_refused(bencomune, words, expected):
    """One record, none, and no reason are refused with a sentence."""
    done = bencomune("distinct", *words)
    assert done.returncode in {1, 2}
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_no_duplicates_is_a_sentence(registry, bencomune):
    """A registry without likely duplicates says so."""
    registry.close()
    done = bencomune("duplicates")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "nessun doppione probabile\n"
