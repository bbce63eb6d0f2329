"""Cuts of power, simulated: what a disk may hold if it stops in the middle of recorded calls.

POSIX promises no more than this: bytes of a file are there once the file was synced; before, each
write is there, or is not, or is in part, sector by sector. Names are there once their folder was
synced; before, each change of a name is there or is not, a rename as a whole. Systems are kinder,
each in its own way; what holds here holds on all.
"""

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

SECTOR = 512
_HEAD = struct.Struct("=6q")


class Call(NamedTuple):
    """One recorded call: its letter, three numbers and two texts, as `disk.c` tells them."""

    op: str
    a: int
    b: int
    c: int
    one: str
    two: bytes


def calls(log: Path) -> Iterator[Call]:
    """Yield the calls of a record."""
    data, at = memoryview(log.read_bytes()), 0
    while at < len(data):
        op, a, b, c, first, second = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        one, at = bytes(data[at : at + first]).decode(), at + first
        yield Call(chr(op), a, b, c, one, bytes(data[at : at + second]))
        at += second


class _File:
    """A file: the bytes that are on the disk for good, and the writes that may be."""

    def __init__(self, data: bytes = b"") -> None:
        self.data, self.waiting = bytearray(data), []

    def sync(self) -> None:
        for offset, data in self.waiting:
            _put(self.data, offset, data)
        self.waiting = []


class _Folder:
    """A folder: the names that are on the disk for good."""

    def __init__(self) -> None:
        self.names: dict[str, _File | _Folder] = {}


def _put(into: bytearray, offset: int, data: bytes | None) -> None:
    """Write into bytes; nothing to be written is the file made as long as the offset."""
    if len(into) < offset:
        into.extend(bytes(offset - len(into)))
    if data is None:
        del into[offset:]
    else:
        into[offset : offset + len(data)] = data


class Disk:
    """A disk on which calls are done one by one, and whose power can be cut after any."""

    def __init__(self, start: list[tuple[str, int, bytes | None]]) -> None:
        """Begin with what a folder held: paths inside it, numbers, bytes (None of a folder)."""
        self.root = _Folder()
        self.nodes: dict[int, _File | _Folder] = {}
        self.changes: list[list[tuple[_Folder, str, _File | _Folder | None]]] = []
        for path, number, data in start:
            node = self.root if path == "." else _Folder() if data is None else _File(data)
            self.nodes[number] = node
            if path != ".":
                *above, name = path.split("/")
                folder = self.root
                for each in above:
                    folder = folder.names[each]
                folder.names[name] = node

    def do(self, call: Call) -> None:
        """Do one call."""
        node = self.nodes.get(call.a)
        if call.op == "W":
            node.waiting.append((call.b, call.two))
        elif call.op == "T":
            node.waiting.append((call.b, None))
        elif call.op == "S":
            node.sync() if isinstance(node, _File) else self._sync(node)
        elif call.op in "CD":
            self.nodes[call.b] = _File() if call.op == "C" else _Folder()
            self.changes.append([(node, call.one, self.nodes[call.b])])
        elif call.op == "L":
            self.changes.append([(node, call.one, self.nodes[call.b])])
        elif call.op == "U":
            self.changes.append([(node, call.one, None)])
        elif call.op == "R":
            there = self.nodes[call.b]
            moved = (there, call.two.decode(), self.nodes[call.c])
            self.changes.append([(node, call.one, None), moved])

    def _sync(self, folder: _Folder) -> None:
        """Keep the changes of a folder's names, and what came before them to the same names."""
        kept = [any(part[0] is folder for part in change) for change in self.changes]
        named = {(id(f), n) for c, k in zip(self.changes, kept, strict=True) if k for f, n, _ in c}
        waiting = []
        for change, keep in zip(self.changes, kept, strict=True):
            if keep or any((id(f), n) in named for f, n, _ in change):
                _change(change, lambda folder: folder.names)
            else:
                waiting.append(change)
        self.changes = waiting

    def write(self, place: Path) -> None:
        """Write into an empty folder what the disk holds if all gets there."""
        self.cut(place, random.Random(0), (1, 1))  # noqa: S311 - no secret

    def cut(self, place: Path, chance: random.Random, mood: tuple | None = None) -> None:
        """Write into an empty folder what the disk may hold if the power goes now."""
        names, data = mood or chance.choice(_MOODS)
        changed: dict[int, dict[str, _File | _Folder]] = {}

        def names_of(folder: _Folder) -> dict[str, _File | _Folder]:
            return changed.setdefault(id(folder), dict(folder.names))

        last = chance.randrange(len(self.changes) + 1)
        for number, change in enumerate(self.changes):
            if number < last if names is None else chance.random() < names:
                _change(change, names_of)
        _write(self.root, place, changed, data, chance)


# How much of what waits gets to the disk: of names (None is the first ones, in their order), data.
_MOODS = [(0, 0), (1, 1), (1, 0), (0, 1), (0.5, 0.5), (None, 0), (None, 0.5), (0.8, 0.2), (0.5, 1)]


def _change(change: list, names_of: Callable) -> None:
    """Do a change to the names that a function returns of a folder."""
    for folder, name, node in change:
        if node is None:
            names_of(folder).pop(name, None)
        else:
            names_of(folder)[name] = node


def _write(folder: _Folder, place: Path, changed: dict, data: float, chance: random.Random) -> None:
    for name, node in changed.get(id(folder), folder.names).items():
        if isinstance(node, _Folder):
            (place / name).mkdir()
            _write(node, place / name, changed, data, chance)
        else:
            (place / name).write_bytes(_survived(node, data, chance))


def _survived(file: _File, likely: float, chance: random.Random) -> bytes:
    if not file.waiting:
        return bytes(file.data)
    found = bytearray(file.data)
    for offset, data in file.waiting:
        if chance.random() >= likely:
            continue
        if data is None or likely == 1 or chance.random() < 0.5:
            _put(found, offset, data)
            continue
        for at in range(0, len(data), SECTOR):
            if chance.random() < 0.5:
                _put(found, offset + at, data[at : at + SECTOR])
    return bytes(found)
