"""What is said of the dataset on a CKAN portal: by the settings, else by the manifest."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .ckan_client import Portal
from .ckan_settings import CkanSettings
from .errors import Refused
from .licences import licence_of
from .vocabularies import vocabulary
from .words import Text

LOADERS = frozenset({"datapusher", "datapusher_plus", "xloader"})
_DCATAPIT = "dcatapit_pkg"
_UNFINISHED = {"key": "bencomune", "value": "unfinished"}  # an extra
_AGID = "https://w3id.org/italia/controlled-vocabulary/licences/"
_ALSO = {"cc0-1.0": "cc-zero"}  # as CKAN's own list has it


class Source(NamedTuple):
    """What is published: what the manifest tells, and the day of the last change."""

    manifest: Mapping[str, Any]
    modified: str


class Extensions(frozenset[str]):
    """The extensions of a portal, as it tells them itself."""

    @property
    def loads_tables(self) -> bool:
        """Tell whether the portal makes the DataStore's tables of files by itself."""
        return bool(self & LOADERS)

    @property
    def knows_dcatapit(self) -> bool:
        """Tell whether the fields of DCAT-AP_IT are fields of a dataset (ckanext-dcatapit)."""
        return _DCATAPIT in self


def extensions(portal: Portal) -> Extensions:
    """Return the extensions of a portal."""
    return Extensions(portal.ask("status_show").get("extensions") or ())


def details(
    settings: CkanSettings, source: Source, licence: str, package: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is to be said of the dataset; `package` is the dataset as it is there."""
    manifest = source.manifest
    told = {
        "title": settings.title or manifest.get("network"),
        "notes": settings.notes or manifest.get("description"),
        "license_id": licence,
        "url": manifest.get("landing_page") or manifest.get("website"),
        "author": manifest.get("publisher"),
        "maintainer": manifest.get("publisher"),
        "maintainer_email": manifest.get("email"),
    }
    found: dict[str, Any] = {name: value for name, value in told.items() if value}
    if settings.tags and set(settings.tags) != {tag["name"] for tag in package.get("tags", ())}:
        found["tags"] = [{"name": tag} for tag in settings.tags]
    return found


def fields(settings: CkanSettings, source: Source) -> dict[str, str]:
    """Return the fields of DCAT-AP_IT, as ckanext-dcatapit names them, and those of the office."""
    manifest = source.manifest
    ipa, publisher = manifest.get("publisher_ipa") or "", manifest.get("publisher") or ""
    themes = [
        {"theme": theme, "subthemes": []} for theme in _eu("data_theme", manifest.get("themes"))
    ]
    own = f"{ipa}:{settings.dataset}" if ipa else settings.dataset
    told = {
        "identifier": str(manifest.get("identifier") or own),
        "modified": source.modified,
        "frequency": next(_eu("frequency", manifest.get("frequency")), "IRREG"),
        "themes_aggregate": json.dumps(themes) if themes else "",
        "publisher_name": publisher,
        "publisher_identifier": ipa,
        "holder_name": publisher,
        "holder_identifier": ipa,
        "geographical_geonames_url": str(manifest.get("geonames") or ""),
        **settings.extras,
    }
    return {name: value for name, value in told.items() if value}


def _eu(name: str, codes: str | None) -> Iterator[str]:
    """Yield the codes of the EU for terms of a vocabulary, which are told as one text."""
    known = vocabulary(name)
    return (known[code].mappings["eu"] for code in (codes or "").split(", ") if code in known)


def differing(
    package: Mapping[str, Any],
    details: Mapping[str, Any],
    fields: Mapping[str, str],
    *,
    knows_dcatapit: bool,
) -> dict[str, Any]:
    """Return what a dataset lacks of what is to be said of it, as its fields.

    Other extras, which people may have written on the portal, stay.
    """
    told = {**details, **(fields if knows_dcatapit else {})}
    found = {name: value for name, value in told.items() if not _same(package.get(name), value)}
    if not knows_dcatapit:
        there = {extra["key"]: extra["value"] for extra in package.get("extras", ())}
        if any(there.get(name) != value for name, value in fields.items()):
            found["extras"] = [{"key": k, "value": v} for k, v in {**there, **fields}.items()]
    return found


def unfinished(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a new dataset, marked as one whose files are not all there."""
    return {**told, "extras": [*told.get("extras", ()), _UNFINISHED]}


def finished(package: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be said of a dataset whose files are all there: it is for all to see.

    One that people made private stays so.
    """
    extras = told.get("extras") or package.get("extras", ())
    if _UNFINISHED not in extras:
        return dict(told)
    return {**told, "private": False, "extras": [each for each in extras if each != _UNFINISHED]}


def _same(there: Any, wanted: Any) -> bool:
    """Tell whether a text is what the portal has of it, which trims and breaks lines its way."""
    if isinstance(there, str) and isinstance(wanted, str):
        return there.split() == wanted.split()
    return bool(there == wanted)


def licence(portal: Portal, settings: CkanSettings, source: Source, there: str) -> str:
    """Return the licence as the portal names it; `there` is the one that the dataset has.

    Raises Refused where the portal knows none: open data without a licence are not open.
    """
    told = str(source.manifest.get("licence") or "")
    wanted = [settings.licence] if settings.licence else _names(source, told)
    if there in wanted:
        return there
    known = [each["id"] for each in portal.ask("license_list")]
    for name in wanted:
        if name in known:
            return name
    raise Refused(_unknown(settings.licence or told, known))


def _unknown(name: str, known: Iterable[str]) -> Text:
    told = Text(
        "il portale non conosce la licenza «{name}»; [ckan] licence ne vuole una di: {known}",
        "the portal does not know the licence “{name}”; [ckan] licence takes one of: {known}",
    )
    return told.filled(name=name, known=", ".join(known))


def _names(source: Source, told: str) -> list[str]:
    """Return how portals may name the licence, with and without its version."""
    known = licence_of(source.manifest.get("licence_url"))
    name = (known.id if known else "").lower() or "-".join(told.lower().split())
    return [name, *filter(None, [_ALSO.get(name)]), name.rpartition("-")[0]]


def licence_uri(source: Source) -> str:
    """Return the URI of the licence in Italy's vocabulary, empty where it is not known."""
    known = licence_of(source.manifest.get("licence_url"))
    return f"{_AGID}{known.agid}" if known and known.agid else ""
