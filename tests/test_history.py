"""History: every change recorded, whoever made it; told, undone, done again, never lost."""

import sqlite3
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bencomune_cli.entities import (
    AUTOMATIC,
    ENTITIES,
    PLACES,
    Area,
    Contact,
    Distinction,
    Group,
    Lab,
    Organisation,
    Relation,
    Waiver,
)
from bencomune_cli.errors import Refused
from bencomune_cli.history import blame, fields, operation, operations
from bencomune_cli.kinds.choices import Term
from bencomune_cli.kinds.numbers import Degrees, Integer, YesNo
from bencomune_cli.kinds.times import Day, PartialDate
from bencomune_cli.sql import quoted


def add(registry, entity, command="add", **texts):
    """Write a new record as one operation."""
    with registry.operation(command):
        return registry.add(entity, texts).record


def edit(registry, record, **texts):
    """Change a record as one operation, and return its number."""
    with registry.operation("edit"):
        registry.change(registry.store.get(type(record), record.id), texts)
    return registry.store.moment()[0]


def told(registry, seq=None):
    """Return what an operation, the last one if none is told, did to each field."""
    connection = registry.store.connection
    seq = registry.store.moment()[0] if seq is None else seq
    return [(c.record, c.column, c.before, c.after) for c in fields(connection, seq)]


def row(registry, record):
    """Return a record as it is stored."""
    connection = registry.store.connection
    cursor = connection.execute(f"SELECT * FROM {record.table} WHERE id = ?", (record.id,))
    found = cursor.fetchone()
    return found and dict(zip([each[0] for each in cursor.description], found, strict=True))


def content(registry, record):
    """Return a record as it is stored, without what the registry writes by itself."""
    found = row(registry, record)
    return found and {name: value for name, value in found.items() if name not in AUTOMATIC}


@pytest.fixture
def registry(registry):
    """The example registry, without the waits that only a power cut makes worth it."""
    registry.store.connection.execute("PRAGMA synchronous = OFF")
    return registry


@pytest.fixture
def lab(registry):
    """A lab, written by operation 2."""
    return add(registry, Lab, name="Spazio Esempio", lat="45.1", lon="9.1")


@pytest.fixture
def organisation(registry, lab):
    """An organisation, written by operation 3."""
    del lab
    return add(registry, Organisation, name="Ente Esempio", seat_public="no")


# What other programs do


def test_an_edit_by_another_program_is_recorded(registry, lab, other):
    """What another program changes is in the history, before and after, under its own command."""
    other.execute("UPDATE labs SET seats = 12, name = 'Altro Esempio'")
    last = operations(registry.store.connection)[0]
    assert (last.command, last.who, last.records) == ("other program", None, (lab.id,))
    assert told(registry) == [
        (lab.id, "name", "Spazio Esempio", "Altro Esempio"),
        (lab.id, "seats", None, 12),
    ]
    registry.undo()
    assert content(registry, lab)["name"] == "Spazio Esempio"


def test_an_insert_by_another_program_is_recorded(registry, other):
    """What another program adds is in the history, and its id is given like any other."""
    other.execute("INSERT INTO labs (id, name) VALUES ('spazio-esempio', 'Spazio Esempio')")
    assert ("spazio-esempio", "name", None, "Spazio Esempio") in told(registry)
    assert registry.store.entity_of("spazio-esempio") == "lab"
    assert add(registry, Lab, name="Spazio Esempio").id == "spazio-esempio-2"


def test_a_deletion_by_another_program_is_recorded(registry, lab, other):
    """A contact that another program deletes can be put back."""
    contact = add(registry, Contact, record=lab.id, role="coordinator", phone="0382 000000")
    before = row(registry, contact)
    other.execute("DELETE FROM contacts")
    assert (contact.id, "phone", "+390382000000", None) in told(registry)
    registry.undo()
    assert row(registry, contact) == before


def test_an_update_of_many_rows_is_one_operation(registry, other):
    """One statement of another program is one operation, however many rows it changes."""
    labs = [add(registry, Lab, name=f"Spazio Esempio {number}") for number in range(3)]
    seen = len(operations(registry.store.connection))
    other.execute("UPDATE labs SET state = 'active'")
    assert len(operations(registry.store.connection)) == seen + 1
    assert told(registry) == [(lab.id, "state", "proposed", "active") for lab in labs]


def test_a_touch_that_changes_nothing_is_not_recorded(registry, lab, other):
    """An UPDATE that writes what is there already leaves no trace."""
    before = row(registry, lab), registry.store.moment()
    other.execute("UPDATE labs SET name = name, seats = NULL, version = version")
    assert (row(registry, lab), registry.store.moment()) == before


def test_what_comes_to_nothing_is_undone_as_nothing(registry, lab, other):
    """Changes that another program took back itself are no obstacle to going further back."""
    before = content(registry, lab)
    other.execute("BEGIN")
    other.execute("UPDATE labs SET seats = 12")
    other.execute("UPDATE labs SET seats = NULL")
    other.execute("COMMIT")
    registry.undo()
    if content(registry, lab) is not None:
        assert content(registry, lab) == before
        registry.undo()
    assert content(registry, lab) is None


HISTORY = [
    "UPDATE {0} SET seq = seq + 1000",
    "UPDATE OR REPLACE {0} SET seq = 1",
    "DELETE FROM {0}",
    "DELETE FROM {0} WHERE seq = 1",
    "INSERT OR REPLACE INTO {0} SELECT * FROM {0} WHERE seq = 1",
]


@pytest.mark.parametrize("table", ["operations", "changes"])
@pytest.mark.parametrize("sql", HISTORY)
def test_history_is_never_changed(registry, other, table, sql):
    """No statement of another program changes or deletes what history holds."""
    before = other.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(sqlite3.DatabaseError, match="history"):
        other.execute(sql.format(table))
    assert other.execute(f"SELECT * FROM {table}").fetchall() == before
    assert registry.network().name == "Rete Esempio"


@pytest.mark.parametrize("sql", ["DELETE FROM ids", "UPDATE ids SET id = 'altro-esempio'"])
def test_a_given_id_is_never_taken_back(registry, lab, other, sql):
    """No program can make an id that was given look as if it had not been."""
    with pytest.raises(sqlite3.DatabaseError):
        other.execute(sql)
    assert registry.store.entity_of(lab.id) == "lab"


def test_an_operation_that_others_began_swallows_none(registry, other):
    """What another program wrote among ours does not make a command lose what it says it wrote."""
    with suppress(sqlite3.DatabaseError):
        other.execute("INSERT INTO current_operation VALUES (1, '2020-01-01T00:00:00Z')")
    with suppress(Refused):
        lab = add(registry, Lab, name="Spazio Esempio")
        assert row(registry, lab) is not None


@pytest.fixture
def full(registry, lab, organisation):
    """One record of each kind in the registry."""
    add(registry, Area, name="Quartiere Esempio", area_kind="neighbourhood")
    add(registry, Group, name="Gruppo Esempio", meets_at=lab.id)
    add(registry, Relation, subject=organisation.id, role="manages", object=lab.id)
    add(registry, Contact, record=lab.id, role="coordinator", phone="0382 000000")
    add(registry, Waiver, record=lab.id, code="L01", concerns="activities", why="prova")
    prints = {"one_print": "00000000", "other_print": "00000000"}
    add(registry, Distinction, one=lab.id, other=organisation.id, why="prova", **prints)
    return registry


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.table)
def test_an_id_never_changes(full, other, entity):
    """No program can give a record another id."""
    with pytest.raises(sqlite3.DatabaseError, match="never changes"):
        other.execute(f"UPDATE {entity.table} SET id = 'altro-esempio'")
    with pytest.raises(sqlite3.DatabaseError, match="never changes"):
        other.execute(f"UPDATE OR REPLACE {entity.table} SET id = 'altro-esempio'")
    assert full.store.get(entity, "altro-esempio") is None


@pytest.mark.parametrize("entity", PLACES, ids=lambda entity: entity.table)
def test_another_program_deletes_no_place(full, other, entity):
    """No program can delete a lab, group or organisation: it is told to mark it as removed."""
    with pytest.raises(sqlite3.DatabaseError, match="removed = 1"):
        other.execute(f"DELETE FROM {entity.table}")
    assert list(full.store.select(entity))


@pytest.mark.parametrize("taken", PLACES, ids=lambda entity: entity.table)
@pytest.mark.parametrize("entity", PLACES, ids=lambda entity: entity.table)
@pytest.mark.parametrize("how", ["INSERT", "INSERT OR REPLACE"])
def test_an_id_is_given_once(full, other, taken, entity, how):
    """An id of a lab, group or organisation is no other's, even if that is removed."""
    place = next(full.store.select(taken))
    with full.operation("remove"):
        full.set_removed(place, removed=True)
    before = row(full, place)
    with pytest.raises(sqlite3.DatabaseError, match="already given"):
        other.execute(f"{how} INTO {entity.table} (id, name) VALUES (?, 'Altro')", (place.id,))
    assert row(full, place) == before


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.table)
def test_replacing_a_row_by_its_number_loses_no_history(full, other, entity):
    """A program that replaces a row by SQLite's own row number loses neither it nor its history."""
    record = next(full.store.select(entity))
    before = row(full, record)
    names = [name for name in before if name != "id"]
    values = ["network" if entity.table == "network" else "altro-esempio"]
    values += [before[name] for name in names]
    places = {
        "relations": {"role": "hosts"},
        "waivers": {"code": "L02"},
        "distinctions": {"other": "gruppo-esempio"},
    }.get(entity.table, {})
    values = [places.get(name, value) for name, value in zip(["id", *names], values, strict=True)]
    try:
        other.execute(
            f"INSERT OR REPLACE INTO {entity.table} (rowid, id, {', '.join(map(quoted, names))})"
            f" SELECT rowid, {', '.join('?' * len(values))} FROM {entity.table} WHERE id = ?",
            (*values, record.id),
        )
    except sqlite3.DatabaseError:
        assert row(full, record) == before
    else:
        assert row(full, record) == before or (record.id, "id", record.id, None) in told(full)


def test_moving_a_row_by_its_number_loses_no_history(full, other):
    """A program that moves a row over another by SQLite's own row number loses neither."""
    add(full, Lab, name="Altro Esempio")
    before = [row(full, record) for record in full.store.select(Lab)]
    with suppress(sqlite3.DatabaseError):
        other.execute("UPDATE OR REPLACE labs SET rowid = 2 WHERE rowid = 1")
    assert [row(full, record) for record in full.store.select(Lab)] == before


@pytest.mark.parametrize(
    "sql",
    [
        (
            "INSERT OR REPLACE INTO relations (id, subject, role, object)"
            " SELECT 'altra', subject, role, object FROM relations LIMIT 1"
        ),
        "UPDATE OR REPLACE relations SET role = 'manages'",
    ],
    ids=["insert", "update"],
)
def test_replacing_a_relation_loses_no_history(full, other, sql):
    """A relation that another program puts in the place of another leaves that in the history."""
    first = next(full.store.select(Relation))
    add(full, Relation, subject=first.subject, role="hosts", object=first.object)
    before = {relation.id for relation in full.store.select(Relation)}
    with suppress(sqlite3.DatabaseError):
        other.execute(sql)
    gone = before - {relation.id for relation in full.store.select(Relation)}
    assert gone <= {
        record for record, column, _, after in told(full) if (column, after) == ("id", None)
    }


# One field


SAMPLE = {Integer: "7", YesNo: "sì", Degrees: "45.2", PartialDate: "2020-02", Day: "2020-02-03"}
SAMPLES = {
    "email": "info@example.org",
    "pec": "info@example.org",
    "phone": "0382 399111",
    "website": "https://www.example.org",
    "links": "https://www.example.org/a | https://www.example.org/b",
    "act_url": "https://www.example.org",
    "postcode": "00100",
    "tax_code": "00296180185",
    "vat_number": "00296180185",
    "municipality": "Comune Esempio",
    "part_of": "Comune Esempio",
    "code": "000001",
    "neighbourhood": "Quartiere Esempio",
    "area_served": "Quartiere Esempio",
    "meets_at": "Altro Spazio",
    "boundary": '{"type":"Polygon","coordinates":[[[9,45],[9.1,45],[9.1,45.1],[9,45]]]}',
    "seat_public": "sì",
    "public": "no",
    "basis": "public_office",
}
EDITABLE = [
    (entity, column)
    for entity in (Lab, Group, Organisation, Area, Relation, Contact)
    for column in entity.columns
    if not column.automatic
    and column.name not in {"subject", "object", "record", "west", "south", "east", "north"}
    and (
        entity in {Lab, Area, Relation, Contact} or column.name not in {c.name for c in Lab.columns}
    )
]


@pytest.mark.parametrize(
    ("entity", "column"), EDITABLE, ids=lambda case: getattr(case, "table", None) or case.name
)
def test_an_edit_of_one_column(full, lab, entity, column):
    """An edit of one column changes that alone, is told and blamed so, and undone exactly."""
    add(full, Lab, name="Altro Spazio")
    record = lab if entity is Lab else list(full.store.select(entity))[-1]
    kind = getattr(column.kind, "item", column.kind)
    text = kind.schema()["enum"][-1] if isinstance(kind, Term) else SAMPLE.get(type(kind))
    before = row(full, record)
    seq = edit(full, record, **{column.name: SAMPLES.get(column.name) or text or "Prova d'esempio"})
    after = row(full, record)
    assert {name for name in after if after[name] != before[name]} - {"updated_at"} == {
        column.name,
        "version",
    }
    assert after["version"] == before["version"] + 1
    value = after[column.name]
    assert told(full) == [(record.id, column.name, before[column.name], value)]
    blamed = {each.column: by.seq for each, by in blame(full.store.connection, record.id)}
    assert blamed[column.name] == seq
    assert seq not in {by for name, by in blamed.items() if name != column.name}
    full.undo()
    assert content(full, record) == {k: v for k, v in before.items() if k not in AUTOMATIC}
    full.redo()
    assert row(full, record)[column.name] == value


def test_version_and_moment_of_a_record(registry, lab, other, monkeypatch):
    """Each edit, by whomever, makes the version higher and the moment later; no other does."""
    neighbour = add(registry, Lab, name="Altro Esempio")
    before, beside = row(registry, lab), row(registry, neighbour)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4102444800")
    edit(registry, lab, summary="Una prova.")
    after = row(registry, lab)
    assert after["version"] == before["version"] + 1
    assert after["updated_at"] == "2100-01-01T00:00:00Z" > before["updated_at"]
    assert after["created_at"] == before["created_at"]
    other.execute("UPDATE labs SET seats = 12 WHERE id = ?", (lab.id,))
    assert row(registry, lab)["version"] == before["version"] + 2
    registry.undo()
    assert row(registry, lab)["version"] == before["version"] + 3
    assert row(registry, neighbour) == beside


def test_blame_tells_the_last_writer_of_each_field(registry, lab):
    """Each value is blamed on the operation that wrote it last; what was emptied on none."""
    first = edit(registry, lab, summary="Prima.", seats="1")
    second = edit(registry, lab, summary="Seconda.", street="via Esempio")
    edit(registry, lab, street="")
    blamed = {c.column: (c.after, by.seq) for c, by in blame(registry.store.connection, lab.id)}
    assert blamed["seats"] == (1, first)
    assert blamed["summary"] == ("Seconda.", second)
    assert blamed["name"] == ("Spazio Esempio", 2)
    assert "street" not in blamed


def test_records_of_one_id_are_told_apart(registry):
    """An area and a lab may have the same id: neither is told as the other."""
    area = add(registry, Area, name="Borgo Esempio", area_kind="neighbourhood")
    lab = add(registry, Lab, name="Borgo Esempio")
    edit(registry, area, name="Borgo Vecchio Esempio")
    assert area.id == lab.id
    found = blame(registry.store.connection, lab.id)
    names = [(c.entity, c.after) for c, _ in found if c.column == "name"]
    assert ("labs", "Borgo Esempio") in names


def test_an_operation_is_told_as_it_was(registry, lab):
    """The log tells newest first, of one record only its own; what never was is refused."""
    edit(registry, lab, summary="Una prova.")
    neighbour = add(registry, Lab, name="Altro Esempio")
    connection = registry.store.connection
    assert [each.seq for each in operations(connection)] == [4, 3, 2, 1]
    assert [each.seq for each in operations(connection, lab.id)] == [3, 2]
    assert [each.seq for each in operations(connection, limit=2)] == [4, 3]
    assert operation(connection, 4).to_json()["records"] == [neighbour.id]
    with pytest.raises(Refused, match="99"):
        operation(connection, 99)


# Undo and redo


def test_undo_and_redo_of_an_add(registry, lab):
    """An add that is undone is gone, and comes back the same, from its first moment on."""
    before = row(registry, lab)
    assert registry.undo() == 2
    assert (row(registry, lab), registry.store.entity_of(lab.id)) == (None, None)
    registry.redo()
    assert row(registry, lab) == before
    assert registry.store.entity_of(lab.id) == "lab"


def test_undo_and_redo_of_a_removal(registry, lab):
    """A removal that is undone leaves the record as it was; done again it is removed."""
    before = content(registry, lab)
    with registry.operation("lab remove"):
        registry.set_removed(lab, removed=True)
    assert told(registry) == [(lab.id, "removed", 0, 1)]
    registry.undo()
    assert content(registry, lab) == before
    registry.redo()
    assert registry.store.get(Lab, lab.id).removed


@pytest.mark.parametrize("entity", [Contact, Relation])
def test_undo_and_redo_of_what_is_deleted(full, entity):
    """A contact or relation that is deleted comes back whole, and goes again."""
    record = next(full.store.select(entity))
    before = row(full, record)
    with full.operation("remove"):
        full.delete(record)
    assert row(full, record) is None
    full.undo()
    assert row(full, record) == before
    full.redo()
    assert row(full, record) is None


def test_undo_of_an_operation_on_many_records(registry):
    """All that one command wrote is undone and done again together, in an order that holds."""
    with registry.operation("init"):
        lab = registry.add(Lab, {"name": "Spazio Esempio"}).record
        group = registry.add(Group, {"name": "Gruppo Esempio", "meets_at": lab.id}).record
        registry.add(Relation, {"subject": group.id, "role": "partner_of", "object": lab.id})
        registry.change(lab, {"seats": "12"})
    before = registry.store.digest()
    registry.undo()
    assert [row(registry, each) for each in (lab, group)] == [None, None]
    registry.redo()
    assert content(registry, lab)["seats"] == 12
    registry.undo()
    registry.redo()
    assert registry.store.digest() == before


def test_undo_goes_further_back_and_redo_forward_again(registry, lab):
    """Undo again goes one further back, redo one forward, as often as there is something."""
    for text in ("a", "b", "c"):
        edit(registry, lab, summary=text)

    def summary():
        return registry.store.get(Lab, lab.id).summary

    seen = []
    for turn in (registry.undo, registry.undo, registry.redo, registry.undo, registry.undo):
        turn()
        seen.append(summary())
    assert seen == ["b", "a", "b", "a", None]
    for text in ("a", "b", "c"):
        registry.redo()
        assert summary() == text
    with pytest.raises(Refused):
        registry.redo()
    registry.undo()
    assert summary() == "b"
    undone = [each.seq for each in operations(registry.store.connection) if each.undone]
    assert 5 in undone
    assert not {3, 4} & set(undone)


def test_undo_ends_where_the_registry_began(registry):
    """When there is nothing more to undo or to redo, that is told."""
    with pytest.raises(Refused):
        registry.redo()
    registry.undo()
    assert registry.network() is None
    with pytest.raises(Refused):
        registry.undo()
    registry.redo()
    assert registry.network().name == "Rete Esempio"


def test_no_operation_is_undone_twice(registry, lab):
    """An operation that is undone cannot be undone again; after redo it can."""
    seq = edit(registry, lab, summary="Una prova.")
    registry.undo(seq)
    with pytest.raises(Refused, match=str(seq)):
        registry.undo(seq)
    registry.redo()
    registry.undo(seq)
    assert registry.store.get(Lab, lab.id).summary is None


def test_undo_is_refused_field_by_field(registry, lab):
    """An undo that would lose later edits is refused, with every such field, and does nothing."""
    seq = edit(registry, lab, summary="Prima.", seats="1", street="via Esempio")
    edit(registry, lab, summary="Seconda.", seats="")
    before = registry.store.digest(), registry.store.moment()
    with pytest.raises(Refused) as refused:
        registry.undo(seq)
    text = refused.value.text.en
    assert f"{lab.id}, summary" in text
    assert "“Prima.”" in text
    assert "“Seconda.”" in text
    assert f"{lab.id}, seats" in text
    assert "street" not in text
    assert (registry.store.digest(), registry.store.moment()) == before


def test_one_conflict_stops_the_whole_undo(registry):
    """Of an operation on several records nothing is undone if one of them changed since."""
    with registry.operation("prova"):
        labs = [registry.add(Lab, {"name": f"Esempio {number}"}).record for number in range(3)]
    edit(registry, labs[1], name="Altro Esempio")
    with pytest.raises(Refused, match=labs[1].id):
        registry.undo(2)
    assert all(row(registry, lab) for lab in labs)


def test_undo_of_an_add_keeps_later_edits(registry, lab):
    """An add is not undone over a field that was filled in since, though it was empty then."""
    edit(registry, lab, summary="Una prova.")
    with pytest.raises(Refused, match="summary"):
        registry.undo(2)
    assert registry.store.get(Lab, lab.id).summary == "Una prova."


def test_undo_of_an_add_keeps_what_refers_to_it(registry, lab):
    """An add is not undone while a contact or relation refers to the record."""
    contact = add(registry, Contact, record=lab.id, role="coordinator", phone="0382 000000")
    before = registry.store.digest()
    with pytest.raises(Refused):
        registry.undo(2)
    assert registry.store.digest() == before
    registry.undo()
    registry.undo()
    assert (row(registry, contact), row(registry, lab)) == (None, None)


def test_undo_of_an_edit_beside_a_later_one(registry, lab):
    """An edit is undone although another field of the same record changed since; that stays."""
    seq = edit(registry, lab, summary="Una prova.")
    edit(registry, lab, seats="12")
    registry.undo(seq)
    assert (registry.store.get(Lab, lab.id).summary, registry.store.get(Lab, lab.id).seats) == (
        None,
        12,
    )


def test_undo_is_an_operation_like_others(registry, lab):
    """An undo is in the log with its reason and what it undid; it leaves no other trace."""
    edit(registry, lab, summary="Una prova.")
    registry.undo(why="era una prova")
    last = operations(registry.store.connection)[0]
    assert (last.command, last.who, last.why, last.undoes) == ("undo", "prova", "era una prova", 3)
    assert told(registry) == [(lab.id, "summary", "Una prova.", None)]


def test_undo_puts_no_row_back_over_another(registry, lab, other):
    """A deletion is not undone once the id belongs to a new record; that is told."""
    contact = add(registry, Contact, record=lab.id, role="coordinator", phone="0382 000000")
    with registry.operation("contact remove"):
        registry.delete(contact)
    removed = registry.store.moment()[0]
    insert = "INSERT INTO contacts (id, record, role) VALUES (?, ?, 'press')"
    other.execute(insert, (contact.id, lab.id))
    with pytest.raises(Refused, match=contact.id):
        registry.undo(removed)
    assert registry.store.get(Contact, contact.id).role == "press"


# Exactly


LINES = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=60,
)
PROSE = LINES | st.sampled_from(
    ['"', "\\", '\\"', "\\n", "a\nb", "a\tb", "'", "🎨", "{}", "\u2028", '","seats":9,"x":"', "%s"]
)
DEGREES = st.floats(-90, 90, allow_nan=False)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=LINES, notes=PROSE, lat=DEGREES, lon=DEGREES)
@example(name="E", notes='\\"', lat=-6.1019906477190204, lon=64.66848843312479)
def test_what_is_undone_is_exactly_what_was(registry, lab, name, notes, lat, lon):
    """Any text and any number come back from the history as they were, to the last bit."""
    connection = registry.store.connection
    values = {"name": name, "notes": notes, "lat": lat, "lon": lon}
    with registry.operation("prova"):
        registry.store.update(Lab, lab.replaced(**values), list(values))
        registry.store.update(Lab, lab.replaced(removed=True), ["removed"])
    stored = row(registry, lab)
    assert {key: stored[key] for key in values} == values
    after = {column: value for _, column, _, value in told(registry)}
    assert after.items() <= stored.items()
    with registry.operation("prova"):
        registry.store.update(Lab, lab, [*values, "removed"])
    registry.undo()
    assert content(registry, lab) == {k: v for k, v in stored.items() if k not in AUTOMATIC}
    registry.redo()
    assert content(registry, lab)["name"] == lab.name
    assert not connection.in_transaction
