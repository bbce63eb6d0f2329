"""Whatever is done to a registry, no private value is in any byte that goes out, and all public is.

Every text that is written holds a number of its own. What may go out is told here from the rows
alone, and what is out is looked for by a search of its own: neither asks the program.
"""

import base64
import binascii
import contextlib
import csv
import html
import io
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import unicodedata
import urllib.parse
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bencomune_cli import bundles, exports, formats, unions
from bencomune_cli.declare import Audience
from bencomune_cli.entities import PLACES, Contact, Group, Organisation, Relation
from bencomune_cli.errors import Refused
from bencomune_cli.kinds.texts import Line, Prose
from bencomune_cli.layers import LAYERS
from bencomune_cli.outcome import Faulty
from bencomune_cli.publishing import Plan, published
from bencomune_cli.registry import Registry
from days import day
from test_leaks import WRITTEN
from test_safety import Run

SEQUENCES, PARTS, STEPS = 200, 4, 8
BASES = ["none", "consent", "public_office"]
STAFF = {
    *("notes", "hidden_reason", "source_id", "point_as_given"),  # of places
    "evidence",  # of contacts
}
MASKED = {"street", "address_note", "point_source"}
PUBLIC = {"name", "summary", "description", "opening_note", "alt_names"}
TABLES = {entity.table: entity for entity in PLACES}
TURNS = [name for name in (*formats.names(), *bundles.names()) if name != "csv"]
EACH = 3  # formats of a sequence besides CSV, each in its turn


# The search


SIGN = re.compile(r"zqxcanari(\d{5})")
PHONE = re.compile(r"03829(\d{5})")


def marked(number):
    """Return a text that holds a number."""
    return f"Prova Zqxcanari{number:05}è"


def found(data):
    """Return the numbers that stand in some bytes, however they are written or packed."""
    numbers = set()
    for part in parts(data):
        text = part.replace(b"\0", b"").decode("utf-8", "ignore")  # UTF-16 too, either end first
        for each in {text, undone(text)}:
            numbers |= set(map(int, SIGN.findall(plain(each))))
            numbers |= set(map(int, PHONE.findall(re.sub(r"[\s./()-]", "", each))))
    return numbers


def plain(text):
    """Return a text without case, accents, blanks and what is not seen."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return re.sub(r"[\s\u00ad\u200b-\u200f\u2060]", "", text).casefold()


def undone(text):
    """Return a text with the escapes of HTML, JSON and addresses undone, also one in another."""
    for _ in range(3):
        before = text
        text = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
        text = urllib.parse.unquote(html.unescape(text), errors="ignore")
        if text == before:
            break
    return text


def parts(data):
    """Yield some bytes, and all that is packed in them."""
    # Where objects stand in a PDF (ISO 32000-1, 7.5.4) is ten digits each, which are no telephone.
    yield re.sub(rb"\nxref\n[\d\sfn]+trailer", b"", data) if data.startswith(b"%PDF") else data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from parts(archive.read(name))
    if data.startswith(b"%PDF"):
        done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
        yield done.stdout
        for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(packed)
    for start in re.finditer(rb"\x1f\x8b\x08", data):
        with contextlib.suppress(zlib.error):
            yield from parts(zlib.decompressobj(31).decompress(data[start.start() :]))
    lines = re.sub(rb"(?<=[A-Za-z0-9+/])\r?\n(?=[A-Za-z0-9+/=])", b"", data)
    for run in re.findall(rb"[A-Za-z0-9+/_-]{20,}", lines):
        for offset in range(4):
            piece = run[offset:].translate(bytes.maketrans(b"-_", b"+/"))
            yield base64.b64decode(piece[: len(piece) // 4 * 4])
    for run in re.findall(rb"[0-9a-fA-F]{20,}", data):
        for offset in range(2):
            yield binascii.unhexlify(run[offset:][: (len(run) - offset) // 2 * 2])


WAYS = {
    **WRITTEN,
    "digits": lambda text: b"<a>0382/9 " + text[15:20].encode() + b"</a>",
    "SQLite": lambda text: b"\x00\x17" + text.encode() + b"\xff",
    "base64 at another place": lambda text: base64.b64encode(b"xy" + text.encode()),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_search_sees_every_way_of_writing(way):
    """A number is found in every encoding, escape and container, and none where there is none."""
    before = b"" if way.startswith("ZIP") else b"<a>"
    assert found(before + WAYS[way](marked(42))) == {42}
    assert found(before + WAYS[way]("Un altro testo")) == set()


def test_every_column_of_words_is_one_of_those_here():
    """A new column of words of a place or contact has to be told here, to be tried."""
    for entity in (*PLACES, Contact):
        words = {c.name: c for c in entity.columns if type(c.item) in {Line, Prose}}
        staff = {name for name, column in words.items() if column.audience is Audience.STAFF}
        assert staff <= STAFF, entity.table
        if entity in PLACES:
            masked = {n for n, column in words.items() if column.audience is Audience.MASKED}
            assert masked - MASKED == {"number", "postcode"}


# What may go out, told from the rows


def rows_of(path):
    """Return the rows of the tables of records, by table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = (*TABLES, "contacts", "relations")
        return {t: list(map(dict, connection.execute(f"SELECT * FROM {t}"))) for t in tables}


def is_masked(table, row):
    """Tell whether an address may be a home."""
    seat = row.get("seat_public") or row.get("legal_form") == "municipality"
    return row["precision"] == "masked" or (table == "organisations" and not seat)


def has_basis(row):
    """Tell whether a contact may go out today."""
    good = row["basis"] == "public_office" or (
        row["basis"] in {"consent", "act"} and row["evidence"] and row["given_on"]
    )
    dates = (row["given_on"] or "") <= day() <= (row["expires_on"] or "9")
    return (
        good
        and dates
        and (row["withdrawn_on"] or "9") > day()
        and "open_data" in (row["scope"] or "")
    )


def may_go_out(path, held):
    """Return the numbers that may go out now, and the points that may not."""
    rows = rows_of(path)
    numbers, points, shown = set(), set(), set()
    for table in TABLES:
        for row in rows[table]:
            public = row["state"] in {"active", "paused", "closed"} and row["id"] not in held
            if not public or row["hidden"] or row["removed"]:
                points.add(row["lat"])
                continue
            shown.add(row["id"])
            masked = is_masked(table, row)
            points |= {row["lat"]} if masked else set()
            columns = {"id"} | PUBLIC | (set() if masked else MASKED)
            numbers |= found(" ".join(str(row[name]) for name in columns).encode())
    for row in rows["contacts"]:
        if row["record"] in shown and has_basis(row):
            told = (str(row[name]) for name in ("person_name", "email", "phone"))
            numbers |= found(" ".join(told).encode())
    for row in rows["relations"]:
        if row["public"] and {row["subject"], row["object"]} <= shown and row["id"] not in held:
            numbers |= found(str(row["act_number"]).encode())
    return numbers, points - {None}


# What is done


class Town(RuleBasedStateMachine):
    """A registry to which anything is done that people do to it."""

    made: Path
    turn = 0
    seen = 0
    places = Bundle("places")

    @initialize(target=places)
    def opened(self):
        """Begin with a group that is shown, an organisation at somebody's home, and a person."""
        self.folder = Path(tempfile.mkdtemp(dir=Town.made.parent))
        self.path = Path(shutil.copy(Town.made, self.folder / "registry.db"))
        self.registry = Registry.open(self.path, "prova", writing=True)
        self.last = 0
        Town.turn += 1
        plain = {"state": "active", "hidden": "no", "precision": "address"}
        group, organisation = (self.added(entity, plain) for entity in (Group, Organisation))
        self.adds_a_contact(group, "public_office")
        self.relates(organisation, group, "no")
        return multiple(group, organisation)

    def added(self, entity, told):
        """Return the id of a new record with a number of its own in each column of words."""
        texts = {name: self.text() for name in (*PUBLIC, *MASKED, *STAFF) if entity.has(name)}
        texts |= {"area_served": "comune-esempio", **told, **self.point()}
        with self.registry.operation("test", self.text()):
            return self.registry.add(entity, texts).record.id

    def text(self):
        """Return a text with a number that was never used."""
        self.last += 1
        return marked(self.last)

    def point(self):
        """Return a point that nothing else has."""
        self.last += 1
        decimals = self.last**2 * 7919 % 99_989  # no point is in the middle of others
        return {"lat": f"45.1{decimals:05}", "lon": "9.1", "point_source": self.text()}

    def telephone(self):
        """Return a telephone number that nothing else has."""
        self.last += 1
        return f"0382 9{self.last:05}"

    @contextlib.contextmanager
    def written(self):
        """Write in one operation; what rules refuse is not written."""
        with contextlib.suppress(Faulty, Refused), self.registry.operation("test", self.text()):
            yield

    def change(self, id_, **texts):
        """Write new values of a record that is still there."""
        with self.written():
            self.registry.change(self.registry.finder.any_place(id_), texts)

    @rule(
        target=places,
        entity=st.sampled_from(PLACES),
        state=st.sampled_from(["active", "active", "paused", "proposed"]),
        precision=st.sampled_from(["address", "masked"]),
        hidden=st.sampled_from(["no", "no", "yes"]),
    )
    def adds(self, entity, state, precision, hidden):
        """Add a record, shown or not; not so where what it refers to was undone."""
        with contextlib.suppress(Faulty):
            told = {"state": state, "precision": precision, "hidden": hidden}
            return self.added(entity, told)
        return multiple()

    @rule(place=places, basis=st.sampled_from(BASES))
    def adds_a_contact(self, place, basis):
        """Add a person, with or without a basis."""
        texts = {"record": place, "role": "press", "basis": basis, "scope": "open_data"}
        texts |= {"person_name": self.text(), "evidence": self.text(), "phone": self.telephone()}
        texts |= {"email": f"zqxcanari{self.last:05}@example.org", "given_on": "2020-01-01"}
        with self.written():
            self.registry.add(Contact, texts)

    @rule(
        number=st.integers(0, 3),
        how=st.sampled_from(["withdrawn", "consent", "expired", "web only"]),
    )
    def decides(self, number, how):
        """A person consents, withdraws, or consents to something else; or time goes by."""
        texts = {
            "withdrawn": {"withdrawn_on": day()},
            "consent": {"basis": "consent", "evidence": self.text(), "given_on": "2020-01-01"},
            "expired": {"expires_on": "2021-01-01"},
            "web only": {"scope": "web"},
        }[how]
        with self.written():
            for contact in list(self.registry.store.select(Contact))[number : number + 1]:
                self.registry.change(contact, texts)

    @rule(place=places, name=st.sampled_from(sorted(PUBLIC | MASKED | {"notes"})))
    def edits(self, place, name):
        """Write something new, so that what was there is history."""
        self.change(place, **{name: self.text()})

    @rule(
        place=places,
        texts=st.sampled_from(
            [
                {"hidden": "yes"},
                {"hidden": "no"},
                {"state": "proposed"},
                {"state": "active"},
                {"precision": "masked"},
                {"precision": "address"},
            ]
        ),
    )
    def shows_or_hides(self, place, texts):
        """Hide a record or its address, or show it."""
        self.change(place, **texts)

    @rule(place=places)
    def takes_out_or_puts_back(self, place):
        """Take a record out of the registry, or put it back."""
        with self.written():
            record = self.registry.finder.any_place(place)
            self.registry.set_removed(record, removed=not record.removed)

    @rule(one=places, other=places, public=st.sampled_from(["yes", "no"]))
    def relates(self, one, other, public):
        """Tell what one record is to another, by an act, perhaps for the staff alone."""
        ends = {"subject": one, "role": "partner_of", "object": other, "public": public}
        with self.written():
            self.registry.add(Relation, ends | {"act_number": self.text()})

    @rule(one=consumes(places), into=places)
    def merges(self, one, into):
        """Make one record part of another."""
        with self.written():
            place, other = map(self.registry.finder.any_place, (one, into))
            unions.expect_two(place, other)
            unions.merge(self.registry, place, other, set())

    @rule(steps=st.lists(st.booleans(), min_size=1, max_size=3))
    def goes_back_or_on(self, steps):
        """Undo and repeat operations."""
        for back in steps:
            with contextlib.suppress(Refused):
                self.registry.undo() if back else self.registry.redo()

    @precondition(lambda self: self.last % 4 == 0)  # it takes as long as ten of the others
    @rule(hidden=st.booleans())
    def imports(self, hidden):
        """Bring a table with notes of the staff and a column that the registry does not have."""
        table = self.folder / "elenco.csv"
        header = ["Nome", "Note interne", "Stato", "Nascosto", "Colonna di altri"]
        row = [self.text(), self.text(), "active", "sì" if hidden else "no", self.text()]
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, row])
        words = ("--apply", "--accept-duplicates", "--ignore", header[-1])
        self.runs("import", "--as", "lab", *words, table)

    @precondition(lambda self: self.last % 2 == 0)
    @rule(number=st.integers(0, 3))
    def forgets(self, number):
        """Erase a person's data for good."""
        for contact in list(self.registry.store.select(Contact))[number : number + 1]:
            self.runs("forget", "--contact", contact.id, "--why", self.text(), "--yes")
            kept = found(self.path.read_bytes())
            assert kept.isdisjoint(found(f"{contact.person_name} {contact.phone}".encode()))

    def runs(self, *words):
        """Run a command, which opens the registry itself."""
        self.registry.close()
        run(self.path, *words)
        self.registry = Registry.open(self.path, "prova", writing=True)

    def teardown(self):
        """Look at all that goes out: nothing private is there, and all that is public."""
        if not hasattr(self, "registry"):
            return
        try:
            expect_no_leak(self.registry, self.folder, Town.turn)
            Town.seen += self.last
        finally:
            self.registry.close()
            shutil.rmtree(self.folder)


def run(path, *words):
    """Run a command in this process; return its standard output: the rest is for who runs it."""
    done = Run("--registry", str(path), "--no-input", *map(str, words))
    assert done.code in {0, 1}, done.err
    return done.out


def expect_no_leak(registry, folder, turn):
    """Fail where a number that may not go out is in a file, or one that may is not."""
    dataset, held = registry.dataset()
    with closing(dataset):
        wanted = ["csv", *((TURNS * 2)[turn * EACH % len(TURNS) :][:EACH])]
        exports.write_folder(dataset, folder / "out", list(LAYERS.values()), wanted)
    if turn % 6 == 0:
        plan = Plan(folder / "public", list(LAYERS.values()), ["csv"])
        assert published(registry, plan).leaks == []
        assert published(registry, plan).code == 10
    if turn % 10 == 0:
        told = run(registry.store.path, "export", "network", "--format", "kml", "--to", "-")
        (folder / "out" / "standard output").write_text(told, "utf-8")
    allowed, points = may_go_out(registry.store.path, held)
    told = dict.fromkeys(wanted, frozenset())
    for file in (*folder.glob("out/*"), *folder.glob("public/*")):
        data = file.read_bytes()
        numbers = found(data + file.name.encode())
        assert numbers <= allowed, (file.name, numbers - allowed)
        for lat in points:
            assert not re.search(written_as(lat), data), (file.name, lat)
            assert struct.pack("<d", lat) not in data, (file.name, lat)
        if file.parent.name == "out":
            told |= {name: told[name] | numbers for name in wanted if is_of(file, name)}
    for name in wanted:
        assert told[name] >= allowed or name not in formats.names(), (name, allowed - told[name])
        assert told[name] or not allowed, name


def written_as(degrees):
    """Return a pattern of a coordinate to the five or six decimals that formats write."""
    signs = f"{degrees:.6f}|{degrees:.5f}(?![0-9])"
    return signs.replace(".", "[.,]").encode()


def is_of(file, name):
    """Tell whether a file is of a format."""
    kind = formats if name in formats.names() else bundles
    return file.name.partition(".")[2] == kind.load(name).FORMAT.extension


@pytest.fixture
def empty(_made, tmp_path):
    """Return the path of a registry without records."""
    return Path(shutil.copy(_made, tmp_path))


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_private_ever_goes_out(empty, part):
    """Through adding, edits, consent, import, merge, undo: no private value in any public byte."""
    Town.made, Town.turn, Town.seen = empty, part, 0
    run_state_machine_as_test(
        seed(part)(type("Part", (Town,), {})),
        settings=settings(
            max_examples=SEQUENCES // PARTS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Town.turn - part >= SEQUENCES // PARTS
    assert Town.seen > 30 * SEQUENCES // PARTS
