"""The registry and the files at the top of the repository are those that the program makes."""

import datetime as dt
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bencomune_cli.entities import PLACES
from bencomune_cli.registry import Registry
from bencomune_cli.store import Store

TOP = Path(__file__).parent.parent
EXAMPLE = TOP / "src" / "bencomune_cli" / "examples" / "pavia.json"
CONTENTS = json.loads(EXAMPLE.read_text("utf-8"))


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """Return a copy of the committed registry, whose own file no test opens."""
    path = tmp_path_factory.mktemp("committed") / "registry.db"
    path.write_bytes((TOP / "registry.db").read_bytes())
    path.chmod(0o600)
    return path


@pytest.fixture
def rebuilt(committed, bencomune, tmp_path):
    """Return the folder of the example made again, at the committed one's time and hand."""
    with closing(sqlite3.connect(committed)) as connection:
        at, who = connection.execute("SELECT at, who FROM operations WHERE seq = 1").fetchone()
    epoch = int(dt.datetime.fromisoformat(at).timestamp())
    told = {"SOURCE_DATE_EPOCH": str(epoch), "BENCOMUNE_WHO": who}
    path = tmp_path / "again.db"
    made = bencomune("--registry", path, "init", "--example", "pavia", **told)
    assert made.returncode == 0, made.stderr
    exported = bencomune("--registry", path, "export", "--to", tmp_path / "exports")
    assert exported.returncode == 0, exported.stderr
    return tmp_path


def test_the_committed_registry_is_the_example(committed, rebuilt):
    """The committed registry holds what `init --example pavia` makes: their digests are equal."""
    with (
        closing(Store.open(committed)) as ours,
        closing(Store.open(rebuilt / "again.db")) as again,
    ):
        assert ours.digest() == again.digest()
        assert ours.notices == []


def test_the_committed_exports_are_those_of_the_registry(rebuilt):
    """Every committed file equals, byte for byte, the one that is exported anew."""
    files = {path.name: path.read_bytes() for path in (TOP / "exports").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (rebuilt / "exports").iterdir()}


def test_the_network_is_whole(committed):
    """7 labs, 8 groups, 23 organisations, 12 municipalities; no record has an error."""
    with closing(Registry.open(committed)) as registry:
        counts = [len(list(registry.store.select(entity))) for entity in PLACES]
        assert counts == [7, 8, 23]
        assert len(registry.municipality_names()) == 12
        assert registry.held() == {}


def test_every_fact_has_its_source_and_date(committed):
    """Every record tells where its facts come from and when they were verified."""
    with closing(Registry.open(committed)) as registry:
        for entity in PLACES:
            for place in registry.store.select(entity):
                assert place.source, place.id
                assert place.verified_on, place.id
                assert place.verified_how == "published_source"


def test_no_point_is_made_up(committed):
    """A record has a point only with its source and its precision, as the example gives it."""
    given = {
        record["id"]: (record["lat"], record["lon"])
        for table in ("labs", "groups", "organisations")
        for record in CONTENTS[table]
        if "lat" in record
    }
    with closing(Registry.open(committed)) as registry:
        pointed = [
            place
            for entity in PLACES
            for place in registry.store.select(entity)
            if place.lat is not None
        ]
    assert {place.id for place in pointed} == set(given)
    assert all(place.precision and place.point_source for place in pointed)


def test_no_person_is_in_the_example():
    """The example has no contacts, no telephone numbers and no personal e-mail."""
    assert CONTENTS["contacts"] == []
    for table in ("labs", "groups", "organisations"):
        for record in CONTENTS[table]:
            assert "phone" not in record
            assert "email" not in record
