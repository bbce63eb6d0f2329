"""What the public sees of a record, and why: always what the public views really hold."""

import json

import pytest

from bencomune_cli.declare import Audience
from bencomune_cli.entities import Contact, Group, Lab, Organisation, Relation
from bencomune_cli.visibility import hidden_because, sight
from bencomune_cli.words import LANGUAGES

POINT = {"lat": "45.1847", "lon": "9.1582", "street": "via Esempio", "number": "1"}
CONTACT = {"role": "coordinator", "person_name": "Nome Esempio", "email": "nome@example.org"}
BASIS = {
    "basis": "consent",
    "evidence": "prot. 1/2026",
    "given_on": "2020-01-01",
    "scope": "open_data",
}
PLACES = {
    "active": (Lab, {"state": "active"}),
    "proposed": (Lab, {}),
    "closed": (Lab, {"state": "closed", "ended_on": "2020"}),
    "hidden": (
        Lab,
        {"state": "active", "hidden": "sì", "hidden_reason": "così è stato chiesto"},
    ),
    "masked": (Lab, {"state": "active", "precision": "masked", **POINT}),
    "exact": (Lab, {"state": "active", "precision": "address", **POINT}),
    "home": (Organisation, {"state": "active", **POINT}),
    "office": (Organisation, {"state": "active", "seat_public": "sì", **POINT}),
    "body": (Organisation, {"state": "active", "legal_form": "comune", **POINT}),
    "group": (Group, {"state": "active", "meets_at": "luogo", "notes": "solo per noi"}),
}
CONTACTS = {
    "none": {},
    "good": BASIS,
    "office": {"basis": "public_office", "scope": "open_data"},
    "no evidence": {**BASIS, "evidence": ""},
    "no day": {**BASIS, "given_on": ""},
    "not yet": {**BASIS, "given_on": "2999-01-01"},
    "expired": {**BASIS, "expires_on": "2020-01-02"},
    "withdrawn": {**BASIS, "withdrawn_on": "2020-01-02"},
    "not open": {**BASIS, "scope": "website"},
}


@pytest.fixture
def kept(registry):
    """Return the registry with a hidden lab to meet at."""
    with registry.operation("init"):
        registry.add(Lab, {"name": "Luogo", "state": "active", "hidden": "sì"}, "luogo")
    return registry


def published(registry, record):
    """Return the row of a record in the public view of its entity, None where there is none."""
    names = [column.name for column in record.published()]
    row = registry.store.connection.execute(
        f"SELECT {', '.join(names)} FROM public_{record.table} WHERE id = ?", (record.id,)
    ).fetchone()
    return dict(zip(names, row, strict=True)) if row else None


@pytest.mark.parametrize("name", PLACES)
def test_what_is_told_is_what_the_view_holds(kept, name):
    """A record is told to be published just where its view has it, each value as it stands."""
    entity, texts = PLACES[name]
    with kept.operation("lab add"):
        place = kept.add(entity, {"name": "Esempio", **texts}).record
    row = published(kept, place)
    assert (row is not None) == (not hidden_because(kept, place))
    for column in (*entity.columns, *entity.derived):
        seen = sight(kept, place, column)
        assert all(seen.reason), column.name
        if column.audience is Audience.STAFF:
            assert seen.value is None
        elif row is not None:
            assert seen.value == row[column.name], column.name
        if column.name == "street":
            assert seen.whole == (name not in {"masked", "home"}), seen


@pytest.mark.parametrize("name", CONTACTS)
@pytest.mark.parametrize("owner", ["active", "proposed"])
def test_a_contact_is_told_as_its_view_has_it(kept, name, owner):
    """A contact is told to be published just where its view has it, else with the reason."""
    with kept.operation("add"):
        place = kept.add(Lab, {"name": "Esempio", **PLACES[owner][1]}).record
    kept.store.connection.execute("PRAGMA query_only = OFF")
    texts = {key: text for key, text in CONTACTS[name].items() if text}
    with kept.operation("contact add"):
        contact = kept.add(Contact, {"record": place.id, **CONTACT}).record
    values = {**texts}
    assignments = ", ".join(f"{key} = ?" for key in values)
    if values:  # as another program may write it: the rules of entry would refuse some
        kept.store.connection.execute(
            f"UPDATE contacts SET {assignments} WHERE id = ?", (*values.values(), contact.id)
        )
    contact = kept.store.get(Contact, contact.id)
    reasons = hidden_because(kept, contact)
    assert (published(kept, contact) is not None) == (not reasons)
    assert all(all(reason) for reason in reasons)


def test_a_reference_to_what_is_not_public_is_told(kept):
    """A group that meets where nothing may be known does not tell where, and why says so."""
    with kept.operation("group add"):
        group = kept.add(Group, {"name": "Esempio", "state": "active", "meets_at": "luogo"}).record
    seen = sight(kept, group, Group.column("meets_at"))
    assert (seen.value, seen.whole) == (None, False)
    assert "non è pubblicato" in seen.reason.it


def test_an_error_is_a_reason(kept, other):
    """A record that a rule holds back is told not to be published, with the rule's own words."""
    with kept.operation("lab add"):
        place = kept.add(Lab, {"name": "Esempio", "state": "active"}).record
    other.execute("UPDATE labs SET summary = '<b>x</b>' WHERE id = ?", (place.id,))
    (reason,) = hidden_because(kept, kept.store.get(Lab, place.id))
    assert "T02" in reason.it
    assert "HTML" in reason.en


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_tells_it(kept, bencomune, language):
    """Why gives the reason for a record, for a column by code or label, and as JSON."""
    with kept.operation("org add"):
        kept.add(Organisation, {"name": "Ente Esempio", "state": "active", **POINT})
        kept.add(Lab, {"name": "Spazio Esempio"})
    home = bencomune("why", "ente", "Via", "--json", BENCOMUNE_LANG=language)
    told = json.loads(home.stdout)
    assert told["published"] is True
    assert told["columns"]["street"]["shown"] is None
    assert "seat-public" in told["columns"]["street"]["reason"]
    proposed = bencomune("why", "spazio", BENCOMUNE_LANG=language)
    assert proposed.stdout.startswith("spazio-esempio ")
    unknown = bencomune("why", "ente", "stret", BENCOMUNE_LANG=language)
    assert unknown.returncode == 2
    assert "street" in unknown.stderr


@pytest.mark.parametrize(
    ("state", "relation", "reason"),
    [
        ("proposed", {}, "ente non è pubblicato: il suo stato è «proposto»"),
        ("active", {"public": "no"}, "la relazione è interna"),
        ("active", {"until": "2020"}, "la relazione è finita: 2020"),
        ("active", {}, ""),
    ],
)
def test_a_relation_that_does_not_go_out_is_told(kept, state, relation, reason):
    """Of who stands behind a record and is not shown, why tells who, and for what reason."""
    with kept.operation("link"):
        lab = kept.add(Lab, {"name": "Esempio", "state": "active"}).record
        kept.add(Organisation, {"name": "Ente", "state": state})
        ends = {"subject": "ente", "role": "coordinates", "object": lab.id}
        kept.add(Relation, ends | relation)
    coordinator, partners = (c for c in Lab.derived if c.name in {"coordinator", "partners"})
    seen = sight(kept, lab, coordinator)
    assert (seen.value is None, seen.whole) == (bool(reason), not reason)
    assert reason in seen.reason.it
    assert not reason or seen.reason.it.startswith("ente non esce: ")
    assert "niente da cui" in sight(kept, lab, partners).reason.it


def test_a_contact_that_does_not_go_out_is_told(kept, bencomune):
    """The contacts of a record are told by the label of the role, those held back with why."""
    with kept.operation("contact add"):
        lab = kept.add(Lab, {"name": "Esempio", "state": "active"}).record
        kept.add(Contact, {"record": lab.id, **CONTACT})
        office = {"basis": "public_office", "scope": "open_data"}
        kept.add(Contact, {"record": lab.id, "role": "press", "phone": "0382 399111"} | office)
    told = bencomune("why", "esempio", "contacts").stdout
    assert told.split("\t")[1] == "Ufficio stampa, +390382399111"
    assert "esempio-coordinator non esce: non ha una base giuridica\n" in told


def test_an_unpublished_record_is_told_once_with_what_would_be_seen(kept, bencomune):
    """Of a record that is not published why says so once, then what the public would see."""
    with kept.operation("lab add"):
        kept.add(Lab, {"name": "Esempio", "hidden": "sì", "phone": "0382 399111"})
    first, *rest = bencomune("why", "esempio").stdout.splitlines()
    assert first.startswith("esempio non è pubblicato: il suo stato è «proposto»")
    assert "è nascosto" in first
    assert "phone\t+390382399111\tsarebbe pubblica" in rest
    assert not any("è pubblica" in line for line in rest)
    told = json.loads(bencomune("why", "esempio", "--json").stdout)
    assert told["columns"]["phone"]["shown"] is None
