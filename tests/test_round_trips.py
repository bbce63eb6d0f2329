"""What we write and can read comes back the same: through every format, with nasty texts."""

import shutil
from collections import Counter
from contextlib import closing

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bencomune_cli import bundles, exports, formats
from bencomune_cli.entities import PLACES, Group, Lab
from bencomune_cli.errors import Refused, Unreadable
from bencomune_cli.headings_asked import Asking, agreed
from bencomune_cli.intake import Intake
from bencomune_cli.intake_plan import Wishes
from bencomune_cli.kinds.choices import Listing, Term
from bencomune_cli.kinds.numbers import Integer, YesNo
from bencomune_cli.kinds.texts import Code, Email, Line, Phone, Prose, Reference, Shaped, WebAddress
from bencomune_cli.kinds.times import Day, PartialDate
from bencomune_cli.layers import LAYERS
from bencomune_cli.limits import Limits
from bencomune_cli.outcome import Faulty
from bencomune_cli.registry import Registry
from bencomune_cli.sources import Told, brought
from bencomune_cli.vocabularies import vocabulary
from test_formats import HOSTILE

# Formats that `import` does not take, of all that can be written, and what it calls them.
UNREAD = {"jsonld": "JSON-LD", "umap": "uMap"}
UNREAD |= dict.fromkeys(("html", "pdf"), "non si riconosce che file sia")
READ = sorted({*formats.names(), *bundles.names()} - UNREAD.keys())
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
AREA, PLACE, LAB = "comune-esempio", "000001", "ritrovo"  # what records may refer to
SEEN = {"state": "active", "seat_public": "true"}  # else some of it is not published
MAILS = ["ufficio@example.org", "o'neill+x=1@example.org", "-x@example.org", "è@example.org"]
PHONES = ["02 0000 0000", "+39 0382 000000", "112", "0382 000000 int. 5", "800 000 000"]
SITES = [
    "example.org/?a=1&b",
    "https://example.org/=1+1",
    "http://example.org/è|x",
    "example.org/,;",
]
CODES = ["00296180185", "00000000000", "C_X000", "1E5", "0012"]


def strategy(kind):
    """Return texts of a kind; None of degrees, which stand in twos."""
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
        Email: lambda: st.sampled_from(MAILS),
        Phone: lambda: st.sampled_from(PHONES),
        WebAddress: lambda: st.sampled_from(SITES),
        Code: lambda: st.sampled_from(CODES),
        Shaped: lambda: st.just(PLACE),
        Reference: lambda: st.just(AREA if kind.table == "areas" else LAB),
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
    return st.builds(lambda some, more: {**some, **more}, several, st.one_of(st.just({}), points()))


def points():
    """Return points anywhere on the Earth, most of them where the registry is."""
    near = st.tuples(st.floats(45, 45.3), st.floats(9, 9.3))
    far = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
    told = {"precision": "address", "point_source": "prova"}
    return st.one_of(near, near, far).map(
        lambda point: {"lat": f"{point[0]:.9f}", "lon": f"{point[1]:.9f}", **told}
    )


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
        headings = agreed(
            entity, what, {}, [], Asking(shows=False, asks=False, source=None, ids=registry.ids)
        )
        wishes = Wishes({}, None, what.crs, empty_clears=True, accept_doubles=True)
        plan = Intake(registry, entity, headings, wishes).plan(what.table)
    with closing(plan.outcomes):
        return Counter(each.sort.value for each in plan.outcomes), list(plan.outcomes)


@pytest.fixture(scope="module")
def new(_made, tmp_path_factory):
    """Return the path of a registry with a network, an area and a lab to refer to."""
    path = shutil.copy(_made, tmp_path_factory.mktemp("new") / "registry.db")
    registry = Registry.open(path, "prova", writing=True)
    with closing(registry), registry.operation("test"):
        registry.add(Lab, {"name": "Ritrovo", "state": "active"})
    return path


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


@pytest.mark.parametrize("name", sorted(UNREAD))
def test_a_format_that_is_not_tried_is_none_that_is_read(name, folder, new):
    """What import does not take of what we write is refused as a whole; all else is tried here."""
    path = shutil.copy(new, folder / "registry.db")
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        file, _ = exported(registry, emptied(folder), LAYERS["labs"], name)
        with pytest.raises(Refused) as caught:
            brought_back(registry, file, Lab, None)
    assert UNREAD[name] in caught.value.text.it


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
            count += entity is Lab  # the one that groups refer to
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


@pytest.mark.parametrize("name", READ)
def test_an_id_of_mere_numbers_comes_back(name, folder, new):
    """A record that is called by a number alone is known again, and nobody is asked whose it is."""
    path = shutil.copy(new, folder / "registry.db")
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        assert added(registry, Group, {"name": "00100", "meets_at": "ritrovo"})
        file, part = exported(registry, emptied(folder), LAYERS["groups"], name)
        assert brought_back(registry, file, Group, part)[0] == {"unchanged": 1}


def test_a_street_of_the_record_s_own_name_comes_back(folder, new):
    """Of a map of ours nothing is taken for the name a second time."""
    path = shutil.copy(new, folder / "registry.db")
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        piazza = {"name": "Piazza Esempio", "street": "Piazza Esempio", "municipality": "000001"}
        assert added(registry, Lab, piazza)
        file, part = exported(registry, emptied(folder), LAYERS["labs"], "kml")
        assert brought_back(registry, file, Lab, part)[0] == {"unchanged": 2}
