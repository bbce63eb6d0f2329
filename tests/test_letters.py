"""Letters that ask whether what is published is still so: drafts, a table, codes, no secret."""

import csv
import datetime as dt
import email
import io
import itertools
import json
from email import policy

import pytest

from bencomune_cli import reply_codes
from bencomune_cli.declare import Audience
from bencomune_cli.entities import Contact, Group, Lab, Organisation
from bencomune_cli.errors import Unreadable
from bencomune_cli.kinds.texts import Line
from days import day

CLOCK = {"SOURCE_DATE_EPOCH": "1793000000"}


@pytest.fixture
def desk(registry, path):
    """Return a registry with a lab that has an office, a group that has a contact, and others."""
    with registry.operation("init"):
        told = {"publisher": "Comune Esempio", "email": "rete@example.org", "verify_every": "12"}
        registry.change(registry.network(), told)
        living = {"state": "active", "activities": "reading_books", "municipality": "000001"}
        office = {"email": "spazio@example.org", "phone": "0382 000000", "wheelchair": "yes"}
        old = {"verified_on": "2019-05-01", "verified_how": "in_person"}
        registry.add(Lab, {"name": "Spazio «Più» Esempio", **living, **office, **old})
        registry.add(Group, {"name": "Gruppo Esempio", **living, "area_served": "comune-esempio"})
        home = {"street": "via Segreta", "number": "7", "seat_public": "no"}
        registry.add(Organisation, {"name": "Ente Esempio", **living, **home})
        registry.add(Lab, {"name": "Spazio recente", **living, "verified_on": day()})
        for record, role in (("spazio-piu-esempio", "press"), ("gruppo-esempio", "coordinator")):
            person = {"person_name": f"Nome Segreto {role}", "email": f"{role}@example.net"}
            registry.add(
                Contact, {"record": record, "role": role, "phone": "0382 777777", **person}
            )
    registry.close()
    return path


def drafts(folder):
    """Return the drafts of a folder by their recipient, as a mail program reads them."""
    found = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in folder.glob("*.eml")
    ]
    assert [defect for each in found for defect in each.defects] == []
    return {each["To"]: each for each in found}


def table(folder):
    """Return the rows of the table by id."""
    text = (folder / "letters.csv").read_text("utf-8")
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text), strict=True)}


def said(letter):
    """Return what a letter says."""
    return letter.get_content().replace("\r\n", "\n")


def all_written(folder):
    """Return every text of a folder, as it is and as a mail program decodes it."""
    for path in sorted(folder.iterdir()):
        yield path.read_bytes().decode("utf-8")
    for each in drafts(folder).values():
        yield each.get_content()
        yield from map(str, each.values())


def test_the_drafts(desk, bencomune):
    """Each record that is due and has an address gets a draft, readable, with its headers."""
    done = bencomune("review", "letters", **CLOCK)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        0,
        "lettere in letters: 3, di cui senza indirizzo: 1",
    )
    found = drafts(desk.parent / "letters")
    assert set(found) == {"spazio@example.org", "coordinator@example.net"}
    letter = found["spazio@example.org"]
    code = letter["Subject"][-9:-1]
    assert letter["Subject"] == (
        f"Rete Esempio: i dati di «Spazio «Più» Esempio» sono ancora giusti? [{code}]"
    )
    assert (letter["From"], letter["X-Unsent"]) == ("Rete Esempio <rete@example.org>", "1")
    assert letter["Date"].datetime == dt.datetime.fromtimestamp(1793000000, dt.UTC)
    assert letter["Message-ID"] == f"<{code.replace('-', '')}.20261026@example.org>"
    assert letter.get_content_type() == "text/plain"
    assert letter["Content-Type"].params["charset"] == "utf-8"
    body = said(letter)
    assert "L'ultima verifica risale a questa data: 1º maggio 2019." in body
    assert "Telefono: +390382000000\n" in body
    assert "Accessibile in carrozzina: Sì\n" in body
    assert "Nome del Comune: Comune Esempio\n" in body
    assert f"il codice {code}" in " ".join(body.split())
    assert "«confermato»" in body
    assert "«chiuso»" in body
    assert body.endswith("\n\nComune Esempio\nRete Esempio\nrete@example.org\n")
    assert "Finora non sono mai stati verificati." in found["coordinator@example.net"].get_content()


def test_the_table(desk, bencomune):
    """The table has every letter, also without an address, with what files show of the record."""
    assert bencomune("review", "letters", "--out", "a").returncode == 0
    rows = table(desk.parent / "a")
    assert {id_: (row["to"], row["name"]) for id_, row in rows.items()} == {
        "spazio-piu-esempio": ("spazio@example.org", "Spazio «Più» Esempio"),
        "gruppo-esempio": ("coordinator@example.net", "Gruppo Esempio"),
        "ente-esempio": ("", "Ente Esempio"),
    }
    assert [rows[id_]["to_kind"] for id_ in rows] == ["office", "contact", ""]
    row = rows["spazio-piu-esempio"]
    assert (row["phone"], row["wheelchair"], row["state"]) == ("+390382000000", "yes", "active")
    assert row["municipality_name"] == "Comune Esempio"
    assert (row["language"], row["body"].startswith("Gentili")) == ("it", True)
    assert reply_codes.told(row["code"]) in row["subject"]
    assert rows["ente-esempio"]["street"] == ""


def test_the_files_are_the_owners_alone(desk, bencomune):
    """Files hold addresses of persons: the folder and each of them are closed to all others."""
    assert bencomune("review", "letters", "--out", "a/b").returncode == 0
    folder = desk.parent / "a" / "b"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_nothing_secret_is_written(desk, other, bencomune):
    """No byte, nor what it decodes to, holds a staff column, a home, or a contact without basis."""
    other.execute("PRAGMA ignore_check_constraints = ON")
    planted = ["via Segreta", "Nome Segreto", "777777", "press@example.net"]
    for entity in (Lab, Group, Organisation):
        for column in entity.columns:
            if column.audience is Audience.STAFF and isinstance(column.kind, Line):
                canary = f"Canarino-{entity.table}-{column.name}"
                other.execute(f"UPDATE {entity.table} SET {column.name} = ?", (canary,))
                planted.append(canary)
    assert len(planted) > 10
    assert bencomune("review", "letters", "--all", "--out", "a").returncode == 0
    folder = desk.parent / "a"
    texts = list(all_written(folder))
    assert len(texts) > 4
    for secret in planted:
        assert [text for text in texts if secret.casefold() in text.casefold()] == []
    held = [path.name for path in folder.iterdir() if b"coordinator@" in path.read_bytes()]
    assert len(held) == 2  # the table and the one draft to it
    assert "coordinator@" not in drafts(folder)["coordinator@example.net"].get_content()


def test_the_same_bytes_twice(desk, bencomune):
    """Under one clock a registry gives the same files; a renamed record keeps its code."""
    for folder in "ab":
        assert bencomune("review", "letters", "--out", folder, **CLOCK).returncode == 0
    both = [
        {path.name: path.read_bytes() for path in (desk.parent / folder).iterdir()}
        for folder in "ab"
    ]
    assert both[0] == both[1]
    before = table(desk.parent / "a")["gruppo-esempio"]["code"]
    assert bencomune("edit", "gruppo-esempio", "name=Altro nome").returncode == 0
    done = bencomune("review", "letters", "--as", "group", "--json", "--out", "c")
    told = json.loads(done.stdout)
    assert [(each["code"], each["name"]) for each in told["letters"]] == [(before, "Altro nome")]


def test_the_language_of_the_network(desk, bencomune):
    """A letter is in the first language of the network, whoever prepares it."""
    assert bencomune("network", "set", "--languages", "en, it").returncode == 0
    assert bencomune("review", "letters", "--out", "a", BENCOMUNE_LANG="it").returncode == 0
    letter = drafts(desk.parent / "a")["spazio@example.org"]
    assert "are the data of “Spazio «Più» Esempio” still right?" in letter["Subject"]
    body = said(letter)
    assert "Wheelchair access: Yes\n" in body
    assert "They were last verified on this date: 1 May 2019." in body
    assert "“confirmed”" in body
    assert table(desk.parent / "a")["spazio-piu-esempio"]["language"] == "en"


def test_which_records(desk, bencomune):
    """Those that are due; with --all also the others; with conditions those that meet them."""

    def asked(*words):
        done = bencomune("review", "letters", "--json", *words)
        return [each["id"] for each in json.loads(done.stdout)["letters"]]

    assert asked("--as", "lab") == ["spazio-piu-esempio"]
    assert asked("--as", "lab", "--all") == ["spazio-piu-esempio", "spazio-recente"]
    assert asked("--where", "phone=") == ["gruppo-esempio", "ente-esempio"]
    assert desk.exists()


@pytest.mark.usefixtures("desk")
def test_without_a_policy(bencomune):
    """A network that does not say how often it verifies is told how to say so."""
    assert bencomune("network", "set", "--verify-every", "").returncode == 0
    done = bencomune("review", "letters")
    assert done.returncode == 2
    assert "bencomune network set --verify-every 12" in done.stderr
    assert bencomune("review", "letters", "--all").returncode == 0


def test_a_network_without_an_address(desk, bencomune):
    """Drafts of a network that has no e-mail have no sender, and it is said."""
    assert bencomune("network", "set", "--email", "").returncode == 0
    done = bencomune("review", "letters")
    assert "le bozze non hanno mittente" in done.stderr
    letter = drafts(desk.parent / "letters")["spazio@example.org"]
    assert (letter["From"], letter["Message-ID"].endswith("@bencomune.invalid>")) == (None, True)


def test_what_is_held_back_has_no_letter(desk, other, bencomune):
    """A record that an error keeps from publication gets no letter, and is named."""
    other.execute("UPDATE labs SET started_on = '2020', ended_on = '2019' WHERE phone IS NOT NULL")
    done = bencomune("review", "letters", "--as", "lab", "--all")
    assert "senza lettera, perché un errore li tiene fuori" in done.stderr
    assert "spazio-piu-esempio" in done.stderr
    assert set(table(desk.parent / "letters")) == {"spazio-recente"}


def test_who_withdrew_is_not_written_to(desk, bencomune):
    """A contact that was withdrawn gets no letter; the record stands in the table without one."""
    done = bencomune("contact", "withdraw", "gruppo-esempio-coordinator")
    assert done.returncode == 0, done.stderr
    assert bencomune("review", "letters").returncode == 0
    assert table(desk.parent / "letters")["gruppo-esempio"]["to"] == ""


def test_a_name_makes_no_header(desk, other, bencomune):
    """What another program wrote into a name or an address adds no header, and no recipient."""
    other.execute("PRAGMA ignore_check_constraints = ON")
    other.execute("UPDATE labs SET name = 'Spazio' || char(13, 10) || 'Bcc: x@example.net'")
    other.execute("UPDATE network SET name = 'Rete' || char(10) || 'Bcc: x@example.net'")
    assert bencomune("review", "letters").returncode == 0
    for letter in drafts(desk.parent / "letters").values():
        assert letter["Bcc"] is None
        assert "Rete Bcc: x@example.net" in letter["Subject"]
    other.execute("UPDATE labs SET email = 'a@example.org, b@example.org'")
    assert bencomune("review", "letters", "--out", "b").returncode == 0
    recipients = {row["to"] for row in table(desk.parent / "b").values()}
    assert recipients == {"coordinator@example.net", ""}


def test_drafts_of_other_times_are_told(desk, bencomune):
    """Drafts that an earlier run left in the folder stay, and are named."""
    assert bencomune("review", "letters").returncode == 0
    assert bencomune("review", "confirm", "gruppo-esempio", "--how", "form").returncode == 0
    done = bencomune("review", "letters")
    assert "restano bozze di altre volte: gruppo-esempio-" in done.stderr
    assert len(list((desk.parent / "letters").glob("*.eml"))) == 2


def test_a_folder_that_cannot_be_made(desk, bencomune):
    """A file that stands where the folder should be is a sentence."""
    (desk.parent / "letters").write_text("")
    done = bencomune("review", "letters")
    assert done.returncode == 2
    assert "letters: esiste già" in done.stderr


CODE = reply_codes.code_of("Rete Esempio", "spazio-esempio")


def test_a_code_is_easy_to_read_aloud():
    """A code has seven letters and digits, none of them I, L, O or U, the same every time."""
    assert reply_codes.code_of("Rete Esempio", "spazio-esempio") == CODE
    codes = {reply_codes.code_of("Rete Esempio", f"spazio-{number}") for number in range(5_000)}
    assert len(codes) > 4_990
    assert {len(code) for code in codes} == {7}
    assert set("".join(codes)) == set(reply_codes.ALPHABET)
    assert reply_codes.code_of("Altra rete", "spazio-esempio") != CODE


def test_any_slip_of_one_character_is_told():
    """Every change of one character, and every two neighbours that change places, is a slip."""
    slips = {
        CODE[:place] + char + CODE[place + 1 :]
        for place, char in itertools.product(range(7), reply_codes.ALPHABET)
    }
    for place in range(6):
        slips.add(CODE[:place] + CODE[place + 1] + CODE[place] + CODE[place + 2 :])
    slips -= {CODE}
    assert len(slips) >= 7 * 31
    for slip in slips:
        with pytest.raises(Unreadable, match="carattere sbagliato"):
            reply_codes.read(slip)


def test_a_code_is_read_as_people_write_it():
    """Case, blanks and hyphens do not matter; O is 0, I and L are 1; another length is no code."""
    told = reply_codes.told(CODE)
    for written in (told.lower(), f" {told[:2]} {told[2:]} ", CODE, f"[{told}]"):
        assert reply_codes.read(written) == CODE
    for number in range(200):
        code = reply_codes.code_of("", str(number))
        assert reply_codes.read(code.replace("0", "o").replace("1", "L")) == code
    for wrong in ("", CODE[:6], CODE + "0", "U" * 7, "è" * 7):
        with pytest.raises(Unreadable, match="di 7 lettere e cifre"):
            reply_codes.read(wrong)
