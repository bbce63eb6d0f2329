"""The registry: records added, changed, found and checked; what is asked of `list`."""

import math
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli.checking import check
from bencomune_cli.entities import Area, Contact, Group, Lab, Network, Organisation, Relation
from bencomune_cli.errors import ExitCode, Refused
from bencomune_cli.findings import Severity
from bencomune_cli.folding import folded
from bencomune_cli.history import operations
from bencomune_cli.kinds.texts import KEY
from bencomune_cli.layers import LAYERS
from bencomune_cli.naming import slug_of
from bencomune_cli.outcome import Faulty
from bencomune_cli.query import (
    Query,
    add_area,
    add_condition,
    add_near,
    add_words,
    set_order,
)
from bencomune_cli.registry import Registry

SQUARE = (
    '{"type":"Polygon","coordinates":[[[9.1,45.1],[9.2,45.1],[9.2,45.2],[9.1,45.2],[9.1,45.1]],'
    "[[9.14,45.14],[9.16,45.14],[9.16,45.16],[9.14,45.16],[9.14,45.14]]]}"
)


def add(registry, entity, id_=None, **texts):
    """Write a new record as one operation."""
    with registry.operation("add"):
        return registry.add(entity, texts, id_).record


def change(registry, record, **texts):
    """Change a record as one operation."""
    with registry.operation("edit"):
        return registry.change(registry.store.get(type(record), record.id), texts)


def faults(registry, entity, **texts):
    """Return code and column of what keeps a record from being written."""
    with pytest.raises(Faulty) as faulty:
        add(registry, entity, **texts)
    return [(finding.code, finding.column) for finding in faulty.value.findings]


# Ids


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Spazio Esempio", "spazio-esempio"),
        ("  Città   dell'Èsempio! ", "citta-dell-esempio"),
        ("Straße nº 7", "strasse-no-7"),
        ("ΑΒΓ", "lab"),
        ("🎨", "lab"),
        ("x" * 200, "x" * 80),
        ("../../etc", "etc"),
    ],
)
def test_an_id_is_made_of_the_name(registry, name, id_):
    """An id is made of the name: lower case, without accents, words joined by hyphens."""
    assert add(registry, Lab, name=name).id == id_


@given(st.text())
def test_every_id_is_one(name):
    """Whatever the name, what is made of it is nothing or an identifier."""
    slug = slug_of(name)
    assert not slug or KEY.read(slug) == slug


def test_an_id_is_given_once(registry):
    """A second record of the same name gets a number, also of another kind, or after a removal."""
    first = add(registry, Lab, name="Spazio Esempio")
    assert add(registry, Group, name="Spazio Esempio", meets_at=first.id).id == "spazio-esempio-2"
    with registry.operation("remove"):
        registry.set_removed(first, removed=True)
    assert add(registry, Organisation, name="Spazio Esempio").id == "spazio-esempio-3"


@pytest.mark.parametrize("removed", [False, True])
@pytest.mark.parametrize("told", ["spazio-esempio", "Spazio-Esempio", "spazio esempio"])
def test_an_id_that_is_told_is_given_or_refused(registry, told, removed):
    """A person's own id is taken as it is or refused: never given another number in silence."""
    assert add(registry, Lab, "mio-esempio", name="Altro").id == "mio-esempio"
    first = add(registry, Lab, name="Spazio Esempio")
    if removed:
        with registry.operation("remove"):
            registry.set_removed(first, removed=True)
    seen = registry.store.moment()
    with pytest.raises(Refused):
        add(registry, Group, told, name="Altro", meets_at="mio-esempio")
    assert registry.store.moment() == seen


def test_ids_of_relations_and_contacts(registry):
    """A relation's id tells who, what and with whom; a contact's whose it is and as what."""
    lab = add(registry, Lab, name="Spazio Esempio")
    body = add(registry, Organisation, name="Ente Esempio")
    relation = add(registry, Relation, subject=body.id, role="gestisce", object=lab.id)
    assert relation.id == "ente-esempio-manages-spazio-esempio"
    told = {"record": lab.id, "role": "coordinator", "phone": "0382 000000"}
    contacts = [add(registry, Contact, **told).id for _ in range(2)]
    assert contacts == ["spazio-esempio-coordinator", "spazio-esempio-coordinator-2"]


# Writing


def test_all_that_is_wrong_is_told_at_once(registry):
    """A record with several mistakes is refused with all of them, and nothing is written."""
    seen = registry.store.digest(), registry.store.moment()
    found = faults(
        registry,
        Lab,
        state="mai-esistito",
        lat="nord",
        seats="molti",
        postcode="100",
        email="esempio",
        neighbourhood="mai-esistito",
        started_on="2021",
        ended_on="2020",
    )
    assert set(found) == {
        ("K01", "state"),
        ("K01", "lat"),
        ("K01", "seats"),
        ("K02", "name"),
        ("P06", "postcode"),
        ("C01", "email"),
        ("K03", "neighbourhood"),
        ("L03", "ended_on"),
        ("L10", "ended_on"),
    }
    assert (registry.store.digest(), registry.store.moment()) == seen


def test_what_is_wrong_is_told_once(registry):
    """A required value that cannot be read is told as that, not as missing too."""
    assert faults(registry, Lab, name="Spazio\x1b[31m") == [("K01", "name")]


def test_faulty_is_a_finding(registry):
    """A record with errors ends a command with 1, the exit code of findings."""
    with pytest.raises(Faulty) as faulty:
        add(registry, Lab)
    assert faulty.value.exit_code is ExitCode.FINDINGS
    assert all(finding.severity is Severity.ERROR for finding in faulty.value.findings)


def test_warnings_stop_nothing(registry):
    """A record with warnings only is written, and they are told."""
    with registry.operation("add"):
        written = registry.add(Lab, {"name": "Spazio Esempio", "state": "active"})
    assert written.changed
    assert written.before is None
    assert [finding.code for finding in written.findings] == ["L01"]
    assert registry.store.get(Lab, "spazio-esempio") == written.record


def test_one_faulty_record_stops_the_operation(registry):
    """Of an operation on several records none is written if one is faulty."""
    seen = registry.store.moment()

    def add_both():
        with registry.operation("init"):
            registry.add(Lab, {"name": "Primo Esempio"})
            registry.add(Lab, {})

    with pytest.raises(Faulty):
        add_both()
    assert list(registry.store.select(Lab)) == []
    assert registry.store.moment() == seen


def test_a_change_gives_before_and_after(registry):
    """A change tells what was and what is; an empty text removes a value; the same is no change."""
    lab = add(registry, Lab, name="Spazio Esempio", seats="12", activities="reading_books")
    written = change(registry, lab, seats="", activities="", summary="Una prova.")
    assert (written.before.seats, written.before.activities) == (12, ("reading_books",))
    assert (written.record.seats, written.record.activities) == (None, ())
    assert written.changed
    seen = registry.store.moment()
    assert not change(registry, lab, summary="Una prova.", seats="  ").changed
    assert registry.store.moment() == seen


def test_a_change_may_leave_an_old_error(registry, other):
    """An error that was there does not stop a change of something else; a new one does."""
    lab = add(registry, Lab, name="Spazio Esempio", postcode="00100")
    other.execute("UPDATE labs SET postcode = '100'")
    written = change(registry, lab, summary="Una prova.")
    assert written.record.summary == "Una prova."
    assert "P06" in [finding.code for finding in written.findings]
    for texts in ({"postcode": "200"}, {"email": "esempio"}, {"seats": "molti"}, {"name": ""}):
        with pytest.raises(Faulty):
            change(registry, lab, **texts)
    assert registry.store.get(Lab, lab.id) == written.record
    assert change(registry, lab, postcode="00100").record.postcode == "00100"


def test_removed_and_restored(registry):
    """A removed record stays, under its id; removing it twice is refused."""
    lab = add(registry, Lab, name="Spazio Esempio")
    with registry.operation("remove"):
        registry.set_removed(lab, removed=True)
    removed = registry.finder.place("spazio")
    assert removed.removed
    with pytest.raises(Refused, match=lab.id), registry.operation("remove"):
        registry.set_removed(removed, removed=True)
    with registry.operation("restore"):
        registry.set_removed(removed, removed=False)
    assert not registry.store.get(Lab, lab.id).removed


def test_a_network_is_one(registry):
    """The network is one row, and cannot be added twice."""
    with pytest.raises(Refused):
        add(registry, Network, name="Altra Rete Esempio")
    assert registry.network().name == "Rete Esempio"


@pytest.mark.parametrize(
    ("told", "environment", "who"),
    [("Persona Esempio", "Altra", "Persona Esempio"), (None, "Altra", "Altra")],
)
def test_who_writes_is_told(path, monkeypatch, told, environment, who):
    """The log names who gave the command: by option, else by BENCOMUNE_WHO."""
    monkeypatch.setenv("BENCOMUNE_WHO", environment)
    with closing(Registry.create(path, told)) as registry:
        add(registry, Network, name="Rete Esempio")
        assert operations(registry.store.connection)[0].who == who


# References


@pytest.fixture
def places(registry):
    """Some places and areas, by id."""
    quarter = {"area_kind": "neighbourhood", "part_of": "Comune Esempio"}
    made = [
        add(registry, Area, name="Città Giardino Esempio", **quarter),
        add(registry, Area, name="Doppio Esempio", area_kind="neighbourhood"),
        add(registry, Area, name="Doppio Esempio", area_kind="district"),
        add(registry, Lab, name="Spazio Esempio"),
        add(registry, Lab, name="Spazio Esempio Due"),
        add(registry, Lab, name="Bottega d'Esempio"),
        add(registry, Organisation, name="Ente Esempio"),
    ]
    return {record.id: record for record in made}


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("spazio-esempio", "spazio-esempio"),
        ("Spazio Esempio", "spazio-esempio"),
        ("  SPAZIO ESEMPIO due ", "spazio-esempio-due"),
        ("bott", "bottega-d-esempio"),
        ("ente", "ente-esempio"),
        ("bottega d'ésempio", "bottega-d-esempio"),
    ],
)
def test_a_place_by_what_a_person_writes(registry, places, text, id_):
    """A record is found by its id, then by its name in any case and accents, then by a prefix."""
    assert registry.finder.place(text) == places[id_]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("spazio", ["spazio-esempio", "spazio-esempio-due"]),
        ("botega d'esempio", ["bottega-d-esempio"]),
        ("Spasio Esempio", ["spazio-esempio"]),
        ("%", []),
        ("_", []),
        ("*", []),
        ("bott?ga*", []),
        ("", []),
        ("   ", []),
        ("' OR '1'='1", []),
        ("x" * 10_000, []),
    ],
    ids=lambda case: str(case)[:20],
)
def test_what_names_no_one_place_is_refused(registry, places, text, told):
    """What may be several records is refused with them; what is none with those that are near."""
    assert places
    with pytest.raises(Refused) as refused:
        registry.finder.place(text)
    found = [id_ for id_ in places if id_ in refused.value.text.en.replace(",", "").split()]
    for id_ in told:
        assert id_ in refused.value.text.en
    assert told or not found


def test_an_id_goes_before_a_name_and_a_name_before_a_prefix(registry, places):
    """A record whose name is another's id, or its beginning, does not hide that, nor is hidden."""
    add(registry, Lab, "altro-esempio", name="spazio-esempio")
    named = add(registry, Lab, "nome-esempio", name="Bottega")
    assert registry.finder.place("spazio-esempio") == places["spazio-esempio"]
    assert registry.finder.place("bottega") == named
    assert registry.finder.place("bottega-") == places["bottega-d-esempio"]


def test_a_place_of_another_kind(registry, places):
    """A record of another kind than the command's is not taken for one of its own."""
    assert places
    with pytest.raises(Refused, match="organisation"):
        registry.finder.place("ente", [Lab])


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("municipality", "Comune Esempio", "000001"),
        ("municipality", "comune esempio", "000001"),
        ("municipality", "000001", "000001"),
        ("municipality", "000002", "000002"),
        ("neighbourhood", "citta-g", "citta-giardino-esempio"),
        ("neighbourhood", "CITTÀ GIARDINO ESEMPIO", "citta-giardino-esempio"),
        (
            "area_served",
            "Comune Esempio, città giardino ESEMPIO",
            ("comune-esempio", "citta-giardino-esempio"),
        ),
        ("area_served", "", ()),
    ],
)
def test_references_by_what_a_person_writes(registry, places, column, text, value):
    """References are resolved from ids, names and prefixes; a municipality becomes its code."""
    written = change(registry, places["spazio-esempio"], **{column: text})
    assert getattr(written.record, column) == value


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("municipality", "Mai Esistito"),
        ("municipality", "Doppio Esempio"),
        ("neighbourhood", "mai-esistito"),
        ("neighbourhood", "Doppio Esempio"),
        ("neighbourhood", "doppio"),
        ("neighbourhood", "spazio-esempio"),
        ("area_served", "comune-esempio, mai-esistito"),
    ],
)
def test_references_to_nothing_or_several(registry, places, column, text):
    """A reference to what is not there, or may be several, is a finding on its column."""
    with pytest.raises(Faulty) as faulty:
        change(registry, places["spazio-esempio"], **{column: text})
    assert [finding.column for finding in faulty.value.findings] == [column]


@pytest.mark.parametrize("text", ["spazio-esempio", "Spazio Esempio", "bottega"])
def test_a_group_meets_at_a_lab(registry, places, text):
    """A group's lab is found as any reference."""
    assert add(registry, Group, name="Gruppo Esempio", meets_at=text).meets_at in places


def test_a_reference_to_a_record_of_another_kind(registry, places):
    """A group that is told to meet at an organisation is told that, with all else."""
    assert "ente-esempio" in places
    found = faults(registry, Group, name="Gruppo", meets_at="ente-esempio", postcode="100")
    assert {("K03", "meets_at"), ("P06", "postcode")} <= set(found)


def test_history_knows_deleted_records(registry, places):
    """The id of a contact that was deleted can still be asked of the history."""
    assert places
    told = {"record": "spazio-esempio", "role": "coordinator", "phone": "0382 000000"}
    contact = add(registry, Contact, **told)
    with registry.operation("contact remove"):
        registry.delete(contact)
    assert registry.finder.any_id(contact.id) == contact.id
    assert registry.finder.any_id("Bottega d'Esempio") == "bottega-d-esempio"


@pytest.mark.parametrize(
    ("texts", "id_"),
    [
        ({"area_kind": "municipality", "name": "Altro", "code": "000001"}, "comune-esempio"),
        ({"area_kind": "district", "name": "Doppio Esempio"}, "doppio-esempio-2"),
        ({"area_kind": "municipality", "name": "Doppio Esempio"}, None),
        ({"area_kind": "municipality", "name": "Comune Esempio", "code": "000002"}, None),
    ],
)
def test_the_same_area_again(registry, places, texts, id_):
    """An area is known again by its kind and code, or by its name where it has no code."""
    assert places
    found = registry.finder.same_area(texts)
    assert (found and found.id) == id_


# Checks


def test_check_tells_all_gravest_first(registry, other):
    """A check tells what is wrong with every record that is not removed, errors first."""
    add(registry, Lab, name="Spazio Esempio", state="active")
    add(registry, Lab, name="Altro Esempio")
    removed = add(registry, Lab, name="Rimosso Esempio")
    other.execute("UPDATE labs SET postcode = '100' WHERE id <> 'spazio-esempio'")
    with registry.operation("remove"):
        registry.set_removed(registry.store.get(Lab, removed.id), removed=True)
    found = [(finding.code, finding.record) for finding in check(registry).findings]
    assert found[0] == ("P06", "altro-esempio")
    assert {*found[1:]} == {("L01", "spazio-esempio"), ("R04", "spazio-esempio")}
    only = check(registry, [("lab", "spazio-esempio")]).findings
    assert {finding.record for finding in only} == {"spazio-esempio"}


def test_held_back(registry, other):
    """Records with errors are held back, a contact's error with a basis holds its record."""
    texts = {"basis": "public_office", "scope": "open_data", "phone": "0382 000000"}
    for number in range(5):
        add(registry, Lab, f"esempio-{number}", name=f"Esempio {number}", state="active")
    for number in (1, 2):
        add(registry, Contact, record=f"esempio-{number}", role="press", **texts)
    add(registry, Relation, subject="esempio-3", role="supports", object="esempio-4")
    other.execute("UPDATE labs SET postcode = '100' WHERE id IN ('esempio-0', 'esempio-4')")
    other.execute("UPDATE contacts SET email = 'esempio'")
    other.execute("UPDATE contacts SET basis = 'none' WHERE record = 'esempio-2'")
    other.execute("UPDATE relations SET since = '2021', until = '2020'")
    other.execute("UPDATE network SET email = 'esempio'")
    with registry.operation("remove"):
        registry.set_removed(registry.store.get(Lab, "esempio-4"), removed=True)
    held = registry.held()
    relation = next(registry.store.select(Relation)).id
    assert {id_: {f.code for f in found} for id_, found in held.items()} == {
        "esempio-0": {"P06"},
        "esempio-1": {"C01"},
        relation: {"L04", "R01"},
    }
    dataset, again = registry.dataset()
    with closing(dataset):
        assert again == held
        names = [row["id"] for row in dataset.objects(LAYERS["labs"])]
    assert names == ["esempio-2", "esempio-3"]


def test_what_rules_may_look_at(registry, places):
    """Rules see the network, the areas, and of any id its kind and whether it was removed."""
    with registry.operation("remove"):
        registry.set_removed(places["spazio-esempio"], removed=True)
    for context in (registry.context(), registry.context(registry.ids())):
        assert context.network.name == "Rete Esempio"
        assert [area.id for area in context.municipalities] == ["comune-esempio"]
        assert context.ids.get("spazio-esempio") == ("lab", True)
        assert context.ids.get("ente-esempio") == ("organisation", False)
        assert context.ids.get("comune-esempio") is None
    assert registry.municipality_names() == {"000001": "Comune Esempio"}


def test_a_boundary_that_is_none_is_a_finding(registry, other):
    """A boundary that another program spoiled is told; it breaks neither check, list nor add."""
    add(registry, Lab, name="Spazio Esempio", lat="45.1", lon="9.1")
    other.execute("UPDATE areas SET boundary = 'non un confine'")
    assert "comune-esempio" in {finding.record for finding in check(registry).findings}
    assert add(registry, Lab, name="Altro Esempio", lat="45.1", lon="9.1")


# Queries


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """A registry to ask, with labs called a to e."""
    path = tmp_path_factory.mktemp("query") / "registry.db"
    with closing(Registry.create(path, "prova")) as registry:
        with registry.operation("init"):
            registry.add(Network, {"name": "Rete Esempio"})
            for name, kind, texts in (
                ("Comune Esempio", "municipality", {"code": "000001"}),
                ("Quartiere Esempio", "neighbourhood", {}),
                ("Quadrato Esempio", "district", {"boundary": SQUARE}),
            ):
                registry.add(Area, {"name": name, "area_kind": kind, **texts})
            for id_, texts in LABS.items():
                registry.add(Lab, texts, id_)
        yield registry


LABS = {
    "a": {
        "name": "Àncora d'Esempio",
        "seats": "5",
        "state": "active",
        "activities": "reading_books, green_care",
        "lat": "45.12",
        "lon": "9.12",
        "started_on": "2019",
        "municipality": "Comune Esempio",
    },
    "b": {
        "name": "Bottega 100% Esempio",
        "seats": "12",
        "activities": "green_care",
        "lat": "45.1236",
        "lon": "9.12",
        "started_on": "2019-09",
        "links": "https://www.example.org/a | https://www.example.org/b",
    },
    "c": {
        "name": "Casa_Esempio",
        "summary": "Parole: Caffè",
        "state": "active",
        "lat": "45.12",
        "lon": "9.1264",
        "neighbourhood": "Quartiere Esempio",
    },
    "d": {"name": "Dopo' OR '1'='1", "seats": "0", "area_served": "Quartiere Esempio"},
    "e": {"name": 'E "virgolette" \\ 🎨', "lat": "45.15", "lon": "9.15", "phone": "0382 399111"},
}


def where(registry, *conditions, entity=Lab):
    """Return the ids of what conditions ask for."""
    query = Query()
    for condition in conditions:
        add_condition(query, entity, condition, registry.finder.resolved)
    return "".join(record.id for record in registry.find(entity, query))


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("state=active", "ac"),
        ("state = Attivo", "ac"),
        ("state!=active", "bde"),
        ("seats=12", "b"),
        ("seats=5", "a"),
        ("seats>5", "b"),
        ("seats>=5", "ab"),
        ("seats<12", "ad"),
        ("seats<=5", "ad"),
        ("seats!=5", "bcde"),
        ("seats=", "ce"),
        ("seats!=", "abd"),
        ("lat>45.12", "be"),
        ("lat=45,12", "ac"),
        ("hidden=no", "abcde"),
        ("hidden=sì", ""),
        ("name~esempio", "abc"),
        ("name~ANCORA", "a"),
        ("name~%", "b"),
        ("name~_", "c"),
        ("name~🎨", "e"),
        ("name~\\", "e"),
        ('name~"', "e"),
        ("name='", ""),
        ("summary~caffe", "c"),
        ("summary=", "abde"),
        ("activities=green_care", "ab"),
        ("activities!=green_care", "cde"),
        ("activities!=reading_books", "bcde"),
        ("activities~reading", "a"),
        ("activities=", "cde"),
        ("activities!=", "ab"),
        ("links=https://www.example.org/b", "b"),
        ("links=https://www.example.org", ""),
        ("started_on>=2019-01", "b"),
        ("started_on<2020", "ab"),
        ("municipality=Comune Esempio", "a"),
        ("neighbourhood=quartiere", "c"),
        ("area_served=Quartiere Esempio", "d"),
        ("phone=0382399111", "e"),
        ("id=a", "a"),
        ("seats~2", "b"),
        ("lat~45.15", "e"),
    ],
)
def test_a_condition_of_every_sign(listed, condition, ids):
    """A condition finds what it says, on texts, numbers, terms, lists and what is empty."""
    assert where(listed, condition) == ids


@pytest.mark.parametrize("name", [texts["name"] for texts in LABS.values()])
def test_a_value_is_never_sql(listed, name):
    """Quotes, percent signs and SQL in a value are looked for, and nothing more."""
    found = where(listed, f"name={name}")
    assert [LABS[id_]["name"] for id_ in found] == [name]
    assert where(listed, f"name~{name}") == found


@pytest.mark.parametrize(
    "value", ["x' OR 1=1 --", "x) OR (1=1", "'; DROP TABLE labs; --", "?1", ":a", "%"]
)
def test_sql_in_a_value_finds_nothing(listed, value):
    """What is written to get at other records gets at none."""
    assert where(listed, f"summary={value}", f"name~{value}") == ""
    assert len(list(listed.store.select(Lab))) == len(LABS)


def test_conditions_are_joined_by_and(listed):
    """Several conditions hold together, each by itself."""
    assert where(listed, "state=active", "seats>=5") == "a"
    assert where(listed, "name~esempio", "seats!=", "activities=green_care") == "ab"


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "state",
        "=active",
        "mai_esistita=1",
        'id" OR 1=1 --=1',
        "rowid=1",
        "version; DROP TABLE labs=1",
        "state=mai-esistito",
        "seats=molti",
        "seats>",
        "started_on=ieri",
        "STATE=active",
        "summary=x\x00y",
    ],
)
def test_a_condition_that_is_none_is_refused(listed, condition):
    """A condition without column, sign or readable value is refused with what is expected."""
    with pytest.raises(Refused) as refused:
        where(listed, condition)
    assert "SQLite" not in refused.value.text.en


def test_words(listed):
    """Words are found in any published text, in any case and accents; all must be there."""

    def words(*texts):
        query = Query()
        add_words(query, Lab, texts)
        return "".join(lab.id for lab in listed.find(Lab, query))

    assert words("CAFFE") == "c"
    assert words("ancora", "esempio") == "a"
    assert words("ancora", "bottega") == ""
    assert words("%") == "b"
    assert words("1'='1") == "d"
    assert words() == "abcde"


def test_order_and_limit(listed):
    """A list is sorted by any column, both ways, then by id; a limit takes the first of it."""

    def sorted_by(text, limit=None):
        query = Query()
        set_order(query, Lab, text)
        return "".join(lab.id for lab in listed.find(Lab, query, limit))

    assert sorted_by("name") == "abcde"
    assert sorted_by("-name") == "edcba"
    assert sorted_by("-seats") == "badce"
    assert sorted_by("state", 3) == "acb"
    assert sorted_by("name", 0) == ""
    for text in ("mai_esistita", "name; DROP TABLE labs", "-", "", "--name", 'id" DESC'):
        with pytest.raises(Refused):
            sorted_by(text)


def near(registry, point, within=None):
    """Return the ids of what is near a point, in the order of the answer."""
    query = Query()
    add_near(query, point, within)
    return "".join(lab.id for lab in registry.find(Lab, query)), query


@pytest.mark.parametrize(
    ("point", "within", "ids"),
    [
        ("45.12,9.12", "500m", "ab"),
        ("45.12,9.12", "399m", "a"),
        ("45.12,9.12", "401m", "ab"),
        ("45.12,9.12", "0.5 km", "ab"),
        ("45.12,9.12", None, "abc"),
        ("45.12,9.1264", "0,6km", "ca"),
        ("45.12 9.12", "0m", "a"),
        ("45.12;9.12", "10km", "abce"),
        ("45.0,9.0", "1km", ""),
    ],
)
def test_near_a_point(listed, point, within, ids):
    """What lies within a distance of a point is found, nearest first; without a point nothing."""
    assert near(listed, point, within)[0] == ids


def test_metres_are_those_of_the_ground(listed):
    """The distance told is that on the ground, within the half per cent of a sphere's error."""
    _, query = near(listed, "45.12,9.12", "10km")
    lab = listed.store.get(Lab, "e")
    north, east = 0.03 * 111_195, 0.03 * 111_195 * math.cos(math.radians(45.135))
    assert query.metres(lab) == pytest.approx(math.hypot(north, east), rel=0.005)
    assert query.metres(listed.store.get(Lab, "d")) is None
    assert Query().metres(lab) is None


@given(
    angle=st.floats(0, 2 * math.pi),
    metres=st.floats(1, 100_000),
    lat=st.floats(-85, 85),
)
def test_the_box_holds_the_circle(angle, metres, lat):
    """The box that narrows a search down holds every point within the distance."""
    from pyproj import Geod

    from bencomune_cli.geo import around

    lon, there, _ = Geod(ellps="WGS84").fwd(9.0, lat, math.degrees(angle), metres)
    assert around(9.0, lat, metres).holds(lon, there)


@pytest.mark.parametrize(
    ("point", "within"),
    [
        ("", None),
        ("45.12", None),
        ("91,9", None),
        ("a,b", None),
        ("45,9", "lontano"),
        ("45,9", "-1m"),
    ],
)
def test_a_point_or_distance_that_is_none_is_refused(listed, point, within):
    """A point or distance that cannot be read is refused with an example."""
    with pytest.raises(Refused) as refused:
        near(listed, point, within)
    assert "such as" in refused.value.text.en


@pytest.mark.parametrize(
    ("area", "ids"),
    [("Comune Esempio", "a"), ("quartiere", "cd"), ("quadrato-esempio", "abc")],
)
def test_in_an_area(listed, area, ids):
    """What is in an area says so, serves it, or lies inside its boundary and not in a hole."""
    query = Query()
    add_area(query, listed.finder.area(area))
    assert "".join(lab.id for lab in listed.find(Lab, query)) == ids


def test_all_conditions_together(listed):
    """Words, conditions, a point and an area narrow the same list down."""
    query = Query()
    add_words(query, Lab, ["esempio"])
    add_condition(query, Lab, "activities=green_care", listed.finder.resolved)
    add_near(query, "45.1236,9.12", "1km")
    add_area(query, listed.finder.area("quadrato"))
    set_order(query, Lab, "name")
    assert [lab.id for lab in listed.find(Lab, query)] == ["b", "a"]
    assert [lab.id for lab in listed.find(Lab, query, 1)] == ["b"]


@given(st.text())
def test_folding_is_the_same_twice(text):
    """What is folded for search is not changed by folding again."""
    once = folded(text)
    assert folded(once) == once
    assert folded(None) is None
