"""One publication, from the check to the files that are out.

Everything is built in a folder of the owner's alone, from one read transaction; its finished bytes
are searched for what may not go out, and compared with what is out; then it is swapped in, or held
for a person to look at.
"""

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from . import exports
from .comparing import Changes, Entry, compared, lines
from .dataset import Dataset
from .decoded import UndecodableError
from .entities import Contact
from .errors import ExitCode, Refused
from .extracts import Extract
from .feeds import CHANGES, FEED, changes_page, feed, new_id
from .files import copied
from .findings import Finding
from .foreign_folders import objections
from .holding import alarm, fallen, still_out
from .kinds.times import now
from .layers import Layer
from .leaks import Leak, Searcher
from .manifests import MANIFEST, files_told
from .privacy_rules import rules_of, weakened
from .private_values import private_values
from .publications import FILES, Publication, Publications, State
from .registry import Registry
from .sending import send_all
from .snapshots import Kept, Snapshot, names, public_texts, taken
from .swapping import digests, foreseen, swap_in, take_over, tidy
from .targets import Sent
from .whole_files import told_of, write_whole
from .words import Text, joined


class Plan(NamedTuple):
    """What is published, and where: no formats are the usual ones and those that are there.

    `besides` are formats that go out too, whatever the others are;
    `keep` is how many dated copies are kept, `language` that of labels, the network's where empty;
    `targets` are what is set for those that it is sent to, by name.
    """

    folder: Path
    layers: list[Layer]
    formats: list[str]
    keep: int = 12
    language: str = ""
    targets: Mapping[str, Any] = MappingProxyType({})
    besides: Sequence[str] = ()


class Result(NamedTuple):
    """How a run ended: its exit code, what changed, which files, what holds it, where it was sent.

    `details` are the changes one by one; `held_back` the records that errors keep out, by id;
    `leaks` what was found that may not go out; `reasons` all that a person has to look at; `kept`
    where the held publication is; `failures` what targets said that did not take it;
    `still_out` the ids of contacts, and of places masked since, that are out and may be no more;
    `same` says that what is out in the kept copy is what there is now, whatever the folder has.
    """

    code: ExitCode
    entry: Entry
    changed: list[str]
    removed: list[str]
    details: list[Text]
    held_back: dict[str, list[Finding]]
    leaks: list[Leak]
    reasons: list[Text]
    kept: Path | None = None
    sent: Sequence[Sent] = ()
    failures: Sequence[Text] = ()
    still_out: Sequence[str] = ()
    same: bool = False


class Seen(NamedTuple):
    """What may be published now, as far as it is compared and searched for."""

    snapshot: Snapshot
    rules: Kept
    searcher: Searcher
    names: dict[str, str]
    network: Mapping[str, Any]
    language: str
    sequence: int
    changed_at: str


class Run:
    """One run over one registry; `shelf` is what was published, `state` what is out."""

    def __init__(self, registry: Registry, plan: Plan, shelf: Publications) -> None:
        self.registry, self.plan, self.shelf = registry, plan, shelf
        self.state = shelf.state()
        self.before = shelf.current(self.state)
        self._weakened: list[Text] = []
        self._held_back: dict[str, list[Finding]] = {}

    def publish(self, made: Path, *, accept: bool, dry: bool) -> Result:
        """Build in a folder, and publish unless something holds it; write nothing if `dry`."""
        seen = self.build(made)
        entry = self.entry(seen)
        built = made / FILES
        entries = self.write_changes(built, seen, entry)
        leaks, unread = _searched(seen.searcher, built)
        reasons = [leak.told for leak in leaks] + unread
        same_files = self.before is not None and digests(built) == self.before.files
        if not accept:
            reasons += self._reasons(seen, same_files=same_files)
        ahead = foreseen(built, self.plan.folder, *self._earlier())
        code = ExitCode.FINE if ahead.changed or ahead.removed else ExitCode.NOTHING_CHANGED
        left = self._still_out(seen) if reasons else (set(), set())
        if reasons:
            code = ExitCode.HELD
            reasons = [*alarm(*left), *reasons]
        details = list(lines(entry.changes, seen.names))
        result = Result(code, entry, *ahead, details, self._held_back, leaks, reasons)
        result = result._replace(still_out=sorted({*left[0], *left[1]}), same=same_files)
        if dry:
            return result
        if reasons:
            return result._replace(kept=self.shelf.hold(made, reasons))
        if code == ExitCode.NOTHING_CHANGED and same_files:
            self.shelf.forget_held()
            tidy(self.plan.folder)
            return result
        done = swap_in(built, self.plan.folder, *self._earlier())
        if not same_files:
            self.keep(made, seen, entry, entries)
        return result._replace(changed=done.changed, removed=done.removed)

    def build(self, made: Path) -> Seen:
        """Write all files in a folder; return what they were made of."""
        dataset, self._held_back = self.registry.dataset(Extract(language=self.plan.language))
        with closing(dataset):
            seen = self._seen(dataset)
            try:
                self._write(dataset, made / FILES)
            except Refused as refused:  # what cannot be written keeps out what should have gone
                refused.text = joined("; ", [*alarm(*self._still_out(seen)), refused.text])
                raise
        return seen

    def _write(self, dataset: Dataset, built: Path) -> None:
        """Write the files over those that are out: each tells since when it is as it is."""
        if self.before:
            out = self.shelf.files_of(self.before.name)
            take_over(out, built, [*files_told(out), MANIFEST])
        told = self._formats()
        written = exports.write_folder(dataset, built, self.plan.layers, told)
        ours = {MANIFEST, *(each.name for each in written)}
        if any(path.name not in ours for path in built.iterdir()):  # what is no more asked for
            shutil.rmtree(built)
            built.mkdir()
            exports.write_folder(dataset, built, self.plan.layers, told)

    def seen(self) -> Seen:
        """Return what may be published now."""
        dataset, self._held_back = self.registry.dataset(Extract(language=self.plan.language))
        with closing(dataset):
            return self._seen(dataset)

    def _seen(self, dataset: Dataset) -> Seen:
        snapshot, rules = taken(dataset), rules_of(self.registry)
        searcher = Searcher(private_values(self.registry), public_texts(dataset))
        if self.before:
            self._weakened = list(weakened(self.before.rules, rules, self.registry))
            if snapshot.digest == self.before.snapshot.digest:  # nothing that shows has changed
                dataset.sequence = self.before.sequence
                dataset.changed_at = self.before.changed_at
        about = names(dataset), dataset.network, dataset.language
        return Seen(snapshot, rules, searcher, *about, dataset.sequence, dataset.changed_at)

    def _formats(self) -> list[str]:
        there = [file.format for file in files_told(self.plan.folder).values()]
        known = exports.names()
        told = self.plan.formats or [*exports.usual(), *(name for name in there if name in known)]
        return [*told, *self.plan.besides]

    def entry(self, seen: Seen) -> Entry:
        """Return what is said of this publication: when the data changed, as history tells it."""
        records = sum(len(ids) for n, ids in seen.snapshot.places().items() if n != "relations")
        if self.before is None:
            return Entry(1, seen.changed_at, records, Changes())
        last = self.before.entry
        newer = seen.sequence > self.before.sequence and seen.changed_at > last.at
        at = seen.changed_at if newer else utc_now()  # else time alone changed what is public
        changes = compared(self.before.snapshot, seen.snapshot)
        return Entry(last.number + 1, at, records, changes)

    def write_changes(self, built: Path, seen: Seen, entry: Entry) -> State:
        """Write what tells of the changes beside the files; return the state that they tell."""
        told = entry.number == 1 or entry.back_to or entry.changes
        entries = (*self.state.entries, *([entry] if told else []))
        id_ = self.state.feed or new_id(seen.network)
        page = changes_page(entries, seen.names, seen.network, seen.language)
        write_whole(built / CHANGES, page)
        write_whole(built / FEED, feed(entries, seen.names, seen.network, seen.language, id_))
        return State("", id_, entries)

    def keep(self, made: Path, seen: Seen, entry: Entry, state: State) -> None:
        """Keep a copy of what is out now, and say that it is."""
        moment = utc_now(), seen.sequence, seen.changed_at
        files = digests(made / FILES)
        publication = Publication(entry, *moment, seen.snapshot, seen.rules, files)
        with told_of(self.shelf.folder, begun=True):
            self.shelf.keep(made, publication)
            self.shelf.put_out(state._replace(current=publication.name), self.plan.keep)

    def _earlier(self) -> list[str]:
        return list(self.before.files) if self.before else []

    def _still_out(self, seen: Seen) -> tuple[set[str], set[str]]:
        if self.before is None:
            return set(), set()
        before = self.before.snapshot, self.before.rules
        contacts, masked = still_out(*before, seen.snapshot, seen.rules)
        gone = {c.id for c in self.registry.store.select(Contact) if c.record not in seen.names}
        return contacts - (gone - {*seen.rules.barred}), masked  # gone with their record, no more

    def _reasons(self, seen: Seen, *, same_files: bool) -> list[Text]:
        """Return what a person has to look at before it goes out."""
        manifest = self.before.files.get(MANIFEST, "") if self.before else ""
        about = seen.snapshot, str(seen.network.get("name") or "")
        found = list(objections(self.plan.folder, manifest, *about))
        if self.before is None or same_files:
            return found
        found += [*self._weakened, *fallen(self.before.snapshot, seen.snapshot)]
        if self.before.entry.back_to:
            told = Text(
                "è fuori la pubblicazione {n}, rimessa con --rollback: resta finché non si accetta"
                " di pubblicare di nuovo il registro com'è",
                "publication {n} is out, put back by --rollback: it stays until publishing the"
                " registry as it is again is accepted",
            )
            found.append(told.filled(n=self.before.entry.back_to))
        return found


def sent(result: Result, plan: Plan) -> Result:
    """Send what is out to the targets, unless a person has to look at what should be."""
    if result.code == ExitCode.HELD or not plan.targets:
        return result
    sent, failures = send_all(plan.folder, plan.targets)
    code = ExitCode.FINE if any(each.changed for each in sent) else result.code
    code = ExitCode.REFUSED if failures else code
    return result._replace(code=code, sent=sent, failures=failures)


def published(registry: Registry, plan: Plan, *, accept: bool = False, dry: bool = False) -> Result:
    """Publish a registry and send it to the targets, or tell what would be done. Raises Refused.

    A dry run looks at a copy of the registry, and writes nothing beside it.
    """
    shelf = Publications(registry.store.path)
    if dry:
        with tempfile.TemporaryDirectory(prefix="bencomune-") as folder:
            (Path(folder) / FILES).mkdir()
            path = copied(registry.store.connection, Path(folder) / "registry.db")
            with closing(Registry.open(path, registry.who, writing=True)) as copy:
                copy.watch = registry.watch
                return Run(copy, plan, shelf).publish(Path(folder), accept=accept, dry=True)
    with building(shelf) as made:
        return sent(Run(registry, plan, shelf).publish(made, accept=accept, dry=False), plan)


@contextmanager
def building(shelf: Publications) -> Iterator[Path]:
    """Give the folder of a publication that is being made, the only one at a time."""
    with told_of(shelf.folder), shelf.locked(), shelf.building() as made:
        yield made


def utc_now() -> str:
    """Return the time as the registry writes it."""
    return now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _searched(searcher: Searcher, built: Path) -> tuple[list[Leak], list[Text]]:
    """Return what is found in the files, and which cannot be looked into."""
    try:
        return searcher.leaks(built), []
    except UndecodableError as error:
        told = Text(
            "un file non si può esaminare: {error}", "a file cannot be looked into: {error}"
        )
        return [], [told.filled(error=error)]
