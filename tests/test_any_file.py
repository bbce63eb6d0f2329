"""Any file, spoilt in any way, through the whole of an import: planned, written, or refused."""

import json
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bencomune_cli.entities import Lab
from bencomune_cli.errors import Refused
from bencomune_cli.headings_asked import Asking, agreed
from bencomune_cli.intake import Intake, carry_out
from bencomune_cli.intake_plan import Wishes
from bencomune_cli.limits import Limits
from bencomune_cli.sources import Told, brought
from bencomune_cli.words import Text
from fuzzing import little_memory, many, mutated, zipped
from mapfiles import blob, collection, feature, gpkg, kml, placemark, wkb
from spreadsheets import ods, xlsx

TABLE = (["Nome", "CAP", "Tel."], ["Spazio Esempio", "27100", "0382 111111"], ["Orto", "184", "-"])
PROPERTIES = {"nome": "Spazio Esempio", "cap": "27100", "tel": "0382 111111"}
CSV = "\n".join(";".join(row) for row in TABLE)
KML = kml(placemark("<name>Spazio Esempio</name><phoneNumber>0382 111111</phoneNumber>")).encode()
VALID = {
    "a.csv": CSV.encode(),
    "b.csv": CSV.encode("utf-16"),
    "a.xlsx": xlsx(*TABLE),
    "a.ods": ods(*TABLE),
    "a.geojson": collection(feature(properties=PROPERTIES), feature(None, {"nome": "B"})).encode(),
    "a.geojsonl": "\n".join(
        json.dumps(feature(properties=each)) for each in (PROPERTIES, {"nome": "Orto"})
    ).encode(),
    "a.kml": KML,
    "a.kmz": zipped({"doc.kml": KML}),
    "a.gpkg": gpkg((blob(wkb()), "Spazio Esempio", 3)),
}
FILES = st.sampled_from(sorted(VALID)).flatmap(
    lambda name: st.tuples(st.just(name), st.just(VALID[name]) | mutated(VALID[name]))
)


class _EnoughError(Exception):
    """Ends an operation that was to write, and is not to have written."""


def carried_out(registry, plan):
    """Write a plan, and take it back: nothing of it stays."""
    with suppress(_EnoughError), registry.operation("import"):
        carry_out(registry, Lab, plan)
        raise _EnoughError


@many(2_000)
@given(file=FILES)
def test_any_file(registry, tmp_path, file):
    """Each row has its outcome, or the file is refused in a sentence; the registry is unchanged."""
    name, content = file
    path = tmp_path / name
    path.write_bytes(content)
    digest, told = registry.store.digest(), Text("letto", "read")
    with little_memory():
        try:
            with brought(str(path), Told(), Limits()) as what:
                headings = agreed(Lab, what, {}, [], Asking(shows=False, asks=False, source="x"))
                plan = Intake(registry, Lab, headings, Wishes()).plan(what.table)
                numbers = [row.number for row in what.table.rows()]
                assert [each.number for each in plan.outcomes] == numbers
                assert Counter(each.sort for each in plan.outcomes) == plan.counts
                carried_out(registry, plan)
                plan.outcomes.close()
        except Refused as refused:
            told = refused.text
    assert all(map(str.strip, told))
    assert registry.store.digest() == digest


def test_files_that_are_as_they_should_be(registry, tmp_path):
    """The files that are spoilt above are, before that, taken whole."""
    for name, content in VALID.items():
        path = tmp_path / name
        path.write_bytes(content)
        with brought(str(path), Told(), Limits()) as what:
            told = {"posti": "seats"} if name == "a.gpkg" else {}
            headings = agreed(Lab, what, told, [], Asking(shows=False, asks=False, source="x"))
            plan = Intake(registry, Lab, headings, Wishes()).plan(what.table)
            assert (plan.good, plan.bad, name) == (len(list(what.table.rows())), 0, name)
            carried_out(registry, plan)
            plan.outcomes.close()


def test_the_bound_on_memory_holds():
    """What takes more than an input may is found."""
    with pytest.raises(AssertionError), little_memory():
        assert len(bytes([1]) * 300_000_000) == 300_000_000
