"""What was published, kept for its owner alone in a folder beside the registry.

`state.json` tells the publication that is out and all changes so far, `copies` are the dated ones,
`held` is one that waits for a person, `runs.log` has a line for each run. None of it is in the
registry: a copy of that, or its undo, must not change what was published.
"""

import fcntl
import json
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from .comparing import Entry
from .drafts import swap_in
from .errors import Refused
from .faults import at
from .snapshots import Kept, Snapshot
from .whole_files import sync
from .words import Text

FILES = "files"
_ABOUT, _STATE, _LOG, _HELD, _COPIES = "about.json", "state.json", "runs.log", "held", "copies"
_NEW = "new-"
_LONGEST_LOG = 1_000_000  # bytes; some thousand runs
_FAULTS = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class Publication(NamedTuple):
    """A publication as it is kept: its entry, the registry's moment, what was public and why.

    `made_at` is when it was published (UTC), `files` tells the SHA-256 of each file by name.
    """

    entry: Entry
    made_at: str
    sequence: int
    changed_at: str
    snapshot: Snapshot
    rules: Kept
    files: dict[str, str]

    @property
    def name(self) -> str:
        """Return the name of its copy, which sorts by number."""
        return f"{self.entry.number:05}-{self.made_at[:10]}"

    def to_json(self) -> dict[str, Any]:
        """Return the publication as it is kept."""
        told = self._asdict() | {"entry": self.entry.to_json(), "rules": self.rules._asdict()}
        return told | {"snapshot": self.snapshot.to_json()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Publication":
        """Return a publication that was kept. Raises one of _FAULTS."""
        files = {str(name): str(digest) for name, digest in told["files"].items()}
        moment = str(told["made_at"]), int(told["sequence"]), str(told["changed_at"])
        snapshot, rules = Snapshot.from_json(told["snapshot"]), Kept.from_json(told["rules"])
        return cls(Entry.from_json(told["entry"]), *moment, snapshot, rules, files)


class State(NamedTuple):
    """What is out: the name of its copy, the id of the feed, all entries, oldest first."""

    current: str = ""
    feed: str = ""
    entries: tuple[Entry, ...] = ()

    def origin(self, number: int) -> int:
        """Return the number of the publication whose data another has: its own, unless put back."""
        back = {each.number: each.back_to for each in self.entries}
        while 0 < back.get(number, 0) < number:
            number = back[number]
        return number


class Publications:
    """The folder of what was published of one registry."""

    def __init__(self, registry: Path) -> None:
        self.folder = registry.with_name(f"{registry.name}.published")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against a second run; the kernel frees it whatever happens."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with suppress(PermissionError):
            self.folder.chmod(0o700)
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in self.folder.glob(f"{_NEW}*"):  # by a run that was killed
                shutil.rmtree(left, ignore_errors=True)
            yield
        except BlockingIOError:
            told = Text(
                "un'altra pubblicazione è in corso: questa non fa niente",
                "another publication is running: this one does nothing",
            )
            raise Refused(at(self.folder, told)) from None
        finally:
            os.close(descriptor)

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Give a folder of the owner's alone for a publication that is being made."""
        made = Path(tempfile.mkdtemp(prefix=_NEW, dir=self.folder))
        try:
            (made / FILES).mkdir()
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def state(self) -> State:
        """Return what is out; an empty state before the first. Raises Refused for a damaged one."""
        path = self.folder / _STATE
        try:
            told = json.loads(path.read_text("utf-8"))
            entries = tuple(map(Entry.from_json, told["entries"]))
            return State(str(told["current"]), str(told["feed"]), entries)
        except FileNotFoundError:
            return State()
        except _FAULTS:
            raise self._damaged(path) from None

    def has_published(self) -> bool:
        """Tell whether anything was ever published, though what tells of it be damaged."""
        with suppress(OSError):  # of another person, who alone may look
            return (self.folder / _STATE).exists()
        return False

    def current(self, state: State) -> Publication | None:
        """Return the publication that is out, None before the first. Raises Refused."""
        return self.read(state.current) if state.current else None

    def read(self, name: str) -> Publication:
        """Return a publication that is kept. Raises Refused for a damaged one."""
        path = self.folder / _COPIES / name / _ABOUT
        try:
            return Publication.from_json(json.loads(path.read_text("utf-8")))
        except _FAULTS:
            raise self._damaged(path) from None

    def _damaged(self, path: Path) -> Refused:
        """Return the refusal of a damaged file, with the command that lets one begin anew."""
        aside = self.folder.with_name(f"{self.folder.name}.{Text('danneggiato', 'damaged')}")
        command = shlex.join(("mv", str(self.folder), str(aside)))
        return Refused(at(path, _DAMAGED.filled(command=command)))

    def files_of(self, name: str) -> Path:
        """Return the folder of the files of a publication that is kept."""
        return self.folder / _COPIES / name / FILES

    def names(self) -> list[str]:
        """Return the names of the publications that are kept, oldest first."""
        with suppress(OSError):
            return sorted(path.name for path in (self.folder / _COPIES).iterdir())
        return []

    def copies(self) -> dict[str, Publication | None]:
        """Return the publications that are kept by name, oldest first; None for a damaged one."""
        found: dict[str, Publication | None] = {}
        for name in self.names():
            try:
                found[name] = self.read(name)
            except Refused:
                found[name] = None
        return found

    def keep(self, made: Path, publication: Publication) -> None:
        """Keep what was built as a dated copy."""
        copies = self.folder / _COPIES
        copies.mkdir(exist_ok=True)
        sync(self.folder)
        for path in (*(made / FILES).iterdir(), made / FILES):
            sync(path)  # those that were copied from another publication too
        self._write_about(made, publication)
        place = copies / publication.name
        if place.exists():  # of a run that was killed before it said what is out
            shutil.rmtree(place)
        made.replace(place)
        sync(copies)

    def hold(self, made: Path, reasons: Iterable[Text]) -> Path:
        """Keep what was built for a person to look at; return where."""
        place = self.folder / _HELD
        told = "".join(f"{reason}\n" for reason in reasons)
        swap_in(made / "reasons.txt", told.encode("utf-8", "replace"))
        shutil.rmtree(place, ignore_errors=True)
        made.replace(place)
        return place

    def held(self) -> list[str]:
        """Return why a publication waits for a person; nothing where none does."""
        with suppress(OSError, UnicodeDecodeError):
            return (self.folder / _HELD / "reasons.txt").read_text("utf-8").splitlines()
        return []

    def forget_held(self) -> None:
        """Take away what was held, where it is published or there is no more reason to hold it."""
        shutil.rmtree(self.folder / _HELD, ignore_errors=True)

    def put_out(self, state: State, keep: int) -> None:
        """Write what is out, and take away what held before and the copies over so many."""
        told = state._asdict() | {"entries": [each.to_json() for each in state.entries]}
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        swap_in(self.folder / _STATE, text.encode())
        sync(self.folder.parent)
        self.forget_held()
        old = [name for name in self.names() if name != state.current]
        for name in old[: max(0, len(old) + 1 - max(keep, 1))]:
            shutil.rmtree(self.folder / _COPIES / name, ignore_errors=True)

    def _write_about(self, made: Path, publication: Publication) -> None:
        text = json.dumps(publication.to_json(), ensure_ascii=False, separators=(",", ":"))
        swap_in(made / _ABOUT, text.encode())

    def note(self, run: Mapping[str, Any]) -> None:
        """Add a line to the log of runs, of which the oldest go when it grows too long."""
        path = self.folder / _LOG
        line = json.dumps(run, ensure_ascii=False) + "\n"
        with suppress(OSError):  # what was done is done, and told
            descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8", errors="replace") as log:
                log.write(line)
            if path.stat().st_size > _LONGEST_LOG:
                half = path.read_bytes()[-_LONGEST_LOG // 2 :].partition(b"\n")[2]
                swap_in(path, half)

    def runs(self) -> Iterator[dict[str, Any]]:
        """Yield the runs that were noted, newest first; lines that cannot be read are left out.

        Who asks for the last run alone has no more of the log read into objects than its end.
        """
        with suppress(OSError):
            log = (self.folder / _LOG).read_bytes()
            end = len(log)
            while end > 0:
                start = log.rfind(b"\n", 0, end - 1) + 1
                with suppress(ValueError, RecursionError):
                    told = json.loads(log[start:end].decode("utf-8", "replace"))
                    if isinstance(told, dict):
                        yield told
                end = start


_DAMAGED = Text(
    "è danneggiato: non si sa che cosa era pubblicato, e non pubblico niente. I file pubblicati"
    " restano come sono. Rimettere il file da una copia di sicurezza; se non c'è, eseguire:"
    " {command} e poi bencomune publish, che sarà come la prima volta",
    "is damaged: what was published is not known, and nothing is published. The published files"
    " stay as they are. Put the file back from a backup; if there is none, run: {command}"
    " and then bencomune publish, which will be like the first time",
)
