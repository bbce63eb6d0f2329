"""JSON-LD: the same triples for two processors, every public value, nothing interpreted."""

import io
import json
import re
import socket
from contextlib import closing

import pytest
import rdflib
from pyld import jsonld
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DC, DCTERMS, RDF, RDFS, SDO, VOID, XSD, Namespace

from bencomune_cli import bundles, exports
from bencomune_cli.dataset import Dataset
from bencomune_cli.entities import ENTITIES, Area, Contact, Group, Lab, Organisation, Relation
from bencomune_cli.kinds.choices import Listing, Term
from bencomune_cli.kinds.texts import Line, Prose, Reference
from bencomune_cli.layers import LAYERS
from bencomune_cli.linked_terms import PREFIXES, TYPES, ways_of
from bencomune_cli.registry import Registry
from bencomune_cli.vocabularies import names, vocabulary
from test_formats import HOSTILE, stored_texts

# rdflib 7.6 warns of its own parser.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
BASE = "https://dati.example.org/rete/"
HERE = Namespace(BASE)
CONTROLLED = "https://w3id.org/italia/controlled-vocabulary/"
COV, CLV, SM, L0 = (Namespace(PREFIXES[name]) for name in ("cov", "clv", "sm", "l0"))
NASTY = [
    *HOSTILE,
    "@id",
    "_:spazio",
    "schema:name",
    '","@id":"https://example.org/x',
    "</script><script>alert(1)</script>",
    "https://example.org/a b<c>",
    "\ufeff@context",
    "x" * 250,
]
# As the ontologies have them: COV 0.12, CLV 1.0, SM 0.7, l0 0.8.
ITALIAN = {
    "cov": (
        "Organization Group PublicOrganization PrivateOrganization legalName hasLegalStatus"
        " taxCode VATnumber IPAcode"
    ),
    "clv": (
        "hasAddress Address fullAddress hasStreetToponym StreetToponym hasNumber CivicNumbering"
        " postCode hasCity City hasDistrict District hasSpatialCoverage hasGeometry Geometry lat"
        " long Feature"
    ),
    "sm": (
        "hasOnlineContactPoint OnlineContactPoint hasEmail Email emailAddress hasCertifiedEmail"
        " hasTelephone Telephone telephoneNumber hasWebSite WebSite URL"
    ),
    "l0": "name description identifier",
}


@pytest.fixture(autouse=True)
def _as_it_is_written_without_a_network(monkeypatch):
    def refused(*_args, **_options):
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.fixture
def full(registry):
    """Give a registry with a base address, and records of each kind."""
    with registry.operation("test"):
        told = {"base_uri": BASE, "publisher": "Comune Esempio"}
        registry.change(registry.network(), told)
        box = {"west": "9.1", "south": "45.1", "east": "9.2", "north": "45.2"}
        registry.add(Area, {"name": "Rione Esempio", "area_kind": "neighbourhood", **box})
        point = {"lat": "45.1234567", "lon": "9.1", "precision": "address", "point_source": "x"}
        texts = {
            "state": "active",
            "lab_kind": "library",
            "street": "Via Esempio",
            "number": "1/A",
            "postcode": "00100",
            "municipality": "Comune Esempio",
            "neighbourhood": "rione-esempio",
            "phone": "02 0000 0000",
            "email": "lab@example.org",
            "website": "https://example.org/?a=1&b=2",
            "seats": "12",
            "activities": "reading_books, sport_play",
            "started_on": "2019-09",
            "opening_hours": "Mo-Fr 16:00-19:00; Sa 10:00-12:00",
            **point,
        }
        registry.add(Lab, {"name": "Primo", **texts})
        registry.add(Lab, {"name": "Altro", "state": "paused", "opening_hours": "PH off"})
        meeting = {"state": "closed", "started_on": "2019", "ended_on": "2024-05-01"}
        more = {"meets_at": "primo", "open_to_new_members": "no", "area_served": "rione-esempio"}
        registry.add(Group, {"name": "Secondo", **meeting, **more})
        seat = {"state": "active", "tax_code": "00296180185", "street": "Via Segreta", **point}
        registry.add(Organisation, {"name": "Terzo", "legal_form": "foundation", **seat})
        public = {"legal_form": "municipality", "ipa_code": "c_x000", "pec": "ente@pec.example.org"}
        registry.add(Organisation, {"name": "Quarto", "state": "active", **public})
        for role, since in (("coordinates", "2020"), ("hosts", None), ("funds", "2021-02")):
            ends = {"subject": "terzo", "role": role, "object": "primo"}
            registry.add(Relation, {**ends, **({"since": since} if since else {})})
        past = {"subject": "quarto", "role": "supports", "object": "primo", "until": "2020"}
        registry.add(Relation, past)
        basis = {"basis": "public_office", "scope": "open_data"}
        person = {"role": "press", "person_name": "Nome Inventato", "email": "stampa@example.org"}
        registry.add(Contact, {"record": "primo", **person, **basis})
        registry.add(Contact, {"record": "primo", "role": "press", "person_name": "Nome Taciuto"})
    return registry


def text_of(path, *layers):
    """Return the file of some layers, all where none is named."""
    out = io.BytesIO()
    with closing(Dataset(path)) as dataset:
        bundles.load("jsonld").write(dataset, exports.layers(layers), out)
    return out.getvalue().decode()


def graph_of(text):
    """Return the triples that rdflib reads of a file."""
    return Graph().parse(data=text, format="json-ld")


@pytest.mark.parametrize("layers", [(), *((name,) for name in LAYERS)])
@pytest.mark.usefixtures("full")
def test_two_processors_read_the_same_triples(path, layers):
    """Two processors, rdflib and PyLD, which share no code, make the same graph of any layers."""
    text = text_of(path, *layers)
    quads = jsonld.to_rdf(json.loads(text), {"format": "application/n-quads"})
    mine, other = graph_of(text), Graph().parse(data=quads, format="nt")
    assert len(mine) > 20
    assert isomorphic(mine, other)


@pytest.mark.parametrize("layers", [(), ("network",), ("labs",), ("labs", "organisations")])
def test_each_record_has_its_own_contacts(registry, path, layers):
    """Whatever the order of contacts, which is not that of records; but for what is held back."""
    with registry.operation("test"):
        for id_ in ("a", "a-b", "a-c", "d", "e"):
            kind = Organisation if id_ == "a-b" else Lab
            registry.add(kind, {"name": f"Esempio {id_}", "state": "active"}, id_)
        for number, id_ in enumerate(("d", "e", "a", "d", "a", "a-b")):
            told = {"role": "press", "email": f"n{number}@example.org", "basis": "public_office"}
            registry.add(Contact, {"record": id_, "scope": "open_data", **told})
    registry.close()
    out = io.BytesIO()
    with closing(Dataset(path, ["d"])) as dataset:
        contacts = [row["record"] for row in dataset.beside(Contact)]
        assert contacts != sorted(contacts)
        bundles.load("jsonld").write(dataset, exports.layers(layers), out)
    found = {
        node["@id"].rpartition(":")[2]: [
            each["schema:email"] for each in node["schema:contactPoint"]
        ]
        for node in json.loads(out.getvalue())["@graph"]
        if "schema:contactPoint" in node
    }
    every = {
        "a": ["n2@example.org", "n4@example.org"],
        "a-b": ["n5@example.org"],
        "e": ["n1@example.org"],
    }
    assert {id_: sorted(each) for id_, each in found.items()} == {
        id_: each for id_, each in every.items() if id_ != "a-b" or layers != ("labs",)
    }


def texts(*told):
    """Return texts without type or language."""
    return {Literal(each) for each in told}


def typed(text, kind):
    """Return a text of a type."""
    return {Literal(text, datatype=kind)}


AREA, BOOKS = HERE["areas/rione-esempio"], HERE["terms/activity/reading_books"]
STATUS = Namespace(f"{CONTROLLED}classifications-for-organizations/legal-status/")
EXPECTED = [
    ("primo", [RDF.type], {SDO.CivicStructure, SDO.Library}),
    ("secondo", [RDF.type], {SDO.Organization, COV.Group}),
    (
        "terzo",
        [RDF.type],
        {SDO.Organization, COV.Organization, SDO.NGO, COV.PrivateOrganization},
    ),
    (
        "quarto",
        [RDF.type],
        {
            *(SDO.Organization, COV.Organization),
            *(SDO.GovernmentOrganization, COV.PublicOrganization),
        },
    ),
    ("primo", [SDO.name], texts("Primo")),
    ("primo", [L0.name], texts("Primo")),
    ("primo", [COV.legalName], set()),
    ("secondo", [COV.legalName], set()),
    ("terzo", [COV.legalName], texts("Terzo")),
    ("primo", [SDO.address, SDO.streetAddress], texts("Via Esempio 1/A")),
    ("primo", [SDO.address, SDO.postalCode], texts("00100")),
    (
        "primo",
        [CLV.hasAddress, CLV.fullAddress],
        texts("Via Esempio 1/A, 00100 Comune Esempio"),
    ),
    ("primo", [CLV.hasAddress, CLV.hasCity, L0.identifier], texts("000001")),
    ("primo", [CLV.hasAddress, CLV.hasDistrict], {AREA}),
    ("primo", [SDO.containedInPlace], {AREA}),
    ("secondo", [SDO.areaServed], {AREA}),
    ("secondo", [CLV.hasSpatialCoverage], {AREA}),
    ("areas/rione-esempio", [RDF.type], {SDO.Place, CLV.Feature, CLV.District}),
    ("areas/rione-esempio", [SDO.geo, SDO.box], texts("45.1 9.1 45.2 9.2")),
    ("primo", [SDO.geo, SDO.latitude], typed("45.123457", XSD.decimal)),
    ("primo", [CLV.hasGeometry, CLV.lat], typed("45.123457", XSD.decimal)),
    ("terzo", [SDO.location, SDO.geo, SDO.latitude], typed("45.12", XSD.decimal)),
    ("terzo", [SDO.address, SDO.streetAddress], set()),
    ("primo", [SDO.openingHours], texts("Mo-Fr 16:00-19:00", "Sa 10:00-12:00")),
    ("altro", [SDO.openingHours], set()),
    ("primo", [SDO.maximumAttendeeCapacity], {Literal(12)}),
    ("primo", [SDO.url], {URIRef("https://example.org/?a=1&b=2")}),
    (
        "primo",
        [SM.hasOnlineContactPoint, SM.hasEmail, SM.emailAddress],
        typed("mailto:lab@example.org", XSD.anyURI),
    ),
    (
        "quarto",
        [SM.hasOnlineContactPoint, SM.hasCertifiedEmail, SM.emailAddress],
        typed("mailto:ente@pec.example.org", XSD.anyURI),
    ),
    ("primo", [SDO.contactPoint, SDO.email], texts("stampa@example.org")),
    (
        "primo",
        [SDO.contactPoint, SDO.contactType],
        {Literal("Ufficio stampa", lang="it"), Literal("Press office", lang="en")},
    ),
    ("secondo", [SDO.foundingDate], typed("2019", XSD.gYear)),
    ("secondo", [SDO.dissolutionDate], typed("2024-05-01", XSD.date)),
    ("secondo", [SDO.location], {HERE.primo}),
    ("terzo", [COV.taxCode], texts("00296180185")),
    ("terzo", [SDO.taxID], texts("00296180185")),
    ("terzo", [COV.hasLegalStatus], {STATUS["1720"]}),
    ("quarto", [COV.IPAcode], texts("c_x000")),
    ("primo", [SDO.keywords], {BOOKS, HERE["terms/activity/sport_play"]}),
    (
        "terms/activity/reading_books",
        [SDO.name],
        {Literal("Lettura e libri", lang="it"), Literal("Reading and books", lang="en")},
    ),
    ("primo", [SDO.funder], {HERE.terzo}),
    ("primo", [SDO.location], {HERE.terzo}),
    ("primo", [SDO.sponsor], set()),  # until 2020
    ("primo", [SDO.subjectOf], {URIRef(BASE)}),
    ("", [SDO.license], {URIRef("https://creativecommons.org/licenses/by/4.0/")}),
    ("", [SDO.publisher, SDO.name], texts("Comune Esempio")),
]


@pytest.mark.usefixtures("full")
def test_records_are_what_the_ontologies_call_them(path):
    """Places, groups and bodies have their classes, addresses, dates, ties and terms."""
    graph = graph_of(text_of(path))
    for record, steps, expected in EXPECTED:
        nodes = {HERE[record]}
        for step in steps:
            nodes = {end for node in nodes for end in graph.objects(node, step)}
        assert nodes == expected, (record, steps)
    (network,) = graph.subjects(RDF.type, SDO.Dataset)
    assert len(set(graph.objects(network, SDO.dateModified))) == 1
    (tie,) = graph.subjects(RDF.predicate, HERE["terms/relation_role/coordinates"])
    ends = [next(graph.objects(tie, each)) for each in (RDF.subject, RDF.object)]
    assert ends == [HERE.terzo, HERE.primo]
    assert set(graph.objects(tie, SDO.startDate)) == typed("2020", XSD.gYear)


@pytest.mark.usefixtures("full")
def test_an_additional_property_tells_its_column_and_value(path):
    """What has no term of its own is told by column, with the column's labels and the value."""
    graph = graph_of(text_of(path))
    found = {}
    for node in graph.objects(HERE.primo, SDO.additionalProperty):
        (column,) = graph.objects(node, SDO.propertyID)
        told = {*graph.objects(node, SDO.value), *graph.objects(node, SDO.valueReference)}
        found[column.removeprefix(f"{BASE}columns/")] = told
    assert found["started_on"] == {Literal("2019-09", datatype=XSD.gYearMonth)}
    assert found["state"] == {HERE["terms/state/active"]}
    assert found["precision"] == {HERE["terms/precision/address"]}
    labels = {Literal("Attivo dal", lang="it"), Literal("Started on", lang="en")}
    assert set(graph.objects(HERE["columns/started_on"], RDFS.label)) == labels
    (closed,) = graph.subjects(SDO.propertyID, HERE["columns/open_to_new_members"])
    assert set(graph.objects(closed, SDO.value)) == {Literal("false", datatype=XSD.boolean)}


def written(column, value):
    """Return the texts by which a published value is to be found in the graph."""
    items = column.kind.from_sql(value) if isinstance(column.kind, Listing) else [value]
    for item in items:
        if isinstance(column.item, Term):
            yield f"{BASE}terms/{column.item.name}/{item}"
        elif isinstance(column.item, Reference):
            yield BASE + ("areas/" if column.item.table == "areas" else "") + item
        elif column.kind.json_type == "boolean":
            yield str(bool(item)).lower()
        else:
            yield str(item)


def write_everywhere(registry, nasty):
    """Write a text, as another program would, into every public column of texts that takes it."""
    for entity in (Lab, Group, Organisation):
        names = [
            column.name
            for column in entity.columns
            if type(column.item) in {Line, Prose}
            and column.published
            and len(nasty) <= column.item.longest
            and not ("\n" in nasty and type(column.item) is Line)
            and not ("|" in nasty and column.many)
        ]
        told = ", ".join(f"{name} = ?" for name in names)
        registry.store.connection.execute(f"UPDATE {entity.table} SET {told}", [nasty] * len(names))


def lost_of(path, graph):
    """Return the public values that are not in a graph."""
    ends = {str(node) for node in (*graph.objects(), *graph.subjects())}
    ends |= {end.removeprefix("mailto:") for end in ends}
    with closing(Dataset(path)) as dataset:
        return [
            (layer.name, column.name, row[column.name])
            for layer in LAYERS.values()
            for row in dataset.objects(layer)
            for column in layer.columns
            if row[column.name] is not None and column.name not in {"contacts", "record_type"}
            if not set(written(column, row[column.name])) <= ends
        ]


def test_every_public_value_is_there_as_it_is(full, path):
    """A hostile text in every column of texts is a literal, the same character for character."""
    addresses = ("https://example.org/?a=1&b=2", "https://creativecommons.org/")
    for nasty in NASTY:
        write_everywhere(full, nasty)
        text = text_of(path)
        assert "<" not in text
        graph = graph_of(text)
        assert lost_of(path, graph) == []
        made = {str(node) for triple in graph for node in triple if isinstance(node, URIRef)}
        known = (BASE, *PREFIXES.values(), *addresses, CONTROLLED)
        assert {each for each in made if not each.startswith(known)} == set()


@pytest.mark.usefixtures("full")
def test_what_is_no_web_address_is_no_address_in_the_graph(path, registry):
    """A web address that no address can be stays a text; a good one is an address."""
    texts = {"website": "https://exa mple.org/<x>", "links": "https://example.org/ok | ftp://x y"}
    stored_texts(registry, "primo", **texts)
    graph = graph_of(text_of(path))
    assert set(graph.objects(HERE.primo, SDO.url)) == {Literal(texts["website"])}
    told = {URIRef("https://example.org/ok"), Literal("ftp://x y")}
    assert set(graph.objects(HERE.primo, RDFS.seeAlso)) == told


@pytest.mark.usefixtures("full")
def test_contacts_without_basis_are_not_there(path):
    """Of two contacts only the one with a basis is told, in its own node."""
    text = text_of(path)
    assert text.count("Nome Inventato") == 1
    assert "Taciuto" not in text
    assert "Segreta" not in text


def test_without_a_base_records_are_named_within_the_file(full, path):
    """No address is made up: records, terms and areas are blank nodes, tied all the same."""
    with full.operation("test"):
        full.change(full.network(), {"base_uri": ""})
    graph = graph_of(text_of(path))
    (lab,) = graph.subjects(SDO.identifier, Literal("primo"))
    assert isinstance(lab, BNode)
    (group,) = graph.subjects(SDO.identifier, Literal("secondo"))
    assert set(graph.objects(group, SDO.location)) == {lab}
    assert not [node for node in graph.all_nodes() if BASE in str(node)]
    for keyword in graph.objects(lab, SDO.keywords):
        assert len(set(graph.objects(keyword, SDO.name))) == 2


def test_a_base_that_can_begin_no_address_is_refused(full, path, bencomune):
    """The message tells the column and the command that mends it; nothing is written."""
    sql = "UPDATE network SET base_uri = 'https://esempio .org/'"
    full.store.connection.execute(sql)
    full.close()
    done = bencomune("export", "-f", "jsonld", "--to", "out")
    assert done.returncode == 2
    assert "network, colonna base_uri" in done.stderr
    assert not (path.parent / "out").exists() or not list((path.parent / "out").iterdir())
    assert "bencomune network set --base-uri" in done.stderr
    assert bencomune("network", "set", "--base-uri", BASE).returncode == 0
    assert bencomune("export", "-f", "jsonld", "--to", "out").returncode == 0


@pytest.mark.parametrize("base", [BASE, BASE.rstrip("/"), "https://dati.example.org/rete#"])
def test_a_base_may_end_in_a_stroke_or_a_hash(full, path, base):
    """Addresses of records are the base, a stroke where it lacks one, and the id."""
    with full.operation("test"):
        full.change(full.network(), {"base_uri": base})
    joint = "" if base.endswith(("/", "#")) else "/"
    told = graph_of(text_of(path)).objects(URIRef(f"{base}{joint}primo"), SDO.name)
    assert list(told) == [Literal("Primo")]


def test_the_same_data_give_the_same_bytes(full, path, bencomune):
    """Whatever the language and hash seed of who exports."""
    full.close()
    files = set()
    for number, language in (("1", "it"), ("2", "en")):
        told = {"PYTHONHASHSEED": number, "BENCOMUNE_LANG": language}
        assert bencomune("export", "-f", "jsonld", "--to", number, **told).returncode == 0
        files.add((path.parent / number / "network.jsonld").read_bytes())
    assert len(files) == 1


def test_a_registry_without_network_or_records_is_a_whole_file(path):
    """Nothing to tell is a graph with the dataset alone."""
    Registry.create(path).close()
    told = json.loads(text_of(path))
    assert [node["@type"] for node in told["@graph"]] == ["schema:Dataset"]


def test_every_term_exists():
    """Each property and class is one of its vocabulary; each line is of a column that there is."""
    columns = {c.name for entity in ENTITIES for c in entity.published()}
    assert set(ways_of()) - columns == set()
    used = {each for types in TYPES.values() for each in types}
    for ways in ways_of().values():
        for whose, way in ways:
            assert whose in {"*", "place", *TYPES, *used_types()}
            used |= {part for step in way for part in step if part}
    used |= used_types()
    known = {"schema": SDO, "dc": DC, "dct": DCTERMS, "rdf": RDF, "rdfs": RDFS, "void": VOID}
    for term in used:
        prefix, _, name = term.partition(":")
        if prefix in ITALIAN:
            assert name in ITALIAN[prefix].split(), term
        else:
            assert known[prefix][name] in known[prefix], term


def used_types():
    """Return the classes of kinds of records and of terms, and the properties of roles."""
    told = {each for types in TYPES.values() for each in types}
    for name in names():
        for term in vocabulary(name).values():
            told |= set(term.mappings.get("rdf_type", "").split())
            told |= {term.mappings["rdf"].lstrip("^")} if "rdf" in term.mappings else set()
    return told


def test_a_body_is_public_or_private():
    """The class of a legal form says the same as what makes its seat public."""
    for term in vocabulary("legal_form").values():
        public = "cov:PublicOrganization" in term.mappings["rdf_type"].split()
        assert public == ("public_body" in term.mappings)
        assert re.search("cov:(Public|Private)Organization", term.mappings["rdf_type"])
