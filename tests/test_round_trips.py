"""What we write and can read comes back the same: through every format, with nasty texts."""

import shutil
from collections import Counter
from contextlib import closing

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bencomune_cli import bundles, exports, formats
from bencomune_cli.entities import PLACES
from bencomune_cli.errors import Unreadable
from bencomune_cli.headings_asked import Asking, agreed
from bencomune_cli.intake import Intake
from bencomune_cli.intake_plan import Wishes
from bencomune_cli.kinds.choices import Listing, Term
from bencomune_cli.kinds.numbers import Integer, YesNo
from bencomune_cli.kinds.texts import Line, Prose
from bencomune_cli.kinds.times import Day, PartialDate
from bencomune_cli.layers import LAYERS
from bencomune_cli.limits import Limits
from bencomune_cli.outcome import Faulty
from bencomune_cli.registry import Registry
from bencomune_cli.sources import Told, brought
from bencomune_cli.vocabularies import vocabulary
from test_formats import HOSTILE

# Formats that `import` takes, of all that can be written.
READ = ("csv", "excel", "geojson", "geojsons", "gpkg", "kml", "xlsx")
TAKEN_FOR_OTHERS = [
    *("00100", "0382 1234", "3/5", "1-2", "2019-09", "1E5", "1,5", "12:30", "maggio 2019", "vero"),
    *(
        "TRUE",
        "1 maggio",
        "'",
        "''=1",
        "'00100",
        "=1+1",
        "@x",
        "-1+1",
        "_x0041_",
        "_x000D_",
        "#N/A",
    ),
    *("nan", "null", "None", "%", "€ 5", "(5)", ".5", "１２", "a;b,c\td", '"', "\\N", "<", "&#10;"),
]
NASTY = [*HOSTILE, *TAKEN_FOR_OTHERS]
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    st.text("'=+-@\t 0123456789.,;:|/\"a\n", min_size=1, max_size=12),
)
PHASES = (Phase.explicit, Phase.generate)  # a shorter case would take minutes to be found
MENDED = {"opening_hours"}  # what is no standard expression is moved to the note by an import
POINTS = {"lat": "45.1234565", "lon": "9.12", "precision": "address", "point_source": "prova"}
SEEN = {"state": "active", "seat_public": "true"}  # else some of it is not published
SINGLE = {"email": "ufficio@example.org", "phone": "02 0000 0000", "website": "example.org/?a=1&b"}


def strategy(kind):
    """Return texts of a kind that has many; None of one that tells addresses or codes."""
    if isinstance(kind, Listing):
        item = strategy(kind.item)
        several = item is not None and st.lists(item, min_size=1, max_size=3)
        return several.map(kind.separator.join) if several is not False else None
    makers = {
        Term: lambda: st.sampled_from(list(vocabulary(kind.name))),
        Integer: lambda: st.integers(0, 999).map(str),
        YesNo: lambda: st.sampled_from(["true", "false"]),
        Day: lambda: st.dates().map(str),
        PartialDate: lambda: st.sampled_from(["1899", "2019-09", "2019-09-28", "1890-01-02"]),
        Line: lambda: texts,
        Prose: lambda: texts,
    }
    make = makers.get(type(kind))
    return make() if make else None


def values_of(entity):
    """Return values of the public columns that a person writes: some of them, as texts."""
    known = {
        column.name: found
        for column in entity.columns
        if column.published and not column.automatic and column.name not in MENDED
        for found in [strategy(column.kind)]
        if found is not None
    }
    several = st.fixed_dictionaries({}, optional=known)
    given_ones = st.sampled_from([{}, POINTS, SINGLE, POINTS | SINGLE])
    return st.builds(lambda some, more: {**some, **more}, several, given_ones)


def readable(entity, values):
    """Return the values that their kinds read."""
    good = {}
    for name, text in values.items():
        try:
            good[name] = text if entity.column(name).kind.read(text) not in (None, (), "") else ""
        except Unreadable:
            good[name] = ""
    return {name: text for name, text in good.items() if text}


def added(registry, entity, values):
    """Add a record of what the rules take of some values; tell whether there is one."""
    wanted = {"name": "Esempio", **readable(entity, values), **SEEN}
    wanted = {name: text for name, text in wanted.items() if entity.has(name)}
    for _ in range(len(wanted)):
        try:
            with registry.operation("test"):
                return registry.add(entity, wanted)
        except Faulty as faulty:
            wrong = {f.column for f in faulty.findings if f.severity.value == "error"}
            wanted = {name: text for name, text in wanted.items() if name not in wrong - {"name"}}
            if "name" in wrong:
                wanted["name"] = "Esempio"
    return None


def exported(registry, folder, layer, name):
    """Return the file of a layer in a format, and the sheet of it that holds the layer."""
    dataset, held = registry.dataset()
    assert held == {}
    with closing(dataset):
        written, *_ = exports.write_folder(dataset, folder, [layer], [name])
        label = layer.label.said_in(dataset.language)
    return folder / written.name, label if name == "xlsx" else None


def brought_back(registry, file, entity, part):
    """Return what an import of a file would do: how many records of each sort, and the rows."""
    with brought(str(file), Told(None, None, None, part, None), Limits({})) as what:
        headings = agreed(entity, what, {}, [], Asking(shows=False, asks=False, source=None))
        wishes = Wishes({}, None, what.crs, empty_clears=True, accept_doubles=True)
        plan = Intake(registry, entity, headings, wishes).plan(what.table)
    with closing(plan.outcomes):
        return Counter(each.sort.value for each in plan.outcomes), list(plan.outcomes)


@pytest.fixture(scope="module")
def new(_made):
    """Return the path of a registry with nothing but a network."""
    return _made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder for the files of this module."""
    return tmp_path_factory.mktemp("trips")


def without_html(values):
    """Return values without what is a sign of HTML."""
    return {name: text.replace("&", "e").replace("<", "(") for name, text in values.items()}


def emptied(folder):
    """Return an empty folder, the same each time."""
    shutil.rmtree(folder / "files", ignore_errors=True)
    return folder / "files"


def test_every_format_is_tried_that_is_written_and_read():
    """A new format that both can be written and is recognised is tried here."""
    assert set(READ) <= {*formats.names(), *bundles.names()}


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("entity", PLACES)
def test_what_is_exported_and_imported_changes_nothing(name, entity, folder, new):
    """Whatever the rules take, in whatever columns, comes back as it is, and nothing is missing."""

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=PHASES,
    )
    @given(st.lists(values_of(entity), min_size=2, max_size=4))
    def tried(records):
        path = shutil.copy(new, folder / "registry.db")
        with closing(Registry.open(path, "prova", writing=True)) as registry:
            if name == "kml":  # read as HTML, as it says
                records = [without_html(values) for values in records]
            count = sum(added(registry, entity, values) is not None for values in records)
            file, part = exported(registry, emptied(folder), LAYERS[entity.table], name)
            if not count:
                return
            counts, rows = brought_back(registry, file, entity, part)
            assert counts == {"unchanged": count}, [
                (row.sort, row.deltas, row.findings)
                for row in rows
                if row.sort.value != "unchanged"
            ]

    tried()
