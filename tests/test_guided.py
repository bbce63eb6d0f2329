"""Guided entry, typed in a real terminal: questions, mistakes, the way back, drafts, the review."""

import json
import stat

import pytest

from bencomune_cli.entities import Area, Lab, Organisation, Relation
from bencomune_cli.guided import Draft
from bencomune_cli.registry import Registry
from terminal import BACK, CLEAR, ENTER, STOP, bencomune

SQUARE = '{"type":"Polygon","coordinates":[[[9,45],[9.3,45],[9.3,45.3],[9,45.3],[9,45]]]}'


@pytest.fixture
def desk(registry, path):
    """Return the path of a registry with a neighbourhood, an organisation and a lab."""
    with registry.operation("init"):
        part = {"name": "Rione Esempio", "area_kind": "neighbourhood", "boundary": SQUARE}
        box = {"west": "9", "south": "45", "east": "9.3", "north": "45.3"}
        registry.add(Area, part | box)
        registry.add(Organisation, {"name": "Ente Esempio", "state": "active"})
        registry.add(Lab, {"name": "Spazio Vecchio", "phone": "0382 000000"})
    registry.close()
    return path


def records(path, entity=Lab):
    """Return the records of an entity by id."""
    registry = Registry.open(path)
    found = {each.id: each for each in registry.store.select(entity)}
    registry.close()
    return found


def skip_to(terminal, question, most=20):
    """Press Enter until a question is asked."""
    for _ in range(most):
        if question in terminal.line:
            return terminal
        terminal.steps()
    return terminal.asked(question)


def test_a_lab_is_added_with_a_mistake_and_a_correction(desk):
    """A wrong answer is told at once in the rule's words, mended, and the record is saved."""
    asked = bencomune(desk, "lab", "add")
    asked.answers("Nome*:", "Spazio Nuovo")
    asked.answers("Tipo:", "bibliot")
    asked.answers("In breve:", "Libri per tutti")
    asked.answers("Attività:", "lettura, scambio")
    asked.answers("Stato*:", "attiv")
    asked.answers("Comune:", "esempio")
    asked.answers("Via:", "via Esempio")
    asked.answers("Civico:", "12/A")
    asked.answers("Quartiere:", "rione")
    asked.answers("Punto sulla mappa:", "9.16 45.19").sees("fuori dai Comuni")
    asked.answers("Quale punto:", "scambiando")
    asked.answers("Precisione del punto:", "civico")
    asked.answers("Telefono:", "0382 12").sees("numero di telefono")
    asked.types(CLEAR + "0382 399111" + ENTER)
    asked.answers("E-mail:", "spazio@example.org")
    asked.answers("Sito web:", "example.org")
    asked.answers("Orari:", "Mo-Fr 16:00-19:00")
    asked.answers("Fonti:", "prot. 1/2026")
    asked.answers("Verificato il:", "23/11/2026")
    asked.answers("Coordinato da:", "ente")
    asked.sees("Dove si trova").sees("del centro di Comune Esempio; dentro Rione Esempio")
    asked.answers("Che cosa fare:", "salva")
    assert "aggiunto: spazio-nuovo" in asked.ends()
    lab = records(desk)["spazio-nuovo"]
    assert (lab.lab_kind, lab.activities) == ("library", ("reading_books", "exchange_mutual_aid"))
    assert (lab.lat, lab.lon, lab.precision) == (45.19, 9.16, "address")
    assert (lab.municipality, lab.neighbourhood) == ("000001", "rione-esempio")
    assert (lab.phone, lab.number, lab.state) == ("+390382399111", "12/A", "active")
    assert lab.point_as_given == "9.16 45.19"
    (relation,) = records(desk, Relation).values()
    assert (relation.subject, relation.role, relation.object) == (
        "ente-esempio",
        "coordinates",
        "spazio-nuovo",
    )
    assert not Draft(desk, "lab").path.exists()


def test_an_earlier_answer_is_given_again(desk):
    """Shift-Tab, or a lone “<”, goes back to the question before, with its answer to edit."""
    asked = bencomune(desk, "lab", "add", BENCOMUNE_LANG="en")
    asked.answers("Name*:", "Spazio Sbagliato")
    asked.asked("Kind:").types(BACK)
    asked.asked("Name*: Spazio Sbagliato").types(CLEAR + "Spazio Giusto" + ENTER)
    asked.answers("Kind:", "").answers("Summary:", "<").answers("Kind:", "youth")
    asked.answers("Summary:", "").answers("Activities:", "").asked("State*:").types(STOP)
    assert "draft kept: “bencomune lab add --resume”" in asked.ends(130)
    answers = Draft(desk, "lab").answers()
    assert (answers["name"], answers["lab_kind"]) == ("Spazio Giusto", "Youth centre")


def test_what_was_begun_is_taken_up_again(desk):
    """Ctrl-C writes nothing and keeps a draft for the owner alone, which --resume goes on with."""
    before = desk.read_bytes()
    asked = bencomune(desk, "group", "add")
    asked.answers("Nome*:", "Gruppo Esempio").answers("In breve:", "Ci si trova il lunedì")
    asked.asked("Attività:").types(STOP)
    assert "bozza tenuta" in asked.ends(130)
    assert desk.read_bytes() == before
    draft = Draft(desk, "group")
    assert stat.S_IMODE(draft.path.stat().st_mode) == 0o600
    again = bencomune(desk, "group", "add", "--resume")
    skip_to(again.asked("Attività:"), "Zone servite:")
    again.answers("Zone servite:", "rione").sees("Che cosa fare:")
    again.sees("Non sarà pubblicato").types("più" + ENTER)
    again.ends()
    assert json.loads(draft.path.read_text("utf-8"))["name"] == "Gruppo Esempio"
    asked_again = bencomune(desk, "group", "add").answers("riprenderla?", "sì")
    asked_again.answers("Che cosa fare:", "salva")
    assert "aggiunto: gruppo-esempio" in asked_again.ends()
    assert not draft.path.exists()
