"""Licences known by their address: what catalogues and packages call them."""

import re
from typing import NamedTuple

from .words import Text, same


class LicenceType(NamedTuple):
    """What a licence asks for: its word, and its code in http://purl.org/adms/licencetype."""

    label: Text
    adms: str


class Licence(NamedTuple):
    """A licence: its address, name and version, what it asks for, its codes.

    `agid` is that of https://w3id.org/italia/controlled-vocabulary/licences, `id` that of SPDX,
    empty where there is none.
    """

    url: str
    label: Text
    version: str
    type: LicenceType
    agid: str
    id: str


_ATTRIBUTION = LicenceType(Text("Attribuzione", "Attribution"), "Attribution")
_ALIKE = LicenceType(Text("Condivisione allo stesso modo", "Share alike"), "ViralEffect-ShareAlike")
_PUBLIC_DOMAIN = LicenceType(Text("Pubblico dominio", "Public domain"), "PublicDomain")
LICENCES = (
    Licence(
        "https://creativecommons.org/licenses/by/4.0/",
        Text(
            "Creative Commons Attribuzione 4.0 Internazionale",
            "Creative Commons Attribution 4.0 International",
        ),
        "4.0",
        _ATTRIBUTION,
        "A21_CCBY40",
        "CC-BY-4.0",
    ),
    Licence(
        "https://creativecommons.org/licenses/by-sa/4.0/",
        Text(
            "Creative Commons Attribuzione - Condividi allo stesso modo 4.0 Internazionale",
            "Creative Commons Attribution-ShareAlike 4.0 International",
        ),
        "4.0",
        _ALIKE,
        "A31_CCBYSA40",
        "CC-BY-SA-4.0",
    ),
    Licence(
        "https://creativecommons.org/publicdomain/zero/1.0/",
        Text("Creative Commons CC0 1.0 Universale", "Creative Commons CC0 1.0 Universal"),
        "1.0",
        _PUBLIC_DOMAIN,
        "A11_CCO10",
        "CC0-1.0",
    ),
    Licence(
        "https://www.dati.gov.it/iodl/2.0/",
        same("Italian Open Data License 2.0"),
        "2.0",
        _ATTRIBUTION,
        "A29_IODL20",
        "",
    ),
    Licence(
        "https://opendatacommons.org/licenses/odbl/1-0/",
        same("Open Data Commons Open Database License 1.0"),
        "1.0",
        _ALIKE,
        "A310_ODBL",
        "ODbL-1.0",
    ),
)


def licence_of(address: str | None) -> Licence | None:
    """Return the licence of an address, however its scheme and end are written; None of no other.

    A page of a licence in a language, as `…/by/4.0/deed.it`, is that licence.
    """
    known = {_bare(licence.url): licence for licence in LICENCES}
    return known.get(_bare(address or ""))


def _bare(address: str) -> str:
    text = re.sub(r"^https?://(?:www\.)?", "", address.strip().casefold())
    return re.sub(r"/?(?:(?:deed|legalcode)(?:\.[a-z_-]+)?)?/?$", "", text)
