"""The catalogue of a network's files as DCAT-AP_IT: one dataset, a distribution for each file.

Profile: DCAT-AP_IT 2.0 (italia/daf-ontologie-vocabolari-controllati); what is mandatory, and common
errors: italia/linee-guida-cataloghi-dati-dcat-ap-it. Each of its classes stands beside that of
DCAT-AP 3. Terms of authorities have their type and label, which validators look for.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .entities import Network
from .errors import Refused
from .extracts import part_told
from .file_kinds import File
from .graphs import Graph, Iri, Literal, Said
from .layers import LAYERS
from .licences import licence_of
from .vocabularies import vocabulary
from .words import LANGUAGES, Text, joined

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "spdx": "http://spdx.org/rdf/terms#",
}
EU = "http://publications.europa.eu/resource/authority/"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_LICENCES = "https://w3id.org/italia/controlled-vocabulary/licences/"  # AgID's
_LICENCE_TYPES = "http://purl.org/adms/licencetype/"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"

# The authorities' tables of terms, by vocabulary: concepts, or a class of their own.
_CONCEPTS = frozenset({"data_theme", "eurovoc"})
_OF_EU = {"frequency": "dct:Frequency", "language": "dct:LinguisticSystem"}

LOST = Text(
    "i record: dice dei file della cartella, non di ciò che contengono",
    "records: it tells of the files of the folder, not of what they hold",
)

# What the profile wants of the network; of several columns any one will do.
_WANTED = (
    ("description",),
    ("publisher",),
    ("publisher_ipa", "publisher_vat"),
    ("licence_url",),
    ("themes",),
    ("frequency",),
    ("files_url", "landing_page"),
)


def catalogue(row: Mapping[str, Any], files: Sequence[File]) -> Graph:
    """Return the catalogue of some files of a network, of which `row` is the public row.

    Raises Refused for a network that does not tell what the profile wants.
    """
    network = Network.from_row(dict(row))
    _expect_told(network)
    made = _Catalogue(network, max(file.modified for file in files))
    made.say(files)
    return made.graph


def _expect_told(network: Network) -> None:
    wanted = [*_WANTED, *([("distributor_code",)] if network.distributor else [])]
    lacking = [
        Network.column(names[0])
        for names in wanted
        if not any(getattr(network, name) for name in names)
    ]
    if lacking:
        told = Text(
            "DCAT-AP_IT vuole della rete anche: {labels}; bencomune network set {options}",
            "DCAT-AP_IT also wants, of the network: {labels}; bencomune network set {options}",
        )
        labels = joined(", ", (column.label for column in lacking))
        options = " ".join(f"{column.option} …" for column in lacking)
        raise Refused(told.filled(labels=labels, options=options))


class _Catalogue:
    """A catalogue that is being said."""

    def __init__(self, network: Network, modified: str) -> None:
        self.graph = Graph(PREFIXES)
        self._network = network
        self._languages = network.languages or LANGUAGES[:1]
        self._modified = modified
        self._base = _open(network.base_uri or network.files_url or network.landing_page or "")

    def say(self, files: Sequence[File]) -> None:
        """Say what the catalogue holds, of whom, and each file."""
        network = self._network
        whole = self.graph.add(self._own("catalogue"), ("dcat:Catalog", "dcatapit:Catalog"), {})
        dataset = self.graph.add(
            self._own("dataset"),
            ("dcat:Dataset", "dcatapit:Dataset"),
            {
                "dct:identifier": Literal(network.identifier or self._own("dataset")),
                **self._alike(),
                "dct:rightsHolder": self._holder(),
                "dcat:contactPoint": self._office(),
                "dcat:theme": self._terms("data_theme", network.themes),
                "dct:subject": self._terms("eurovoc", network.subjects),
                "dcat:keyword": [self._said(label) for label in _labels(files)],
                "dct:accrualPeriodicity": self._terms("frequency", (network.frequency or "",)),
                "dcat:landingPage": self._page(network.landing_page),
                "dcat:distribution": [self._distribution(file) for file in files],
            },
        )
        self.graph.add(
            whole,
            (),
            {
                **self._alike(),
                "dct:modified": _day(max(self._modified, network.updated_at)),
                "dct:license": self._licence(),
                "foaf:homepage": self._page(network.website or network.landing_page),
                "dcat:themeTaxonomy": self._scheme("data-theme"),
                "dcat:dataset": dataset,
            },
        )

    def _alike(self) -> dict[str, Said]:
        """Return what is said alike of the catalogue and of its dataset."""
        network = self._network
        return {
            "dct:title": self._literal(network.name),
            "dct:description": self._literal(network.description or ""),
            "dct:publisher": self._distributor(),
            "dct:issued": _day(network.issued or network.created_at),
            "dct:modified": _day(self._modified),
            "dct:language": self._terms("language", self._languages),
            "dct:spatial": self._territory(),
        }

    def _distribution(self, file: File) -> Iri:
        network, own = self._network, self._own(f"file/{file.name}")
        page, folder = network.landing_page, network.files_url
        download = Iri(_open(folder) + file.name) if folder else None
        whole = LAYERS.get(file.layer)
        label = whole.label if whole else Text("Tutti i dati", "All the data")
        return self.graph.add(
            own,
            ("dcat:Distribution", "dcatapit:Distribution"),
            {
                "dct:title": self._said(
                    Text("{label} ({name})", "{label} ({name})").filled(label=label, name=file.name)
                ),
                "dct:description": self._said(part_told(file.records, file.extract)),
                "dct:format": self._of_eu("file-type", file.file_type, "dct:MediaTypeOrExtent"),
                "dcat:mediaType": self._media_type(file.media_type),
                "dct:license": self._licence(),
                "dct:language": self._terms("language", self._languages),
                "dcat:accessURL": download or Iri(page or ""),
                "dcat:downloadURL": download,
                "dcat:byteSize": Literal(str(file.bytes), datatype="xsd:nonNegativeInteger"),
                "dct:modified": _day(file.modified),
                "spdx:checksum": self._checksum(own, file.sha256),
            },
        )

    # Agents

    def _holder(self) -> Iri:
        network = self._network
        code = network.publisher_ipa or network.publisher_vat
        return self._agent(code or "", network.publisher or "")

    def _distributor(self) -> Iri:
        network = self._network
        if not network.distributor:
            return self._holder()
        return self._agent(network.distributor_code or "", network.distributor)

    def _agent(self, code: str, name: str) -> Iri:
        return self.graph.add(
            self._own(f"agent/{code}"),
            ("foaf:Agent", "dcatapit:Agent"),
            {"dct:identifier": Literal(code), "foaf:name": self._literal(name)},
        )

    def _office(self) -> Iri | None:
        """Say whom to turn to: an office, or the publisher itself; nobody without an e-mail."""
        network = self._network
        if not network.email:
            return None
        return self.graph.add(
            self._own("office"),
            ("vcard:Kind", "vcard:Organization", "dcatapit:Organization"),
            {
                "vcard:fn": self._literal(network.office or network.publisher or ""),
                "vcard:hasEmail": Iri(f"mailto:{network.email}"),
                "vcard:hasTelephone": Iri(f"tel:{network.phone}") if network.phone else None,
                "vcard:hasURL": Iri(network.website) if network.website else None,
            },
        )

    # What is referred to

    def _terms(self, name: str, codes: Iterable[str]) -> list[Iri]:
        known = vocabulary(name)
        terms = [known[code] for code in codes if code in known]
        if name in _CONCEPTS:
            return [
                self._concept(
                    Iri(term.mappings.get("uri") or f"{EU}data-theme/{term.mappings['eu']}"),
                    term.meaning or term.label,
                )
                for term in terms
            ]
        return [self._of_eu(name, term.mappings["eu"], _OF_EU[name]) for term in terms]

    def _concept(self, place: Iri, label: Text) -> Iri:
        told = [Literal(label.said_in(language), language) for language in LANGUAGES]
        return self.graph.add(place, ("skos:Concept",), {"skos:prefLabel": told})

    def _of_eu(self, table: str, code: str, kind: str) -> Iri:
        return self.graph.add(Iri(f"{EU}{table}/{code}"), (kind,), {})

    def _scheme(self, table: str) -> Iri:
        title = Literal("Data theme", "en")
        return self.graph.add(Iri(EU + table), ("skos:ConceptScheme",), {"dct:title": title})

    def _media_type(self, name: str) -> Iri:
        return self.graph.add(Iri(_MEDIA_TYPES + name), ("dct:MediaType",), {})

    def _checksum(self, own: Iri, value: str) -> Iri:
        sha256 = self.graph.add(Iri(_SHA256), ("spdx:ChecksumAlgorithm",), {})
        told = Literal(value, datatype="xsd:hexBinary")
        said: dict[str, Said] = {"spdx:algorithm": sha256, "spdx:checksumValue": told}
        return self.graph.add(Iri(f"{own}#sha256"), ("spdx:Checksum",), said)

    def _licence(self) -> Iri:
        network = self._network
        known = licence_of(network.licence_url)
        name = known.label.said_in(self._languages[0]) if known else network.licence
        said: dict[str, Said] = {"foaf:name": self._literal(name or network.licence_url or "")}
        place = Iri(network.licence_url or "")
        if known:
            place = Iri(_LICENCES + known.agid)
            kind = Iri(_LICENCE_TYPES + known.type.adms)
            said["dct:type"] = self._concept(kind, known.type.label)
            said["owl:versionInfo"] = Literal(known.version)
        return self.graph.add(place, ("dct:LicenseDocument", "dcatapit:LicenseDocument"), said)

    def _page(self, place: str | None) -> Iri | None:
        return self.graph.add(Iri(place), ("foaf:Document",), {}) if place else None

    def _territory(self) -> Iri | None:
        place = self._network.geonames
        said = {"dcatapit:geographicalIdentifier": Literal(place or "")}
        return self.graph.add(Iri(place), ("dct:Location",), said) if place else None

    # Words and addresses

    def _own(self, name: str) -> Iri:
        return Iri(self._base + name)

    def _literal(self, text: str) -> Literal:
        return Literal(text, self._languages[0])

    def _said(self, text: Text) -> Literal:
        return self._literal(text.said_in(self._languages[0]))


def _labels(files: Iterable[File]) -> list[Text]:
    return list(dict.fromkeys(LAYERS[f.layer].label for f in files if f.layer in LAYERS))


def _open(address: str) -> str:
    """Return an address to which a name can be added."""
    if address.endswith(("/", "#", "=")):
        return address
    return address + ("#" if "?" in address or "#" in address else "/")


def _day(moment: str) -> Literal:
    return Literal(moment[:10], datatype="xsd:date")
