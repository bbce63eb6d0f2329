"""Files about the files: catalogues that harvesters take, packages, dictionaries, honest dates."""

import json
import os
import re
from contextlib import closing
from pathlib import Path

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, FOAF, RDF, SKOS, XSD

from bencomune_cli import exports, metadata
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import Contact, Lab, Network, Organisation
from bencomune_cli.errors import Refused
from bencomune_cli.extracts import Extract
from bencomune_cli.graphs import Graph as Said
from bencomune_cli.graphs import Iri
from bencomune_cli.graphs import Literal as Text
from bencomune_cli.layers import LAYERS
from bencomune_cli.licences import LICENCES, licence_of
from bencomune_cli.registry import Registry
from test_exports import contents, full  # noqa: F401 - a fixture
from test_formats import HOSTILE

DCAT = Namespace("http://www.w3.org/ns/dcat#")
IT = Namespace("http://dati.gov.it/onto/dcatapit#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
EU = "http://publications.europa.eu/resource/authority/"
CATALOGUES = {"dcat.ttl": "turtle", "dcat.rdf": "xml", "dcat.jsonld": "json-ld"}
DCATS = ("dcat_turtle", "dcat_xml", "dcat_jsonld")
TOLD = {
    "description": "Una rete.",
    "publisher": "Comune Esempio",
    "publisher_ipa": "c_x000",
    "files_url": "https://www.example.org/dati/",
}
MORE = {
    "office": "Ufficio Partecipazione",
    "email": "partecipazione@example.org",
    "phone": "02 0000 0000",
    "website": "https://www.example.org",
    "landing_page": "https://dati.example.org/rete",
    "distributor": "Regione Esempio",
    "distributor_code": "r_esempi",
    "base_uri": "https://rete.example.org/id",
    "issued": "2020-02-29",
    "identifier": "c_x000:D.1",
    "geonames": "https://sws.geonames.org/3171366/",
    "languages": "it, en",
}


# rdflib's reader of JSON-LD makes a graph of a class of its own that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")


def tell(registry, **values):
    """Tell more of the network."""
    with registry.operation("test"):
        registry.change(registry.network(), values)


@pytest.fixture
def told(full):  # noqa: F811
    """Give a registry with records, whose network tells just what a catalogue wants."""
    tell(full, **TOLD)
    return full


@pytest.fixture
def out(tmp_path):
    """Return the folder that files are written to."""
    return tmp_path / "out"


def write(path, folder, *names, layers=tuple(LAYERS), extract=None):
    """Export some formats of some layers."""
    with closing(Dataset(path, extract=extract or Extract())) as dataset:
        return exports.write_folder(dataset, folder, exports.layers(layers), names)


def graph_of(folder, name="dcat.ttl"):
    """Return the graph that rdflib reads in a file."""
    return Graph().parse(folder / name, format=CATALOGUES[name])


def only(graph, subject, predicate):
    """Return the one value of a property."""
    [value] = graph.objects(subject, predicate)
    return value


# Three files, one graph


@pytest.mark.parametrize("values", [{}, MORE], ids=["least", "most"])
def test_the_three_files_tell_one_graph(told, path, out, values):
    """Turtle, RDF/XML and JSON-LD are read as the same graph, without a node that has no name."""
    tell(told, **values)
    write(path, out, "csv", "geojson", "gpkg", *DCATS)
    first, *others = (graph_of(out, name) for name in CATALOGUES)
    assert len(first) > 100
    assert all(isomorphic(first, other) for other in others)
    assert all(isinstance(term, URIRef | Literal) for triple in first for term in triple)


def test_every_text_and_address_comes_through(tmp_path):
    """A nasty text is the same in all three files, and what no address may hold is escaped."""
    said = Said({"x": "http://x.example/#", "rdf": str(RDF), "xsd": str(XSD)})
    texts = [*HOSTILE, "\r\n\t", "", "'''\"\"\"", "\\", "\u2028", "a\rb", "]]>", "\ud7ff\U0010ffff"]
    nodes = [Iri(f"http://x.example/{text}") for text in texts]
    for node, text in zip(nodes, texts, strict=True):
        told = [Text(text), Text(text, "it"), Text(text, datatype="xsd:token"), node]
        said.add(node, ("x:A", "x:B"), {"x:said": told, "x:nothing": None})
    for name, text in zip(CATALOGUES, (said.turtle(), said.rdf_xml(), said.json_ld()), strict=True):
        (tmp_path / name).write_text(text, "utf-8", newline="")
        graph = graph_of(tmp_path, name)
        for node, wanted in zip(nodes, texts, strict=True):
            values = set(graph.objects(URIRef(node), URIRef("http://x.example/#said")))
            told = [(str(v), v.language) for v in values if isinstance(v, Literal)]
            assert {(wanted, None), (wanted, "it")} <= set(told)
            assert URIRef(node) in values
            assert not re.search(r"[\x00-\x20<>\"{}|\\^`]", node)


def test_a_node_is_said_once():
    """What is said of a node twice stands once."""
    said = Said({"x": "http://x.example/#"})
    for _ in range(2):
        said.add(Iri("http://x.example/a"), ("x:A",), {"x:b": Text("c")})
    assert said.turtle().count("http://x.example/a>") == said.turtle().count('"c"') == 1


# What the profile wants

BOTH = {
    DCAT.Catalog: IT.Catalog,
    DCAT.Dataset: IT.Dataset,
    DCAT.Distribution: IT.Distribution,
    FOAF.Agent: IT.Agent,
    VCARD.Organization: IT.Organization,
    DCTERMS.LicenseDocument: IT.LicenseDocument,
}


def is_text(value, graph):  # noqa: ARG001
    """Tell a text that says something, without HTML."""
    return isinstance(value, Literal) and str(value).strip() and not re.search("<[a-z/]", value)


def is_date(value, graph):  # noqa: ARG001
    """Tell a date."""
    return isinstance(value, Literal) and value.datatype == XSD.date and len(value) == 10


def is_address(value, graph):  # noqa: ARG001
    """Tell an address that is no text."""
    return isinstance(value, URIRef) and re.match("https?://", value)


def of_table(name):
    """Return what tells a term of one of the EU's tables."""
    return lambda value, _: isinstance(value, URIRef) and value.startswith(f"{EU}{name}/")


def of_type(kind):
    """Return what tells a node that the graph itself says to be of a type."""
    return lambda value, graph: isinstance(value, URIRef) and (value, RDF.type, kind) in graph


def is_mail(value, graph):  # noqa: ARG001
    """Tell an e-mail address as an address of the web."""
    return isinstance(value, URIRef) and re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", value)


# Of each class, its mandatory properties, each with one value unless it is `MANY`, and what that
# must be: DCAT-AP_IT, "Elementi obbligatori", and the properties that are told besides.
MANY = {DCAT.dataset, DCAT.theme, DCAT.distribution, DCTERMS.language, DCTERMS.subject}
WANTED = {
    IT.Catalog: {
        DCTERMS.title: is_text,
        DCTERMS.description: is_text,
        DCTERMS.publisher: of_type(IT.Agent),
        DCTERMS.modified: is_date,
        DCTERMS.issued: is_date,
        DCTERMS.language: of_table("language"),
        DCAT.dataset: of_type(IT.Dataset),
        DCAT.themeTaxonomy: of_type(SKOS.ConceptScheme),
    },
    IT.Dataset: {
        DCTERMS.identifier: is_text,
        DCTERMS.title: is_text,
        DCTERMS.description: is_text,
        DCTERMS.modified: is_date,
        DCTERMS.issued: is_date,
        DCTERMS.rightsHolder: of_type(IT.Agent),
        DCTERMS.publisher: of_type(IT.Agent),
        DCTERMS.accrualPeriodicity: of_table("frequency"),
        DCTERMS.language: of_table("language"),
        DCTERMS.subject: of_type(SKOS.Concept),
        DCAT.theme: of_table("data-theme"),
        DCAT.distribution: of_type(IT.Distribution),
    },
    IT.Distribution: {
        DCTERMS.title: is_text,
        DCTERMS.description: is_text,
        DCTERMS.format: of_table("file-type"),
        DCAT.mediaType: of_type(DCTERMS.MediaType),
        DCAT.accessURL: is_address,
        DCTERMS.license: of_type(IT.LicenseDocument),
        DCTERMS.modified: is_date,
        DCAT.byteSize: lambda value, _: int(value) > 0,
        SPDX.checksum: of_type(SPDX.Checksum),
    },
    IT.Agent: {DCTERMS.identifier: is_text, FOAF.name: is_text},
    IT.Organization: {VCARD.fn: is_text, VCARD.hasEmail: is_mail},
    IT.LicenseDocument: {FOAF.name: is_text, DCTERMS.type: of_type(SKOS.Concept)},
    SPDX.Checksum: {
        SPDX.algorithm: of_type(SPDX.ChecksumAlgorithm),
        SPDX.checksumValue: lambda value, _: re.fullmatch("[0-9a-f]{64}", value),
    },
}


def faults(graph):
    """Return what a graph lacks of the profile, or says otherwise than it wants."""
    found = [(one, kind) for one in graph.subjects(RDF.type) for kind in WANTED]
    found = {(one, kind) for one, kind in found if (one, RDF.type, kind) in graph}
    for one, kind in found:
        for name, is_right in WANTED[kind].items():
            values = list(graph.objects(one, name))
            if not values or (len(values) > 1 and name not in MANY):
                yield one, name, len(values)
            yield from ((one, name, value) for value in values if not is_right(value, graph))
    for one, other in (*BOTH.items(), *((b, a) for a, b in BOTH.items())):
        for node in graph.subjects(RDF.type, one):
            if (node, RDF.type, other) not in graph:
                yield node, RDF.type, other
    addresses = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    yield from (
        (subject, name, value)
        for subject, name, value in graph
        if isinstance(value, Literal) and str(value) in addresses and name != DCTERMS.identifier
        if name != IT.geographicalIdentifier
    )
    yield from (
        (node, RDF.type, "both an agent and a contact")
        for node in graph.subjects(RDF.type, IT.Agent)
        if (node, RDF.type, IT.Organization) in graph
    )


@pytest.mark.parametrize("values", [{}, MORE], ids=["least", "most"])
def test_a_catalogue_tells_what_the_profile_wants(told, path, out, values):
    """Every node has both types and its mandatory properties, of the right kind, each once."""
    tell(told, **values)
    write(path, out, "csv", "geojson", "kml", "gpkg", "dcat_turtle")
    graph = graph_of(out)
    classes = set(WANTED) - (set() if values else {IT.Organization})
    assert {kind for kind in WANTED if list(graph.subjects(RDF.type, kind))} == classes
    assert list(faults(graph)) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda g, s: g.remove((None, DCTERMS.rightsHolder, None)),  # noqa: ARG005
        lambda g, s: g.remove((None, RDF.type, IT.Dataset)),  # noqa: ARG005
        lambda g, s: g.remove((None, RDF.type, FOAF.Agent)),  # noqa: ARG005
        lambda g, s: g.add((s, DCTERMS.title, Literal("Altro"))),
        lambda g, s: g.set((s, DCTERMS.modified, Literal("2020-01-01"))),
        lambda g, s: g.set((s, DCTERMS.accrualPeriodicity, Literal(f"{EU}frequency/DAILY"))),
        lambda g, s: g.set((s, DCAT.contactPoint, Literal("https://rete.example.org/id/office"))),
    ],
)
def test_the_rules_of_these_tests_see_faults(told, path, out, spoil):
    """A graph that lacks something, or says it wrongly, is found at fault by the rules above."""
    tell(told, **MORE)
    write(path, out, "csv", "dcat_turtle")
    graph = graph_of(out)
    [dataset] = graph.subjects(RDF.type, DCAT.Dataset)
    spoil(graph, dataset)
    assert list(faults(graph)) != []


def test_who_is_who(told, path, out):
    """Holder and distributor are agents with their codes; the contact is an office of neither."""
    tell(told, **MORE)
    write(path, out, "csv", "dcat_turtle")
    graph = graph_of(out)
    [dataset] = graph.subjects(RDF.type, DCAT.Dataset)
    assert only(graph, dataset, DCTERMS.identifier) == Literal("c_x000:D.1")
    for name, code in ((DCTERMS.rightsHolder, "c_x000"), (DCTERMS.publisher, "r_esempi")):
        agent = only(graph, dataset, name)
        assert str(only(graph, agent, DCTERMS.identifier)) == code
        assert str(agent) == f"https://rete.example.org/id/agent/{code}"
    office = only(graph, dataset, DCAT.contactPoint)
    assert str(only(graph, office, VCARD.fn)) == "Ufficio Partecipazione"
    assert only(graph, office, VCARD.hasTelephone) == URIRef("tel:+390200000000")
    assert str(only(graph, dataset, DCTERMS.issued)) == "2020-02-29"
    assert only(graph, dataset, DCTERMS.accrualPeriodicity) == URIRef(f"{EU}frequency/IRREG")


@pytest.mark.usefixtures("told")
def test_nobody_but_bodies_and_offices_is_in_a_catalogue(path, out):
    """The name of a contact, which the records' files hold, is in no file about them."""
    names = metadata.names()
    write(path, out, "csv", *names)
    files = contents(out)
    assert any(b"Nome Inventato" in data for data in files.values())
    about = [name for name in files if not name.startswith(tuple(LAYERS))]
    assert len(about) == len(names) + 1
    assert not [name for name in about if b"Nome Inventato" in files[name]]


@pytest.mark.parametrize(
    ("values", "base", "access"),
    [
        ({}, "https://www.example.org/dati/", "https://www.example.org/dati/labs.csv"),
        ({"files_url": "https://www.example.org/dati"}, "https://www.example.org/dati/", None),
        (
            {"files_url": "", "landing_page": "https://p.example.org/?id=3"},
            "https://p.example.org/?id=3#",
            "https://p.example.org/?id=3",
        ),
        ({"base_uri": "https://w3id.org/x#"}, "https://w3id.org/x#", None),
    ],
)
def test_addresses_begin_with_the_networks_own(told, path, out, values, base, access):
    """Nodes lie below the network's base, else where its files are, else below their page."""
    tell(told, **values)
    write(path, out, "csv", "dcat_turtle")
    graph = graph_of(out)
    assert URIRef(f"{base}dataset") in set(graph.subjects(RDF.type, DCAT.Dataset))
    file = URIRef(f"{base}file/labs.csv")
    wanted = access or "https://www.example.org/dati/labs.csv"
    assert str(only(graph, file, DCAT.accessURL)) == wanted
    assert bool(list(graph.objects(file, DCAT.downloadURL))) is wanted.endswith(".csv")


@pytest.mark.parametrize(
    ("values", "option"),
    [
        ({"publisher_ipa": ""}, "--publisher-ipa"),
        ({"publisher": ""}, "--publisher"),
        ({"description": ""}, "--description"),
        ({"files_url": ""}, "--files-url"),
        ({"licence_url": ""}, "--licence-url"),
        ({"themes": ""}, "--themes"),
        ({"frequency": ""}, "--frequency"),
        ({"distributor": "Regione Esempio"}, "--distributor-code"),
    ],
)
@pytest.mark.parametrize("name", DCATS)
def test_what_is_wanted_and_not_known_is_told(told, path, out, name, values, option):
    """Where something mandatory is not known the command for it is named; no file is written."""
    write(path, out, "csv", "dcat_turtle")
    before = contents(out)
    tell(told, **values)
    with told.operation("test"):
        told.change(told.finder.place("primo-esempio"), {"seats": "7"})
    with pytest.raises(Refused) as refused:
        write(path, out, "csv", name)
    assert f"bencomune network set {option} …" in refused.value.text.it
    assert refused.value.text.it.count("--") == 1
    assert contents(out) == before


def test_a_private_holder_is_known_by_its_vat_number(told, path, out):
    """A holder without an IPA code is told by its VAT number."""
    tell(told, publisher_ipa="", publisher_vat="01234567897")
    write(path, out, "csv", "dcat_turtle")
    assert "01234567897" in {str(v) for v in graph_of(out).objects(None, DCTERMS.identifier)}


@pytest.mark.parametrize("name", metadata.names())
@pytest.mark.usefixtures("told")
def test_there_is_nothing_to_tell_of_no_file(path, out, name):
    """A file about files in a folder without any is refused, and is not written."""
    with pytest.raises(Refused):
        write(path, out, name)
    assert not out.exists()


@pytest.mark.usefixtures("told")
def test_what_tells_of_a_folder_is_not_for_standard_output(bencomune, tmp_path):
    """A file about files cannot go to standard output, where there is no folder."""
    done = bencomune("export", "labs", "--format", "datapackage", "--to", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert not any(exports.makes_one_file([LAYERS["labs"]], [name]) for name in metadata.names())
    assert not (tmp_path / "exports").exists()


def test_every_file_type_is_of_the_eus_table():
    """The format of every file of data is a code of the authority's table of file types."""
    known = {"CSV", "GEOJSON", "KML", "KMZ", "GPKG", "XLSX", "ODS", "JSON", "JSON_LD", "ZIP"}
    known |= {"GEOJSONSEQ", "RDF_TURTLE", "RDF_XML", "TXT", "MD", "XML"}
    told = {name: exports._format(name).kind_of_file for name in exports.names()}
    assert {name: kind for name, kind in told.items() if kind not in known} == {}


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.it", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/3.0/", None),
        ("https://creativecommons.org/licenses/by-nc/4.0/", None),
        ("", None),
        (None, None),
    ],
)
def test_a_licence_is_known_by_its_address(address, code):
    """A licence is known however its address is written, and no other is taken for it."""
    found = licence_of(address)
    assert (found.id if found else None) == code


def test_the_licences_that_are_known_are_found():
    """Every licence that is known is found by its address, and is open."""
    for licence in LICENCES:
        assert licence.agid.startswith("A")
        assert licence_of(licence.url) is licence


def test_a_licence_that_is_not_known_is_told_all_the_same(told, path, out):
    """A licence of another address is a document of that address, with its name."""
    tell(told, licence="Licenza nostra", licence_url="https://example.org/licenza")
    write(path, out, "csv", "dcat_turtle", "datapackage")
    graph = graph_of(out)
    assert str(only(graph, URIRef("https://example.org/licenza"), FOAF.name)) == "Licenza nostra"
    [licence] = json.loads((out / "datapackage.json").read_text())["licenses"]
    assert licence == {"path": "https://example.org/licenza", "title": "Licenza nostra"}


# Other people's validators


def folder_told(name):
    """Return a folder of others' rules that the environment names; skip where it does not."""
    told_ = os.environ.get(name)
    if not told_:
        pytest.skip(f"{name} does not name their folder")
    return Path(told_)


@pytest.mark.parametrize("values", [{}, MORE], ids=["least", "most"])
def test_the_shapes_of_dcat_ap_hold(told, path, out, values):
    """SEMIC's shapes of DCAT-AP 3.0.1 find nothing wrong."""
    shapes = folder_told("BENCOMUNE_SHACL")
    pyshacl = pytest.importorskip("pyshacl")
    tell(told, **values)
    write(path, out, "csv", "geojson", "gpkg", "dcat_turtle")
    shapes_graph = Graph().parse(shapes / "dcat-ap-SHACL.ttl")
    conforms, _, text = pyshacl.validate(graph_of(out), shacl_graph=shapes_graph)
    assert conforms, text
    spoilt = graph_of(out)
    spoilt.remove((None, DCTERMS.title, None))
    assert not pyshacl.validate(spoilt, shacl_graph=shapes_graph)[0]


def test_the_rules_of_the_national_catalogue_hold(told, path, out):
    """The 122 SPARQL rules of the semantic validator find no error, and nothing to recommend."""
    rules = sorted(folder_told("BENCOMUNE_DCAT_RULES").glob("*.rq"))
    assert len(rules) > 100
    tell(told, **MORE)
    write(path, out, "csv", "dcat_turtle", layers=["labs", "network"])
    graph = graph_of(out)
    found = {rule.name: list(graph.query(rule.read_text("utf-8"))) for rule in rules}
    assert {name: rows for name, rows in found.items() if rows} == {}
    [dataset] = graph.subjects(RDF.type, IT.Dataset)
    graph.remove((dataset, DCTERMS.modified, None))
    [rule] = (rule for rule in rules if rule.name.startswith("rule-179."))
    assert list(graph.query(rule.read_text("utf-8")))


# Dates

FIRST, SECOND, THIRD = "2001-09-09", "2004-11-09", "2008-01-10"
SECONDS = {FIRST: "1000000000", SECOND: "1100000000", THIRD: "1200000000"}


@pytest.fixture
def today(monkeypatch):
    """Return what sets the day that programs take for today."""

    def be(day):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", SECONDS[day])

    return be


@pytest.fixture
def dated(today, path, out):
    """Give a registry begun on the first day, exported then with its catalogue."""
    today(FIRST)
    with closing(Registry.create(path, "prova")) as registry:
        with registry.operation("init"):
            registry.add(Network, {"name": "Rete", **TOLD})
            registry.add(Lab, {"name": "Primo", "state": "active"})
            registry.add(Organisation, {"name": "Secondo", "state": "active"})
        export(path, out)
        yield registry


def export(path, out, *names):
    """Export the places with their catalogue."""
    write(path, out, "csv", "geojson", *DCATS, *names, layers=["labs", "organisations"])


def dates(folder):
    """Return the day since which each file is as it is, and that of the dataset, by name."""
    graph = graph_of(folder)
    nodes = {str(node).rpartition("/")[2]: node for node in graph.subjects(DCTERMS.modified)}
    return {name: str(only(graph, node, DCTERMS.modified)) for name, node in nodes.items()}


def edit_lab(registry):
    """Change a lab."""
    with registry.operation("test"):
        registry.change(registry.finder.place("primo"), {"seats": "7"})


@pytest.mark.usefixtures("dated")
def test_dates_are_those_of_the_registry(path, out, today):
    """On whatever day it is exported, a catalogue tells when the registry last changed."""
    assert set(dates(out).values()) == {FIRST}
    before = contents(out)
    today(THIRD)
    export(path, out)
    assert contents(out) == before
    export(path, out.with_name("other"))
    assert contents(out.with_name("other")) == before


def test_a_change_dates_the_files_that_hold_it(dated, path, out, today):
    """A changed lab dates the files of labs and the dataset, and no other file."""
    today(SECOND)
    edit_lab(dated)
    today(THIRD)
    export(path, out)
    new = {name for name, day in dates(out).items() if day == SECOND}
    assert new == {"labs.csv", "labs.geojson", "dataset", "catalogue"}
    assert {day for name, day in dates(out).items() if name not in new} == {FIRST}


def test_what_is_kept_from_the_public_dates_nothing(dated, path, out, today):
    """A contact without a basis, which no file shows, changes the date of no file."""
    today(SECOND)
    with dated.operation("test"):
        dated.add(Contact, {"record": "primo", "role": "press", "person_name": "Nome Inventato"})
    export(path, out)
    assert set(dates(out).values()) == {FIRST}


def test_what_is_said_of_the_network_dates_the_catalogue_alone(dated, path, out, today):
    """Another description of the network changes no data: only the catalogue has a new date."""
    today(SECOND)
    tell(dated, description="Altra")
    today(THIRD)
    export(path, out)
    assert {name for name, day in dates(out).items() if day == SECOND} == {"catalogue"}


@pytest.mark.usefixtures("dated")
def test_bytes_that_change_without_the_registry_are_dated_too(path, out, today):
    """A file that another language of labels changes is dated the day of the export."""
    today(SECOND)
    export(path, out, "excel")
    assert set(dates(out).values()) == {FIRST}
    today(THIRD)
    write(path, out, "excel", layers=["labs"], extract=Extract(language="en"))
    new = {name for name, day in dates(out).items() if day == THIRD}
    assert new == {"labs.excel.csv", "dataset", "catalogue"}
    before = contents(out)
    write(path, out, "excel", layers=["labs"], extract=Extract(language="en"))
    assert contents(out) == before


def test_what_tells_of_files_never_goes_out_of_date(dated, path, out, today):
    """An export of other files renews what tells of them, also where nobody asks for it."""
    today(SECOND)
    edit_lab(dated)
    before = contents(out)
    write(path, out, "csv", layers=["labs"])
    after = contents(out)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"labs.csv", "manifest.json", *CATALOGUES}
    assert dates(out)["labs.geojson"] == FIRST


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("layer", "case"),
        ("modified", "ieri"),
        ("modified", ""),
        ("extract", {"crs": "EPSG:1"}),
        ("extract", {"crs": ["EPSG:32632"]}),
        ("extract", {"crs": "«"}),
        ("bytes", "12"),
    ],
)
@pytest.mark.usefixtures("told")
def test_what_no_export_told_is_not_believed(path, out, name, value):
    """An entry of a manifest that no export wrote is left out of what tells of the files."""
    write(path, out, "csv", layers=["labs"])
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    for entry in manifest["files"]:
        entry[name] = value
    (out / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    write(path, out, "geojson", "dcat_turtle", "dictionary", layers=["labs"])
    for file in ("dcat.ttl", "dictionary.csv"):
        text = (out / file).read_text("utf-8")
        assert ("labs.geojson" in text, "labs.csv" in text) == (True, False)


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_the_machine_does_not_show_in_what_tells_of_files(told, path, out, bencomune, seed):
    """Hash seed, language and time zone of who exports change no byte of any file about files."""
    tell(told, **MORE)
    write(path, out, "csv", "geojson", *metadata.names())
    names = [f"--format={name}" for name in ("csv", "geojson", *metadata.names())]
    told_ = {"PYTHONHASHSEED": seed, "TZ": "Pacific/Kiritimati", "LANG": "en_GB.UTF-8"}
    other = out.with_name("other")
    done = bencomune("export", *names, "--to", other, **told_)
    assert done.returncode == 0, done.stderr
    assert contents(out) == contents(other)
