"""uMap: what it makes itself, run by node, of our files and of the map that it imports."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import threading
from collections import Counter
from contextlib import closing
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest

from bencomune_cli import bundles, exports
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import Area, Group, Lab, Organisation, Relation
from bencomune_cli.errors import Refused
from bencomune_cli.extracts import WHOLE, Extract
from bencomune_cli.layers import LAYERS
from bencomune_cli.registry import Registry
from bencomune_cli.umap_texts import inert, web
from bencomune_cli.vocabularies import vocabulary
from test_formats import HOSTILE, guarded, stored_texts

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / ".programs"
READS = Path(__file__).parent / "umap_reads.mjs"
NASTY = [
    *HOSTILE,
    '{name} {rank} {description} {a|"b"} {lat}',
    "{{https://example.org/a.png}} {{{https://example.org|100*20}}} {{x}}",
    "[[https://example.org|qui]] [[javascript:alert(1)|qui]] [[#]]",
    "**grassetto** *corsivo*\n# titolo\n## due\n* voce\n** voce\n---\n-- fine",
    "h_t_t_p://example.org h_t_t_ps",
    '<img src=x onerror="alert(1)"> <iframe src="https://example.org"></iframe> <a href=x>y</a>',
    "&#42;&#123; &lbrace;name&rbrace; &amp;lt;",
]
SHOWN = {"labs": "Laboratori", "groups": "Gruppi", "organisations": "Organizzazioni"}
TAGS = {"div", "h4", "strong", "a"}  # of a popup


@pytest.fixture(scope="module")
def path(_made, tmp_path_factory):
    """Return the path of a registry with a record for each nasty text, and some without a door."""
    path = shutil.copy(_made, tmp_path_factory.mktemp("umap") / "registry.db")
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        with registry.operation("test"):
            box = {"west": "9.1", "south": "45.1", "east": "9.12", "north": "45.14"}
            part = {"area_kind": "neighbourhood", "part_of": "000001"}
            registry.add(Area, {"name": "Quartiere, così", **part, **box})
            registry.change(registry.network(), {"publisher": "Ufficio *Beni* {comuni}"})
            for number, _ in enumerate(NASTY):
                point = {"lat": f"45.1{number:03}5", "lon": "9.11", "precision": "address"}
                told = {"activities": "reading_books, sport_play", "postcode": "00100"}
                texts = {"name": f"Esempio {number}", "state": "active", "seats": "12"}
                registry.add(Lab, {**texts, **told, **point})
            town = {"municipality": "Comune Esempio"}
            group = {"state": "active", "activities": "sport_play", "open_to_new_members": "yes"}
            near = {"neighbourhood": "quartiere-cosi"}
            registry.add(Group, {"name": "Nel Quartiere", **group, **near, **town})
            registry.add(Group, {"name": "Che Serve", **group, "area_served": "quartiere-cosi"})
            registry.add(Group, {"name": "Ospite", **group, "meets_at": "esempio-0", **town})
            registry.add(Organisation, {"name": "Nel Comune", "state": "active", **town})
            registry.add(Organisation, {"name": "In Nessun Luogo", "state": "closed"})
            links = {"website": "https://example.org/a_b?c=*d*", "email": "rete@example.org"}
            seat = {"lat": "45.2", "lon": "9.2", "phone": "02 0000 0000"}
            registry.add(
                Organisation, {"name": "Terzo Esempio", "state": "active", **seat, **links}
            )
            ends = {"subject": "terzo-esempio", "role": "coordinates", "object": "esempio-0"}
            registry.add(Relation, ends)
        for number, text in enumerate(NASTY):
            line = re.sub(r"\s", " ", text)
            told = {"description": text, "summary": line, "name": line}
            stored_texts(registry, f"esempio-{number}", **told)
    return path


def write(path, folder, files_url=None):
    """Write the files that uMap reads, as export does; return their folder."""
    with closing(Registry.open(path, "prova", writing=True)) as registry:
        with registry.operation("test"):
            registry.change(registry.network(), {"files_url": files_url or ""})
        with closing(registry.opened([], WHOLE)) as dataset:
            names = ["geojson", "csv", "kml", "umap"]
            exports.write_folder(dataset, folder, exports.layers([]), names)
    return folder


@pytest.fixture(scope="module")
def folder(path, tmp_path_factory):
    """Return a folder with the files of that registry."""
    return write(path, tmp_path_factory.mktemp("files"))


def by_umap(*files, **environment):
    """Return what uMap makes of files."""
    if not (PROGRAMS / "umap").is_dir() or not shutil.which("node"):
        if os.environ.get("BENCOMUNE_TESTS_NEED_PROGRAMS"):
            pytest.fail("uMap's scripts, or node, are not there: .ci/run fetches them")
        pytest.skip("uMap's scripts, or node, are not there")
    command = ["node", READS, PROGRAMS, *files]
    told = os.environ | environment
    done = subprocess.run(command, env=told, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def read(folder):
    """Return what uMap makes of each file."""
    return by_umap(*(folder / f"{layer}.{name}" for layer, name in PARTS), folder / "network.umap")


PARTS = [(layer, name) for layer in SHOWN for name in ("geojson", "csv", "kml")]


@pytest.fixture(scope="module")
def of_map(read):
    """Return what uMap makes of the map."""
    return read["files"]["network.umap"]


@pytest.fixture(scope="module")
def features(of_map):
    """Return the features of the map by id."""
    every = [each for layer in of_map["layers"].values() for each in layer["features"]]
    assert len({each["slug"] for each in every}) == len(every)
    return {each["slug"]: each for each in every}


def published(path, layer):
    """Return what is published of a layer, by id."""
    with closing(Dataset(path)) as dataset:
        return {row["id"]: row for row in dataset.objects(LAYERS[layer])}


# Files that are imported into a map of one's own


@pytest.mark.parametrize(("layer", "name"), PARTS)
def test_umap_reads_every_record_with_a_point_once(read, path, layer, name):
    """Of GeoJSON, CSV and KML uMap shows each place once, where it is and by its name."""
    told = read["files"][f"{layer}.{name}"]
    assert told["type"] == name
    (shown,) = told["layers"].values()
    expected = [
        ((row["lon"], row["lat"]), guarded(row["name"]) if name == "csv" else row["name"])
        for row in published(path, layer).values()
        if row["lat"] is not None
    ]
    found = [(tuple(each["point"]), each["name"]) for each in shown["features"]]
    assert Counter(found) == Counter((point, text.strip()) for point, text in expected)


@pytest.mark.parametrize("layer", SHOWN)
def test_umap_garbles_no_value(read, folder, layer):
    """Every value that uMap has of GeoJSON and CSV is the one that is in the file."""
    text = json.loads((folder / f"{layer}.geojson").read_text("utf-8"))
    properties = [each["properties"] for each in text["features"] if each["geometry"]]
    assert own(read["files"][f"{layer}.geojson"]) == in_order(properties)
    rows = csv.DictReader(io.StringIO((folder / f"{layer}.csv").read_text("utf-8"), newline=""))
    cells = [
        {k: v for k, v in row.items() if k not in {"lat", "lon"}} for row in rows if row["lat"]
    ]
    assert own(read["files"][f"{layer}.csv"]) == in_order(cells)


def own(told):
    """Return the properties that uMap has of the features of a file."""
    (layer,) = told["layers"].values()
    every = [each["properties"] for each in layer["features"]]
    return in_order({k: v for k, v in each.items() if k != "_umap_options"} for each in every)


def in_order(objects):
    """Return objects in an order that depends on nothing but them."""
    return sorted(objects, key=lambda each: json.dumps(each, sort_keys=True))


def test_umap_reads_texts_of_kml_as_they_are(read, path):
    """Names and descriptions of KML come to uMap whole, no mark-up read in them."""
    (layer,) = read["files"]["labs.kml"]["layers"].values()
    found = {each["properties"]["name"]: each["properties"] for each in layer["features"]}
    for row in published(path, "labs").values():
        told = found[row["name"]]
        assert told["summary"] == row["summary"]
        assert told["postcode"] == "00100"
        assert told["description"].split() == row["description"].split()


# The map


def test_the_map_has_a_layer_for_each_kind_and_every_record_once(of_map, features, path):
    """Every place is in the layer of its kind, once, by its name; uMap complains of nothing."""
    assert of_map["alerts"] == []
    assert list(of_map["layers"]) == list(SHOWN.values())
    for name, title in SHOWN.items():
        rows = published(path, name)
        shown = of_map["layers"][title]["features"]
        assert sorted(each["slug"] for each in shown) == sorted(rows)
        assert [features[id_]["name"] for id_ in rows] == [r["name"].strip() for r in rows.values()]
        for id_, row in rows.items():
            assert row["lat"] is None or features[id_]["point"] == [row["lon"], row["lat"]]


@pytest.mark.parametrize("number", range(len(NASTY)))
def test_the_map_shows_texts_as_they_are(features, number):
    """A popup shows what was written, to the letter; nothing in it becomes mark-up or a picture."""
    shown, text = features[f"esempio-{number}"], NASTY[number]
    line = re.sub(r"\s", " ", text)
    assert shown["text"].startswith(f"{line}{line}\n\n{text}\n\nAttività: ")
    popup = lxml.html.fromstring(shown["popup"])
    assert {each.tag for each in popup.iter()} <= TAGS
    for anchor in popup.iter("a"):  # an address that was written may be followed
        assert anchor.get("href") == anchor.text
        assert anchor.text in text
    assert shown["properties"]["description"] == text


def test_a_popup_tells_what_is_known_in_words(features):
    """Labels in place of codes, addresses as links, and no line for what is missing."""
    popup = lxml.html.fromstring(features["terzo-esempio"]["popup"])
    links = {each.text: each.get("href") for each in popup.iter("a")}
    assert links == {
        "example.org/a_b?c=*d*": "https://example.org/a_b?c=*d*",
        "rete@example.org": "mailto:rete@example.org",
        "+390200000000": "tel:+390200000000",
    }
    text = features["esempio-0"]["text"]
    assert "Attività: Lettura e libri, Sport e gioco\n" in text
    assert "Coordinato da: Terzo Esempio" in text
    assert "None" not in text
    assert "Codice fiscale" not in features["terzo-esempio"]["text"]


def test_records_without_a_door_are_found(features, of_map):
    """They lie where they meet, in their area, or in the middle of all, and say so."""
    expected = {
        "nel-quartiere": ([9.11, 45.12], "Posizione: indicativa (Quartiere)", 0.6),
        "che-serve": ([9.11, 45.12], "Posizione: indicativa (Quartiere)", 0.6),
        "ospite": ([9.11, 45.10005], f"Si riunisce presso: {NASTY[0]}", 1),
        "nel-comune": ([9.15, 45.15], "Posizione: indicativa (Comune)", 0.6),
        "in-nessun-luogo": (
            [9.155, 45.150025],
            "Posizione: non nota: il segno è al centro della rete",
            0.6,
        ),
        "terzo-esempio": ([9.2, 45.2], "Posizione: indicativa (Mascherata)", 0.6),
        "esempio-0": ([9.11, 45.10005], "", 1),
    }
    for id_, (point, text, opacity) in expected.items():
        shown = features[id_]
        assert shown["point"] == point, id_
        assert text in shown["text"]
        assert shown["looks"][3] == opacity
    assert "Posizione" not in features["esempio-0"]["text"]
    assert {"Posizione indicativa", "Posizione non nota"} <= set(of_map["legend"])


def test_icons_tell_kind_and_activity(features, of_map):
    """Each kind has its shape, the first activity colour and picture, the legend their names."""
    term = vocabulary("activity")["reading_books"]
    other = vocabulary("activity")["sport_play"]
    looks = {id_: each["looks"][:3] for id_, each in features.items()}
    assert looks["esempio-0"] == [term.colour, "Drop", term.icon]
    assert looks["che-serve"] == [other.colour, "Default", other.icon]
    assert looks["in-nessun-luogo"][0] == "#9e9e9e"
    assert looks["terzo-esempio"][1] == "LargeCircle"
    assert f"{term.icon}Lettura e libri" in of_map["legend"]
    assert "Cibo e cucina sociale" not in "".join(of_map["legend"])


def test_facets_leave_what_they_say(of_map, features):
    """Facets have the labels of what there is, a word for what is missing, and find just those."""
    facets = of_map["facets"]
    labels = {name: told["label"] for name, told in facets.items()}
    assert labels == {
        "activities": "Attività",
        "audiences": "A chi si rivolge",
        "neighbourhood_name": "Quartiere",
        "municipality_name": "Comune",
        "state": "Stato",
    }
    labs = {id_ for id_ in features if id_.startswith("esempio-")}
    groups = {"nel-quartiere", "che-serve", "ospite"}
    choices = {
        name: {choice: set(left) for choice, left in told["choices"].items()}
        for name, told in facets.items()
    }
    assert choices["activities"] == {
        "Lettura e libri": labs,
        "Sport e gioco": labs | groups,
        "non indicato": {"in-nessun-luogo", "nel-comune", "terzo-esempio"},
    }
    assert choices["neighbourhood_name"]["Quartiere, così"] == {"nel-quartiere"}
    assert choices["municipality_name"]["Comune Esempio"] == {
        *("nel-quartiere", "nel-comune", "ospite"),
    }
    assert choices["state"]["Chiuso"] == {"in-nessun-luogo"}


# uMap's own schema; a licence is an object in what uMap writes and shows (caption.js).
TYPES = {"String": str, "Text": str, "Number": int | float, "Boolean": bool, "Array": list}
TYPES |= {"Object": dict | list}


def test_every_option_is_one_that_umap_knows(read, folder):
    """Each option of map, layers and rules is in uMap's schema, with a value of its type."""
    told = json.loads((folder / "network.umap").read_text("utf-8"))
    rules = [rule for layer in told["layers"] for rule in layer["_umap_options"]["rules"]]
    options = [told["properties"], *(layer["_umap_options"] for layer in told["layers"])]
    options += [rule["properties"] for rule in rules]
    for name, value in ((name, value) for each in options for name, value in each.items()):
        kind = dict if name == "licence" else TYPES[read["schema"][name]]
        assert isinstance(value, kind), name
    kept = read["files"]["network.umap"]["properties"]
    for name, value in told["properties"].items():
        assert kept[name] == value, name


def test_types_of_properties_are_told(of_map):
    """Every property is known to uMap by its type, and none is guessed."""
    for name, title in SHOWN.items():
        fields = of_map["layers"][title]["fields"]
        assert fields["activities"] == fields["audiences"] == "Enum"
        assert {column.name for column in LAYERS[name].columns} - {"id", "lat", "lon"} <= set(
            fields
        )
    assert of_map["layers"]["Laboratori"]["fields"]["seats"] == "Number"
    assert of_map["layers"]["Gruppi"]["fields"]["open_to_new_members"] == "Boolean"
    assert "_popup" not in of_map["layers"]["Gruppi"]["fields"]


def test_licence_and_credit_are_shown(of_map):
    """The map tells its licence with its address, and whose data these are, to the letter."""
    caption = lxml.html.fromstring(of_map["caption"])
    licence = "https://creativecommons.org/licenses/by/4.0/"
    links = {each.get("href"): each.text for each in caption.iter("a")}
    assert links[licence] == "CC BY 4.0"
    assert "Ufficio *Beni* {comuni}, CC BY 4.0" in caption.text_content()
    assert of_map["properties"]["name"] == "Rete Esempio"
    assert "Dati aggiornati il" in caption.text_content()


# Data on the web


class Proxy(SimpleHTTPRequestHandler):
    """Gives the files of a folder, as uMap's proxy does that is asked for an address."""

    def do_GET(self):
        """Give the file that the address names."""
        asked = parse_qs(urlsplit(self.path).query)
        self.server.asked.append((asked["url"][0], asked["ttl"][0]))
        self.path = urlsplit(asked["url"][0]).path
        super().do_GET()

    def log_message(self, *told):
        """Say nothing."""


def test_data_on_the_web_make_the_same_map(path, of_map, tmp_path):
    """With an address of the files the map is the same without records; a part holds its own."""
    copy = shutil.copy(path, tmp_path / "registry.db")
    write(copy, tmp_path, "https://dati.example.org/rete/{anno}/")
    text = (tmp_path / "network.umap").read_text("utf-8")
    assert "Esempio 1" not in text
    assert "Dati aggiornati" not in text
    assert {file.name for file in tmp_path.glob("*.map.geojson")} == {
        f"{layer}.map.geojson" for layer in SHOWN
    }
    part = made(copy, "labs", extract=Extract(where=("state=active",)))["layers"][0]
    assert len(part["features"]) == len(NASTY)
    assert "remoteData" not in part["_umap_options"]
    served = tmp_path / "rete" / "{anno}"
    served.mkdir(parents=True)
    for file in tmp_path.glob("*.map.geojson"):
        shutil.copy(file, served)
    handler = type("Here", (Proxy,), {"directory": str(tmp_path)})
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *a: handler(*a, directory=str(tmp_path))
    ) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        told = by_umap(tmp_path / "network.umap", PROXY=address)["files"]["network.umap"]
        server.shutdown()
    base = "https://dati.example.org/rete/%7Banno%7D/"
    assert sorted(server.asked) == [
        (f"{base}{layer}.map.geojson", "3600") for layer in sorted(SHOWN)
    ]
    assert told["alerts"] == []
    assert told["facets"] == of_map["facets"]
    for title in SHOWN.values():
        found, expected = (each["layers"][title]["features"] for each in (told, of_map))
        assert in_order(found) == in_order(expected)


# What needs no node


def test_every_activity_has_its_picture_and_colour():
    """Each activity is told apart on the map, and no label holds what uMap splits by."""
    terms = vocabulary("activity").values()
    looks = [(term.colour, term.icon) for term in terms]
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour, _ in looks)
    for each in zip(*looks, strict=True):
        assert len(set(each)) == len(looks)
    for name in ("activity", "audience", "state"):
        for term in vocabulary(name).values():
            assert not re.search("[,=<>]", "".join(term.label))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/", "[[https://example.org/|example.org]]"),
        ("HTTP://example.org/a|b", "[[HTTP://example.org/a&#124;b|example.org/a&#124;b]]"),
        ("ftp://example.org", "ftp://example.org"),
        ("javascript://x%0aalert(1)", "javascript://x%0aalert(1)"),
        ("https://e.org/" + "a" * 99, f"[[https://e.org/{'a' * 99}|e.org/{'a' * 54}…]]"),
    ],
)
def test_only_an_address_of_a_page_is_a_link(address, shown):
    """A link leads to the web alone, and says where; anything else is text."""
    assert web(address) == shown


def test_an_address_within_a_text_stays_as_it_is():
    """Signs of mark-up become entities, all others stay."""
    assert inert("a-b\n-c *d* è") == "a-b\n&#45;c &#42;d&#42; è"


def made(path, *names, **told):
    """Return the map of some layers."""
    out = io.BytesIO()
    with closing(Dataset(path, **told)) as dataset:
        bundles.load("umap").write(dataset, exports.layers(names), out)
    return json.loads(out.getvalue())


def test_the_map_speaks_the_language_that_is_asked_for(path):
    """Labels, facets and popups are in English where that is asked for."""
    told = made(path, extract=Extract(language="en"))
    assert [layer["_umap_options"]["name"] for layer in told["layers"]] == [
        *("Organisations", "Groups", "Labs"),
    ]
    (lab, *_), properties = told["layers"][2]["features"], told["properties"]
    assert lab["properties"]["activities"] == "Reading and books, Sport and play"
    assert "**Activities**: Reading and books" in lab["properties"]["_popup"]
    assert [each["label"] for each in properties["filters"]][:2] == ["Activities", "Audiences"]


def test_a_map_without_places_is_refused(path, bencomune):
    """Relations alone make no map, and it is said; all places together are one layer."""
    with pytest.raises(Refused) as caught:
        made(path, "relations")
    assert "relations" in caught.value.text.en
    (layer,) = made(path, "network")["layers"]
    assert layer["_umap_options"]["name"] == "La rete"
    done = bencomune("export", "relations", "--format", "umap", BENCOMUNE_REGISTRY=str(path))
    assert done.returncode == 2
    assert "relations" in done.stderr.splitlines()[-1]


def test_records_that_are_left_out_are_on_no_map(path):
    """With `--no-point omit` the map has no record that has no point of its own."""
    told = made(path, extract=Extract(no_point="omit"))
    left = [each["id"] for layer in told["layers"] for each in layer["features"]]
    assert "esempio-0" in left
    assert not {"nel-quartiere", "in-nessun-luogo"} & set(left)


def test_a_network_of_nothing_is_a_map_too(path_of_new):
    """Without a network, or a record, the map is whole: uMap's own places stand in."""
    told = made(path_of_new)
    assert [layer["features"] for layer in told["layers"]] == [[], [], []]
    assert "geometry" not in told


@pytest.fixture
def path_of_new(tmp_path):
    """Return the path of a registry with nothing in it."""
    path = tmp_path / "registry.db"
    Registry.create(path).close()
    return path
