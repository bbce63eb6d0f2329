"""What no format can say, and what cannot be asked for: a sentence, exit code 2, and no file."""

import json
import re
from contextlib import closing
from dataclasses import replace

import pytest

from bencomune_cli import bundles, exports, formats
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import Area, Lab, Network, Organisation, Relation
from bencomune_cli.errors import Refused
from bencomune_cli.registry import Registry
from bencomune_cli.tables import names_of

ALL = [*formats.names(), *bundles.names()]
LONG_ID = "x" * 120
POINT = {"precision": "address", "point_source": "prova"}


def nasty(registry):
    """Fill a registry with the most that it takes: lengths, dates, points, areas, lists."""
    first = registry.add(Area, {"name": "Area", "area_kind": "neighbourhood"}).record.to_row()
    rows = [first | {"id": f"area-{number}"} for number in range(1_000)]
    registry.store.connection.executemany(
        f"INSERT INTO areas ({', '.join(first)}) VALUES (:{', :'.join(first)})",
        rows,
    )
    served = ", ".join(row["id"] for row in rows)
    texts = {"state": "active", "area_served": served, "neighbourhood": "area-5"}
    dates = {"started_on": "1850-01-02", "ended_on": "1900-02-28", "verified_on": "0001-01-01"}
    registry.add(Lab, {"name": "Esempio", "description": "à" * 20_000, **texts, **dates})
    many = {"alt_names": " | ".join(f"n{number}" for number in range(2_500))}
    registry.add(Lab, {"name": "Molti", "state": "active", **many})
    registry.add(Lab, {"name": LONG_ID, "state": "active"})
    registry.add(Lab, {"name": LONG_ID, "state": "active"})
    for number, (lat, lon) in enumerate((("90", "0"), ("-90", "180"), ("0", "-180"))):
        point = {"name": f"Polo {number}", "lat": lat, "lon": lon, **POINT}
        registry.add(Lab, {"state": "active", **point})


@pytest.fixture
def made(path):
    """Return a function that makes a registry, with a network and what a function adds."""

    def make(fill=None, *, network=True):
        registry = Registry.create(path, "prova")
        with registry.operation("test"):
            if network:
                registry.add(Network, {"name": "Rete Esempio"})
            if fill:
                fill(registry)
        registry.close()

    return make


@pytest.mark.parametrize(("fill", "network"), [(nasty, True), (None, True), (None, False)])
def test_the_most_that_a_registry_takes_is_written_in_every_format(made, bencomune, fill, network):
    """The longest texts and ids, old dates, the poles, no record, no network: all is written."""
    made(fill, network=network)
    asked = [option for name in ALL for option in ("-f", name)]
    done = bencomune("export", *asked, "--to", "out", "--json")
    assert done.returncode == 0, done.stderr
    told = {file["name"] for file in json.loads(done.stdout)["files"]}
    of_layers = [formats.load(name).FORMAT.extension for name in formats.names()]
    whole = [bundles.load(name).FORMAT for name in bundles.names()]
    assert {f"{each.name}.{end}" for each in exports.layers([]) for end in of_layers} <= told
    assert {f"{each.stem}.{each.extension}" for each in whole} <= told
    assert "non pubblicato" not in done.stderr


@pytest.mark.parametrize("name", ["excel", "xlsx"])
def test_a_text_that_no_cell_holds_is_told_with_its_record(made, bencomune, path, name):
    """A text of 20,000 signs of two units each is refused where it is; the folder is not made."""
    made(lambda r: r.add(Lab, {"name": "Esempio", "state": "active", "description": "🐤" * 20_000}))
    done = bencomune("export", "-f", "csv", "-f", name, "--to", "new/out")
    assert done.returncode == 2
    assert "esempio, colonna description" in done.stderr
    assert "accorciarlo" in done.stderr
    assert not (path.parent / "new").exists()


def numbered(count):
    """Return what fills a registry with so many labs."""
    rows = ((f"x-{number}", f"Esempio {number}", "active", 1) for number in range(count))
    names = ("id", "name", "state", "version")

    def fill(registry):
        registry.store.insert_many(
            Lab,
            (tuple(map(dict(zip(names, row, strict=True)).get, names_of(Lab))) for row in rows),
        )

    return fill


def test_more_than_can_be_printed_is_refused(made, bencomune, path):
    """A directory that would take all memory is refused before a file is begun; a part is made."""
    most = bundles.load("pdf").FORMAT.most_records
    made(numbered(most + 1))
    done = bencomune("export", "labs", "-f", "csv", "-f", "pdf", "--to", "out")
    assert done.returncode == 2
    assert f"{most + 1} record, e può contenerne al massimo {most}" in done.stderr
    assert "--where" in done.stderr
    assert not (path.parent / "out").exists()
    done = bencomune("export", "labs", "-f", "pdf", "--to", "-")
    assert (done.returncode, done.stdout) == (2, "")
    part = ("--where", "name=Esempio 7", "--to", "out")
    assert bencomune("export", "labs", "-f", "pdf", *part).returncode == 0


def bearing(monkeypatch, name, count):
    """Let a format bear so many records."""
    module = bundles.load(name)
    monkeypatch.setattr(module, "FORMAT", replace(module.FORMAT, most_records=count))


@pytest.mark.parametrize(
    "name", [each for each in bundles.names() if bundles.load(each).FORMAT.most_records]
)
def test_as_many_places_as_a_format_bears_are_taken(made, path, monkeypatch, name):
    """A relation is no place; one place more is refused, in both languages, with what to do."""

    def fill(registry):
        numbered(3)(registry)
        registry.add(Organisation, {"name": "Ente", "state": "active"}, "ente")
        registry.add(Relation, {"subject": "ente", "role": "hosts", "object": "x-1"})

    made(fill)
    with closing(Dataset(path)) as dataset:
        bearing(monkeypatch, name, 4)
        exports.expect_bearable(dataset, exports.layers([]), ["csv", name])
        bearing(monkeypatch, name, 3)
        exports.expect_bearable(dataset, exports.layers([]), ["csv"])
        with pytest.raises(Refused) as caught:
            exports.expect_bearable(dataset, exports.layers([]), ["csv", name])
    assert all("--where" in said and re.search(r"\b3\b", said) for said in caught.value.text)
    assert all(said.endswith(name) for said in caught.value.text)


def test_files_of_before_stay_where_an_export_is_refused(made, bencomune, path):
    """What is refused changes no file that is there, and leaves none beside them."""
    made(lambda r: r.add(Lab, {"name": "Esempio", "state": "active"}))
    assert bencomune("export", "--for", "excel", "--to", "out").returncode == 0
    before = {file: file.read_bytes() for file in (path.parent / "out").iterdir()}
    assert bencomune("lab", "edit", "esempio", "--description", "🐤" * 20_000).returncode == 0
    assert bencomune("export", "--for", "excel", "-f", "csv", "--to", "out").returncode == 2
    assert {file: file.read_bytes() for file in (path.parent / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("-f", "nope"), "«nope» non esiste; ci sono: csv"),
        (("--for", "nope"), "«nope»: serve qgis"),
        (("-f", "csv", "--crs", "EPSG:99999"), "sconosciuto: EPSG:99999"),
        (("-f", "csv", "--crs", "EPSG:3857"), "polo-0, colonna lat, lon: il punto"),
        (("-f", "jsonld", "--crs", "EPSG:3003"), "sempre in WGS 84: JSON-LD"),
        (("-f", "csv", "--as-of", "1999"), "il registro è cominciato dopo"),
        (("nope",), "«nope» non si può esportare"),
    ],
)
def test_what_cannot_be_asked_for_is_told(made, bencomune, path, asked, said):
    """An unknown format, purpose or system, or one that cannot be reached, makes no folder."""
    pole = {"name": "Polo 0", "state": "active", "lat": "90", "lon": "0", **POINT}
    made(lambda r: r.add(Lab, pole))
    done = bencomune("export", *asked, "--to", "out")
    assert done.returncode == 2
    assert said in done.stderr
    assert not (path.parent / "out").exists()
