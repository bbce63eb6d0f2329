"""A CKAN portal: a dataset, and a resource for each file.

Files go one after the other, then what is said of the dataset; a new one is private until all of
them are there. A resource tells the hash of its file, written only after its table was filled; so
what is the same is not sent, and what was cut short is done again by the next run.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

from .. import bundles, ckan_dataset, formats, metadata
from ..ckan_answers import Answered
from ..ckan_client import Portal
from ..ckan_dataset import Source
from ..ckan_settings import CkanSettings
from ..ckan_tables import bring
from ..errors import Refused
from ..faults import at
from ..layers import LAYERS
from ..manifests import published
from ..metadata import File
from ..patience import Busy
from ..settings import FILE
from ..tokens import token_of
from ..words import Text, joined
from . import Sent

LABEL = Text("portale CKAN", "CKAN portal")
Settings = CkanSettings
VARIABLE = "BENCOMUNE_CKAN_TOKEN"
_FOLDERS = (formats, bundles, metadata)


def send(folder: Path, settings: CkanSettings) -> Sent:
    """Bring a dataset of the portal to the state of a folder. Raises Refused with what to do."""
    manifest, files = published(folder)
    where = Text(f"{FILE}, [ckan] token_file", f"{FILE}, [ckan] token_file")
    token = token_of(settings.token_file, VARIABLE, where)
    portal = Portal(settings.url, token, settings.timeout, settings.attempts)
    _expect_right_to_write(portal, settings.organisation)
    source = Source(manifest, max(file.modified for file in files)[:10])
    return _Sending(portal, settings, source, folder).send([f for f in files if not _beside(f)])


def _expect_right_to_write(portal: Portal, organisation: str) -> None:
    found = portal.ask("organization_list_for_user", permission="create_dataset")
    names = sorted(each["name"] for each in found)
    if not names:
        told = Text(
            "{url}: il portale non riconosce il token, o chi ne è titolare non può scrivere in"
            " nessuna organizzazione: farsi dare un token nuovo, con il ruolo di editor",
            "{url}: the portal does not know the token, or its owner may write in no organisation:"
            " ask for a new token, with the role of an editor",
        )
        raise Refused(told.filled(url=portal.url))
    if organisation not in names:
        told = Text(
            "{url}: con questo token non si scrive nell'organizzazione «{name}»; si può in: {names}"
            " ([ckan] organisation)",
            "{url}: this token may not write in the organisation “{name}”; it may in: {names}"
            " ([ckan] organisation)",
        )
        raise Refused(told.filled(url=portal.url, name=organisation, names=", ".join(names)))


class _Sending:
    """One dataset of a portal, brought to the state of a folder."""

    def __init__(
        self, portal: Portal, settings: CkanSettings, source: Source, folder: Path
    ) -> None:
        self.portal = portal
        self.settings = settings
        self.source = source
        self.folder = folder
        self.extensions = ckan_dataset.extensions(portal)
        self.package: dict[str, Any] = {}

    def send(self, files: list[File]) -> Sent:
        """Send what differs, remove what is published no more, and say what is to be said."""
        self._look()
        licence = ckan_dataset.licence(
            *(self.portal, self.settings, self.source, self.package.get("license_id", ""))
        )
        new = not self.package
        if new:
            self.portal.persist(lambda: self._create(licence))
        sent = self._bring_all(files)
        removed = list(self._remove({file.name for file in files}))
        said = self._say(licence) or new
        return Sent(
            LABEL,
            f"{self.portal.url}/dataset/{self.settings.dataset}",
            sent,
            [file.name for file in files if file.name not in sent],
            removed,
            said,
        )

    def _bring_all(self, files: Iterable[File]) -> list[str]:
        """Bring all files to their state; return those written. One that is refused stops none.

        Raises Refused once the others are there; what is said of the dataset then waits.
        """
        sent: list[str] = []
        refusals: list[Text] = []
        for file in files:
            try:
                sent += [file.name] if self._bring(file) else []
            except Answered as refused:
                refusals.append(refused.text)
        if refusals:
            raise Refused(joined("\n", refusals))
        return sent

    def _look(self) -> None:
        """See the dataset as it is now."""
        try:
            self.package = self.portal.ask("package_show", id=self.settings.dataset)
        except Answered as refused:
            if not refused.missing:
                raise
            self.package = {}
        if self.package.get("state") == "deleted":
            told = Text(
                "{url}: il dataset «{name}» è stato cancellato sul portale: ripristinarlo lì, o"
                " scegliere un altro nome in [ckan] dataset",
                "{url}: the dataset “{name}” was deleted on the portal: restore it there, or choose"
                " another name in [ckan] dataset",
            )
            raise Refused(told.filled(url=self.portal.url, name=self.settings.dataset))

    def _create(self, licence: str) -> None:
        """Make the dataset; after a broken attempt it may be there already."""
        self._look()
        if not self.package:
            self.package = self.portal.tell_once(
                "package_create",
                name=self.settings.dataset,
                owner_org=self.settings.organisation,
                private=True,
                **ckan_dataset.unfinished(self._said(licence)),
            )

    def _said(self, licence: str) -> dict[str, Any]:
        return ckan_dataset.differing(
            self.package,
            ckan_dataset.details(self.settings, self.source, licence, self.package),
            ckan_dataset.fields(self.settings, self.source),
            knows_dcatapit=self.extensions.knows_dcatapit,
        )

    def _say(self, licence: str) -> bool:
        """Say of the dataset what is not said yet; return whether anything was."""
        told = ckan_dataset.finished(self.package, self._said(licence))
        if told:
            self.portal.tell("package_patch", id=self.package["id"], **told)
        return bool(told)

    def _bring(self, file: File) -> bool:
        """Bring the resource of a file to its state; return whether anything was written."""
        resource = self._resource(file.name)
        table = self._has_table(file)
        if resource and self._is_sent(resource, file) and not (table and _lacks_table(resource)):
            return False
        if _digest(path := self.folder / file.name, "sha256") != file.sha256:
            raise Refused(at(path, _CHANGED))
        if not resource:
            resource = self.portal.persist(lambda: self._make(file, whole=not table))
            if not table:
                return True
        elif self._is_sent(resource, file):
            self.portal.tell("resource_patch", id=resource["id"], hash="")
        if table:
            bring(self.portal, resource["id"], path, LAYERS[file.layer])
        self.portal.persist(lambda: self._put("resource_patch", file, id=resource["id"]))
        return True

    def _has_table(self, file: File) -> bool:
        wanted = self.settings.datastore and "datastore" in self.extensions
        return (
            wanted
            and not self.extensions.loads_tables
            and file.format == "csv"
            and file.layer in LAYERS
        )

    def _resource(self, name: str) -> dict[str, Any]:
        """Return the resource of a file by the name in its address, empty where there is none."""
        found = (each for each in self.package["resources"] if _file_of(each) == name)
        return next(found, {})

    def _is_sent(self, resource: Mapping[str, Any], file: File) -> bool:
        """Tell whether the portal has the bytes of a file.

        A portal that loads tables by itself overwrites the hash by the file's MD5.
        """
        told = str(resource.get("hash") or "")
        if re.fullmatch("[0-9a-f]{32}", told):
            return told == _digest(self.folder / file.name, "md5")
        return told == f"sha256:{file.sha256}" and _size(resource) in {None, file.bytes}

    def _make(self, file: File, *, whole: bool) -> dict[str, Any]:
        """Make the resource of a file; after a broken attempt it may be there already."""
        self._look()
        if there := self._resource(file.name):
            return there
        told = {
            "package_id": self.package["id"],
            "name": _name(file),
            "format": file.name.rpartition(".")[2],
            "mimetype": file.media_type,
        }
        uri = ckan_dataset.licence_uri(self.source)
        if uri and self.extensions.knows_dcatapit:
            told["license_type"] = uri
        return self._put("resource_create", file, whole=whole, **told)

    def _put(self, action: str, file: File, *, whole: bool = True, **told: str) -> dict[str, Any]:
        """Send a file, with its hash where nothing else is to be done for it."""
        if whole:
            told["hash"] = f"sha256:{file.sha256}"
        made: dict[str, Any] = self.portal.send_once(action, self.folder / file.name, **told)
        if _size(made) not in {None, file.bytes}:
            partly = Text("ha tenuto solo una parte di {name}", "kept only a part of {name}")
            raise Busy(self.portal.url, partly.filled(name=file.name))
        return made

    def _remove(self, names: set[str]) -> Iterator[str]:
        """Remove our resources of files that are published no more, and those made twice."""
        seen: set[str] = set()
        for resource in self.package["resources"]:
            name = _file_of(resource)
            twice = name in seen
            seen.add(name)
            if _is_ours(resource) and (twice or name not in names):
                self._delete(resource["id"])
                yield name

    def _delete(self, resource: str) -> None:
        try:
            self.portal.tell("resource_delete", id=resource)
        except Answered as refused:
            if not refused.missing:
                raise


_CHANGED = Text(
    "non è come dice il manifest: pubblicare di nuovo, poi mandare",
    "is not as the manifest tells: publish again, then send",
)


def _lacks_table(resource: Mapping[str, Any]) -> bool:
    return not resource.get("datastore_active")


def _file_of(resource: Mapping[str, Any]) -> str:
    """Return the name of the file that was sent for a resource, empty for a link."""
    if resource.get("url_type") != "upload":
        return ""
    return str(resource.get("url") or "").rpartition("/")[2]


def _is_ours(resource: Mapping[str, Any]) -> bool:
    """Tell whether a resource is one that a publication made; people may add theirs."""
    name = _file_of(resource)
    hashed = str(resource.get("hash") or "").startswith("sha256:")
    return bool(name) and (hashed or name.partition(".")[0] in LAYERS)


def _size(resource: Mapping[str, Any]) -> int | None:
    told = str(resource.get("size") or "")
    return int(told) if told.isdigit() else None


def _name(file: File) -> str:
    """Return the name of a file for people: Laboratori (CSV)."""
    label = next(f.load(file.format).FORMAT.label for f in _FOLDERS if file.format in f.names())
    return f"{LAYERS.get(file.layer, LAYERS['network']).label} ({label})"


def _beside(file: File) -> bool:
    """Tell whether a file goes beside another for one program alone, as a `.csvt` does."""
    return not any(file.format in folder.names() for folder in _FOLDERS)


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return file_digest(file, kind).hexdigest()
