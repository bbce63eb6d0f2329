"""Guided entry, typed in a real terminal: questions, mistakes, the way back, drafts, the review."""

import json
import stat

import pytest

from bencomune_cli.entities import Area, Contact, Lab, Organisation, Relation
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


@pytest.fixture
def run(request):
    """Return the runner of commands without a terminal."""
    return request.getfixturevalue("bencomune")


def records(path, entity=Lab):
    """Return the records of an entity by id."""
    registry = Registry.open(path)
    found = {each.id: each for each in registry.store.select(entity)}
    registry.close()
    return found


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
    asked.answers("Telefono:", "boh").sees("numero di telefono")
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
    again.asked("Attività:").skips_to("Zone servite:")
    again.answers("Zone servite:", "rione").sees("Che cosa fare:")
    again.sees("Non sarà pubblicato").types("più" + ENTER)
    again.ends()
    assert json.loads(draft.path.read_text("utf-8"))["name"] == "Gruppo Esempio"
    asked_again = bencomune(desk, "group", "add").answers("riprenderla?", "sì")
    asked_again.answers("Che cosa fare:", "salva")
    assert "aggiunto: gruppo-esempio" in asked_again.ends()
    assert not draft.path.exists()


def test_a_dumb_terminal_asks_too(desk):
    """Where the terminal can only print, the same questions are asked, with “<” to go back."""
    asked = bencomune(desk, "lab", "add", TERM="dumb")
    asked.sees("Nome*:").types("Spazio Esempio" + ENTER).sees("Tipo:").types("boh" + ENTER)
    asked.types(CLEAR + "orto" + ENTER).sees("In breve:").types("<" + ENTER)
    asked.sees("Tipo: orto").types(STOP)
    asked.ends(130)
    assert Draft(desk, "lab").answers()["lab_kind"] == "orto"


def test_what_was_begun_may_be_thrown_away(desk):
    """At the end a person may discard it all: nothing is written and no draft is left."""
    before = desk.read_bytes()
    asked = bencomune(desk, "organisation", "add").answers("Nome*:", "Ente Nuovo")
    asked.skips_to("Che cosa fare").answers("Che cosa fare:", "butta").answers("tutte", "sì")
    assert "niente è stato scritto" in asked.ends()
    assert desk.read_bytes() == before
    assert not Draft(desk, "organisation").path.exists()


def test_an_answer_is_corrected_in_the_review(desk):
    """From the review any answer, also one that was not asked for, can be given again."""
    asked = bencomune(desk, "lab", "add").answers("Nome*:", "Spazio Nuovo")
    asked.skips_to("Che cosa fare").answers("Che cosa fare:", "correggi")
    asked.answers("Quale risposta:", "Posti").answers("Posti:", "tanti").sees("numero intero")
    asked.types(CLEAR + "20" + ENTER).answers("Che cosa fare:", "salva")
    asked.ends()
    assert records(desk)["spazio-nuovo"].seats == 20


def test_what_may_be_there_already_is_told(desk):
    """Before saving, a record with the same name or telephone is shown with the reason."""
    asked = bencomune(desk, "lab", "add").answers("Nome*:", "Spazio vecchio")
    asked.skips_to("Telefono:").answers("Telefono:", "0382 000000")
    asked.skips_to("Che cosa fare").sees("Forse c'è già").sees("spazio-vecchio").types(STOP)
    asked.ends(130)


def test_a_damaged_draft_is_told(desk, run):
    """A draft that cannot be read is told with its path, and left as it is."""
    draft = Draft(desk, "lab")
    draft.path.write_text("{", "utf-8")
    done = run("lab", "add", "--resume")
    assert done.returncode == 2
    assert str(draft.path.name) in done.stderr
    assert draft.path.read_text("utf-8") == "{"


def test_a_draft_is_written_without_a_person_too(desk, run):
    """--resume --no-input writes what the draft holds; without a draft it is refused."""
    assert run("lab", "add", "--resume").returncode == 2
    Draft(desk, "lab").keep({"name": "Spazio Nuovo", "coordinated_by": "ente"})
    assert run("lab", "add", "--resume", "--no-input").returncode == 0
    assert "spazio-nuovo" in records(desk)
    assert len(records(desk, Relation)) == 1
    assert not Draft(desk, "lab").path.exists()


def test_every_question_is_an_option_too(desk, run):
    """What guided entry asks, options give: the point as people have it, and who coordinates."""
    words = ("lab", "add", "--name", "Spazio Nuovo", "--coordinated-by", "ente")
    done = run(*words, "--point", "45.19,9.16")
    assert done.returncode == 0, done.stderr
    assert records(desk)["spazio-nuovo"].point_as_given == "45.19,9.16"
    assert len(records(desk, Relation)) == 1
    outside = run("lab", "add", "--name", "Altro", "--point", "9.16,45.19")
    assert outside.returncode == 1
    assert "--point 45.19,9.16" in outside.stderr
    wrong = run("lab", "add", "--name", "Altro", "--point", "boh")
    assert wrong.returncode == 2
    assert "altro" not in records(desk)


def test_a_draft_follows_no_planted_link(desk, tmp_path):
    """A link at the draft's name, or its passing one, leads nowhere: what it names is untouched."""
    other = tmp_path / "altrui"
    other.write_text("di altri")
    draft = Draft(desk, "lab")
    draft.path.symlink_to(other)
    draft.path.with_name(draft.path.name + ".new").symlink_to(other)
    draft.keep({"name": "Spazio"})
    assert other.read_text() == "di altri"
    assert draft.answers() == {"name": "Spazio"}
    assert stat.S_IMODE(draft.path.lstat().st_mode) == 0o600


@pytest.mark.parametrize("typed", ["via", "b", "b" + ENTER + "no"])
def test_nothing_is_thrown_away_by_a_slip(desk, typed):
    """A part inside, a beginning, or a no at the last question throws no answer away."""
    asked = bencomune(desk, "organisation", "add").answers("Nome*:", "Ente Nuovo")
    asked.skips_to("Che cosa fare").types(typed + ENTER).settles()
    assert Draft(desk, "organisation").answers()["name"] == "Ente Nuovo"
    asked.types(STOP).ends(130)
    assert Draft(desk, "organisation").answers()["name"] == "Ente Nuovo"


@pytest.mark.parametrize("words", [("contact", "add", "spazio-vecchio"), ("init",), ("lab", "add")])
def test_at_a_first_question_there_is_no_way_back(desk, path, words):
    """Shift-Tab where there is no question before does nothing, and is not offered."""
    new = path.with_name("nuovo.db") if words == ("init",) else desk
    asked = bencomune(new, *words).sees("Ctrl-C smette")
    asked.types(BACK).settles()
    assert "Maiusc-Tab" not in asked.screen
    assert "errore del programma" not in asked.types(STOP).ends(130)


def test_a_contact_is_asked_for_whole(desk):
    """A contact has its questions, with choices and meanings, and a way back among them."""
    asked = bencomune(desk, "contact", "add", "spazio-vecchio", columns=60)
    asked.answers("Ruolo*:", "boh").sees("Ufficio stampa (press)")
    asked.types(CLEAR + "stampa" + ENTER).answers("Nome:", "").asked("E-mail:").types(BACK)
    asked.answers("Nome:", "").answers("E-mail:", "").answers("Telefono:", "")
    asked.sees("serve\nalmeno uno dei tre").types("0382 399111" + ENTER)
    asked.asked("Base giuridica").sees("ha firmato un modulo").types("consenso" + ENTER)
    asked.answers("Prova:", "prot. 1/2026").answers("Valida dal:", "2026-01-02")
    asked.answers("Dove si può pubblicare:", "dati aperti")
    asked.ends()
    contact = records(desk, Contact)["spazio-vecchio-press"]
    assert (contact.role, contact.phone, contact.basis) == ("press", "+390382399111", "consent")
    assert (contact.evidence, contact.given_on) == ("prot. 1/2026", "2026-01-02")
    assert contact.scope == ("open_data",)


def test_a_contact_without_basis_is_not_asked_for_evidence(desk):
    """What a basis needs is not asked for where there is none; what options tell neither."""
    asked = bencomune(desk, "contact", "add", "spazio-vecchio").answers("Ruolo*:", "stampa")
    asked.answers("Nome:", "Nome Esempio").answers("E-mail:", "").answers("Telefono:", "")
    asked.answers("Base giuridica*:", "")
    asked.ends()
    told = bencomune(desk, "contact", "add", "spazio-vecchio", "--phone", "0382 399111")
    told.answers("Ruolo:", "segreteria").ends()
    assert set(records(desk, Contact)) == {"spazio-vecchio-press", "spazio-vecchio-secretariat"}


def test_a_fault_is_told_whole_in_a_narrow_window(desk):
    """What is wrong with an answer is broken at blanks, with terms by label, its value once."""
    asked = bencomune(desk, "lab", "add", columns=60).answers("Nome*:", "Spazio Nuovo")
    asked.skips_to("Stato*")
    assert "per niente" not in asked.screen
    asked.types("zzz" + ENTER).sees("Chiuso (closed)")
    told = " ".join(asked.screen.split())
    assert told.count("«zzz»") == 1
    assert "«zzz»: non è tra le voci ammesse; sono: Proposto (proposed), Attivo (active)," in told
    asked.types(STOP).ends(130)


def test_a_neighbourhood_is_chosen_among_neighbourhoods(desk):
    """The question on the neighbourhood offers no municipality where there are neighbourhoods."""
    asked = bencomune(desk, "lab", "add").answers("Nome*:", "Spazio Nuovo")
    asked.skips_to("Quartiere:").sees("Rione Esempio")
    assert "Comune Esempio" not in asked.screen.partition("Quartiere:")[2]
    asked.types(STOP).ends(130)
