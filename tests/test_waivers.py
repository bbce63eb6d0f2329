"""Waivers: of one record among all that share an id, of any kind, of what was found and no more."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from bencomune_cli.checking import check
from bencomune_cli.entities import Area, Contact, Group, Lab, Organisation, Relation
from bencomune_cli.registry import Registry
from bencomune_cli.rules import catalogue
from bencomune_cli.waivers import waive

SHARED = "borgo-esempio"  # the id of a lab and of an area
CODE = "T12"  # two blanks, which other programs may write
WHY = ("--why", "voluto")


def elsewhere(path, sql, *values):
    """Write as another program does."""
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(sql, values)


def told(bencomune, *arguments):
    """Return kind, id and code of each finding that `check` tells."""
    done = bencomune("check", "--json", "--fail-on", "never", *arguments)
    assert done.returncode == 0, done.stderr
    return {(each["entity"], each["record"], each["code"]) for each in json.loads(done.stdout)}


def waivers(bencomune):
    """Return the waivers as JSON."""
    return json.loads(bencomune("waivers", "--json").stdout)


@pytest.fixture
def twins(registry, path):
    """Return the path of a registry with a lab and an area of one id; T12 tells of both."""
    with registry.operation("prova"):
        registry.add(Lab, {"name": "Borgo Esempio", "state": "active"}, SHARED)
        registry.add(Area, {"name": "Borgo", "area_kind": "neighbourhood"}, SHARED)
    registry.close()
    elsewhere(path, "UPDATE labs SET name = 'Borgo  Esempio' WHERE id = ?", SHARED)
    elsewhere(path, "UPDATE areas SET name = 'Borgo  Antico' WHERE id = ?", SHARED)
    return path


# Of one record


def test_a_waiver_is_of_one_of_two_records_that_share_an_id(twins, bencomune):
    """What is waived of the lab is told of the area, and the change of one ends no waiver."""
    both = {("lab", SHARED, CODE), ("area", SHARED, CODE)}
    assert both <= told(bencomune, "--select", CODE)
    with closing(Registry.open(twins, "prova", writing=True)) as registry:
        lab = registry.store.get(Lab, SHARED)
        findings = check(registry, {("lab", SHARED)}, {CODE}).findings
        assert [finding.of for finding in findings] == [("lab", SHARED)]
        with registry.operation("waive"):
            waive(registry, lab, catalogue()[CODE], findings, {"why": "voluto"})
    assert told(bencomune, "--select", CODE) & both == {("area", SHARED, CODE)}
    elsewhere(twins, "UPDATE areas SET name = 'Borgo  Nuovo' WHERE id = ?", SHARED)
    assert told(bencomune, "--select", CODE) & both == {("area", SHARED, CODE)}
    (waiver,) = waivers(bencomune)
    assert (waiver["entity"], waiver["record"], waiver["holds"]) == ("lab", SHARED, True)
    elsewhere(twins, "UPDATE labs SET name = 'Borgo  Nuovo' WHERE id = ?", SHARED)
    assert both <= told(bencomune, "--select", CODE)


def test_a_check_of_one_record_tells_nothing_of_another_of_its_id(twins, bencomune):
    """`check ID` is of the lab alone, in the findings and in the trend."""
    assert {kind for kind, _, _ in told(bencomune, SHARED)} == {"lab"}
    assert ("area", SHARED, CODE) in told(bencomune)
    since = ("--since", "2020", "--select", CODE, "--json")
    steps = json.loads(bencomune("check", SHARED, *since).stdout)
    assert (steps[-1]["left"], sum(each["brought"] for each in steps)) == (1, 1)
    assert twins.exists()


# Of registries made before


@pytest.fixture
def before(library, twins, bencomune):
    """Return the path of a registry of a program whose waivers did not name the kind of record."""
    twins.unlink()
    module = library / "bencomune_cli" / "entities" / "waiver.py"
    text = module.read_text()
    module.write_text(re.sub(r"    entity: Annotated.*?\n    \)\n", "", text, flags=re.DOTALL))
    done = bencomune("init", "--name", "Rete Esempio", PYTHONPATH=str(library))
    assert done.returncode == 0, done.stderr
    columns = [row[1] for row in rows(twins, "PRAGMA table_info(waivers)")]
    assert ("entity" in columns, "record" in columns) == (False, True)
    return twins


def rows(path, sql):
    """Return what another program reads."""
    with closing(sqlite3.connect(path)) as other:
        return other.execute(sql).fetchall()


LAB = "INSERT INTO labs (id, name, state) VALUES (?, 'Borgo  Esempio', 'active')"
AREA = "INSERT INTO areas (id, name, area_kind) VALUES (?, 'Borgo  Esempio', 'neighbourhood')"
CONTACT = (
    "INSERT INTO contacts (id, record, role, person_name)"
    " VALUES (?1, 'altro-esempio', 'coordinator', 'Borgo  Esempio')"
)
RELATED = "INSERT INTO labs (id, name, state) VALUES ('altro-esempio', 'Altro Esempio', 'active')"
OLD = (
    "INSERT INTO waivers (id, record, code, concerns, held, why)"
    """ VALUES ('prima', ?, 'T12', 'name', '{"name": "Borgo  Esempio"}', 'voluto')"""
)


@pytest.mark.parametrize("writing", [False, True], ids=["read", "written"])
@pytest.mark.parametrize(
    ("made", "of"),
    [([LAB], "lab"), ([AREA], "area"), ([LAB, AREA], "lab"), ([AREA, LAB], "lab")],
)
def test_a_waiver_made_before_holds(before, bencomune, made, of, writing):
    """It is of the lab, which alone could be waived, else of the only record of its id."""
    for sql in (*made, OLD):
        elsewhere(before, sql, SHARED)
    if writing:
        assert bencomune("network", "set", "--email", "rete@example.org").returncode == 0
    assert [row[0] for row in rows(before, "SELECT record FROM waivers")] == [SHARED]
    (waiver,) = waivers(bencomune)
    assert (waiver["entity"], waiver["holds"], waiver["lapsed"]) == (of, True, None)
    kinds = {kind for kind, id_, _ in told(bencomune, "--select", CODE) if id_ == SHARED}
    assert kinds == ({"lab", "area"} if len(made) > 1 else {of}) - {of}
    assert {row[0] for row in rows(before, "SELECT version FROM waivers")} == {1}


def test_a_waiver_made_before_that_may_be_of_several_holds_for_none(before, bencomune):
    """It is listed as lapsed, for it is not known which record it is of."""
    elsewhere(before, RELATED)
    for sql in (AREA, CONTACT, OLD):
        elsewhere(before, sql, SHARED)
    (waiver,) = waivers(bencomune)
    assert (waiver["entity"], waiver["holds"]) == (None, False)
    assert waiver["lapsed"] == "non si sa di quale record è"
    assert ("area", SHARED, CODE) in told(bencomune, "--select", CODE)


def test_a_waiver_made_before_is_replaced_and_taken_back(before, bencomune):
    """A new waiver of the same takes its place and names the kind; so it can be taken back."""
    for sql in (LAB, OLD):
        elsewhere(before, sql, SHARED)
    elsewhere(before, "UPDATE labs SET name = 'Borgo  Nuovo' WHERE id = ?", SHARED)
    assert bencomune("waive", SHARED, CODE, *WHY).returncode == 0
    assert rows(before, "SELECT entity, record, code FROM waivers") == [("lab", SHARED, CODE)]
    assert not told(bencomune, "--select", CODE)
    assert bencomune("undo").returncode == 0
    assert [(each["entity"], each["holds"]) for each in waivers(bencomune)] == [("lab", False)]
    assert bencomune("unwaive", SHARED, CODE).returncode == 0
    assert waivers(bencomune) == []


# Of records of any kind

BLANKS = {
    "lab": ("labs", "name", "spazio-esempio"),
    "contact": ("contacts", "person_name", "spazio-esempio-coordinator"),
    "relation": ("relations", "act_number", "ente-esempio-coordinates-spazio-esempio"),
    "area": ("areas", "name", "comune-esempio"),
    "network": ("network", "name", "network"),
}


@pytest.fixture
def varied(registry, path):
    """Return the path of a registry with a record of each kind, of all of which T12 tells."""
    with registry.operation("prova"):
        registry.add(Lab, {"name": "Spazio Esempio"})
        registry.add(Organisation, {"name": "Ente Esempio"})
        ends = {"subject": "ente-esempio", "role": "coordinates", "object": "spazio-esempio"}
        registry.add(Relation, ends)
        registry.add(
            Contact, {"record": "spazio-esempio", "role": "coordinator", "person_name": "Nome"}
        )
    registry.close()
    for table, column, id_ in BLANKS.values():
        elsewhere(path, f"UPDATE {table} SET {column} = 'Nome  Esempio' WHERE id = ?", id_)
    return path


@pytest.mark.parametrize("kind", BLANKS)
def test_a_record_of_any_kind_is_waived(varied, bencomune, kind):
    """By the id that `check` tells, until its value changes; and the waiver is taken back."""
    table, column, id_ = BLANKS[kind]
    every = told(bencomune, "--select", CODE)
    assert every == {(name, each[2], CODE) for name, each in BLANKS.items()}
    done = bencomune("waive", id_, CODE, *WHY)
    assert (done.returncode, done.stderr) == (0, f"{CODE} su {id_} ({column}): lasciato com'è\n")
    assert told(bencomune, "--select", CODE) == every - {(kind, id_, CODE)}
    (waiver,) = waivers(bencomune)
    assert (waiver["entity"], waiver["column"], waiver["holds"]) == (kind, column, True)
    assert bencomune("unwaive", id_, CODE).returncode == 0
    assert told(bencomune, "--select", CODE) == every
    assert bencomune("waive", id_, CODE, *WHY).returncode == 0
    elsewhere(varied, f"UPDATE {table} SET {column} = 'Altro  Esempio' WHERE id = ?", id_)
    assert told(bencomune, "--select", CODE) == every


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Nome  Esempio", "lab"), ("spazio-es", "lab"), ("spazio-esempio-c", "contact")],
)
def test_a_record_to_be_waived_is_told_by_name_or_beginning(varied, bencomune, text, kind):
    """A place comes before what its id is the beginning of; else any kind is found so."""
    elsewhere(varied, "UPDATE areas SET name = 'Altro  Nome'")
    assert bencomune("waive", text, CODE, *WHY).returncode == 0
    assert [waiver["entity"] for waiver in waivers(bencomune)] == [kind]


def test_a_waiver_of_what_is_gone_is_taken_back(varied, bencomune):
    """Also where no record of that id is left, which the list tells."""
    _, _, id_ = BLANKS["contact"]
    assert bencomune("waive", id_, CODE, *WHY).returncode == 0
    assert bencomune("contact", "remove", id_).returncode == 0
    assert [waiver["lapsed"] for waiver in waivers(bencomune)] == ["il record non c'è più"]
    assert bencomune("unwaive", id_, CODE).returncode == 0
    assert waivers(bencomune) == []
    again = bencomune("unwaive", id_, CODE)
    assert (again.returncode, "è stato rimosso" in again.stderr) == (2, True)
    assert varied.exists()


def test_of_two_records_of_one_id_it_is_asked_which(twins, bencomune):
    """Where the rule tells of both, nothing is waived, nor taken back, before it is told which."""
    refused = bencomune("waive", SHARED, CODE, *WHY)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"«{SHARED}» è di più record: area, lab; dire quale" in refused.stderr
    assert "--as area" in refused.stderr
    assert waivers(bencomune) == []
    for kind in ("area", "laboratorio"):
        assert bencomune("waive", SHARED, CODE, "--as", kind, *WHY).returncode == 0
    assert not {each for each in told(bencomune, "--select", CODE) if each[1] == SHARED}
    refused = bencomune("unwaive", SHARED, CODE)
    assert (refused.returncode, "area, lab" in refused.stderr) == (2, True)
    assert bencomune("unwaive", SHARED, CODE, "--as", "area").returncode == 0
    assert [waiver["entity"] for waiver in waivers(bencomune)] == ["lab"]
    assert bencomune("unwaive", SHARED, CODE).returncode == 0
    assert twins.exists()


def test_of_two_records_of_one_id_that_is_meant_of_which_the_rule_tells(twins, bencomune):
    """Where it tells of one alone, there is nothing to ask."""
    elsewhere(twins, "UPDATE labs SET name = 'Borgo Esempio' WHERE id = ?", SHARED)
    assert bencomune("waive", SHARED, CODE, *WHY).returncode == 0
    assert [waiver["entity"] for waiver in waivers(bencomune)] == ["area"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("luogo", "«luogo» non è un tipo; sono: "),
        ("contact", "non è di tipo contact, ma area, lab"),
    ],
)
def test_a_kind_that_is_none_is_refused(twins, bencomune, kind, said):
    """A word that is no kind, or a kind of which there is no such record."""
    refused = bencomune("waive", SHARED, CODE, "--as", kind, *WHY)
    assert (refused.returncode, said in refused.stderr) == (2, True)
    assert twins.exists()


# Of what was found

PLACE = {"state": "active", "municipality": "000001"}
SPOT = PLACE | {"lat": "45.1847", "lon": "9.1582"}
SITED = ("--municipality", "000001", "--state", "active")
MEETS = {"name": "Gruppo Esempio", "state": "active", "meets_at": "casa-esempio"}


def on_one_point(registry):
    """Add two labs on one point."""
    for name in ("Casa Esempio", "Orto Esempio"):
        registry.add(Lab, SPOT | {"name": name})


def with_another_postcode(registry):
    """Add a lab whose postcode is unlike the others'."""
    registry.add(Lab, PLACE | {"name": "Casa Esempio", "postcode": "27010"})
    for number in range(6):
        registry.add(Lab, PLACE | {"name": f"Orto Esempio {number}", "postcode": "27100"})


def where_nothing_is_open(registry):
    """Add a group that meets at a lab which is paused."""
    registry.add(Lab, PLACE | {"name": "Casa Esempio", "state": "paused"})
    registry.add(Group, MEETS)


def of_two_municipalities(registry):
    """Add a group that meets at a lab of another municipality."""
    registry.add(Lab, PLACE | {"name": "Casa Esempio"})
    registry.add(Group, MEETS | {"municipality": "000002"})


KNOWN = '{"lat": "45.1847", "lon": "9.1582", "P15": %s}'

# What is found, on which record, and what another program does that makes it something else.
GROWN = {
    "P15": (on_one_point, "casa-esempio", "UPDATE labs SET lat = 45.1847, lon = 9.1582"),
    "P19": (
        with_another_postcode,
        "casa-esempio",
        "UPDATE labs SET postcode = '27101' WHERE postcode = '27100'",
    ),
    "R09": (
        where_nothing_is_open,
        "gruppo-esempio",
        "UPDATE labs SET state = 'closed' WHERE id = 'casa-esempio'",
    ),
    "R10": (
        of_two_municipalities,
        "gruppo-esempio",
        "UPDATE labs SET municipality = '000003' WHERE id = 'casa-esempio'",
    ),
}


@pytest.fixture
def grown(registry, path):
    """Return a function that makes what a rule over many finds; it returns how that changes."""

    def make(code):
        build, id_, sql = GROWN[code]
        with registry.operation("prova"):
            build(registry)
            registry.add(Lab, PLACE | {"name": "Terzo Esempio", "postcode": "27100"})
        registry.close()
        return id_, lambda: elsewhere(path, sql)

    return make


@pytest.mark.parametrize("code", GROWN)
def test_a_waiver_ends_when_the_rule_says_something_else(grown, bencomune, code):
    """Of a rule over many: when what is found of other records changes, in whichever language."""
    id_, grow = grown(code)
    (was,) = told(bencomune, "--select", code)
    assert was[1:] == (id_, code)
    done = bencomune("waive", id_, code, *WHY, BENCOMUNE_LANG="it")
    assert done.returncode == 0, done.stderr
    for language in ("it", "en"):
        found = bencomune("check", "--select", code, "--json", BENCOMUNE_LANG=language)
        assert json.loads(found.stdout) == []
        (waiver,) = json.loads(bencomune("waivers", "--json", BENCOMUNE_LANG=language).stdout)
        assert waiver["holds"]
    grow()
    assert told(bencomune, "--select", code) == {was}
    (waiver,) = waivers(bencomune)
    assert (waiver["holds"], waiver["lapsed"]) == (False, "segnala altro di allora")
    assert "segnala altro di allora" in bencomune("waivers").stdout
    assert bencomune("waive", id_, code, *WHY, BENCOMUNE_LANG="en").returncode == 0
    assert told(bencomune, "--select", code) == set()


def test_what_is_only_counted_ends_no_waiver(grown, bencomune):
    """A postcode that is right stays waived when one more record has the usual one."""
    id_, _ = grown("P19")
    assert bencomune("waive", id_, "P19", *WHY).returncode == 0
    added = bencomune("lab", "add", "--name", "Quarto", "--postcode", "27100", *SITED)
    assert added.returncode == 0, added.stderr
    assert told(bencomune, "--select", "P19") == set()
    assert bencomune("unwaive", id_, "P19").returncode == 0
    (finding,) = json.loads(bencomune("check", "--select", "P19", "--json").stdout)
    assert "gli altri 8 record" in finding["message"]


def test_what_is_found_no_more_ends_no_waiver(grown, bencomune, path):
    """Where the other record goes elsewhere and comes back, the waiver holds all the while."""
    id_, _ = grown("P15")
    assert bencomune("waive", id_, "P15", *WHY).returncode == 0
    for lat in (45.2, 45.1847):
        elsewhere(path, "UPDATE labs SET lat = ? WHERE id = 'orto-esempio'", lat)
        assert told(bencomune, "--select", "P15") == set()
        assert [waiver["holds"] for waiver in waivers(bencomune)] == [True]


def test_a_waiver_made_before_this_was_kept_holds(grown, bencomune, path):
    """It says nothing of other records, and so of them nothing ends it."""
    id_, grow = grown("P15")
    assert bencomune("waive", id_, "P15", *WHY).returncode == 0
    elsewhere(path, """UPDATE waivers SET held = '{"lat": "45.1847", "lon": "9.1582"}'""")
    grow()
    assert told(bencomune, "--select", "P15") == set()
    elsewhere(path, "UPDATE labs SET lat = 45.2")
    assert {each[1] for each in told(bencomune, "--select", "P15")} == {id_}


@pytest.mark.parametrize("held", ["niente", "[1]", "[" * 9_000, KNOWN % "1", KNOWN % "{}", None])
def test_what_another_program_writes_of_a_waiver_is_no_fault(grown, bencomune, path, held):
    """A waiver that holds for what cannot be read holds for nothing."""
    id_, _ = grown("P15")
    assert bencomune("waive", id_, "P15", *WHY).returncode == 0
    elsewhere(path, "UPDATE waivers SET held = ?", held)
    assert {each[1] for each in told(bencomune, "--select", "P15")} == {id_}
    assert [waiver["holds"] for waiver in waivers(bencomune)] == [False]
