"""Files written for others: each layer in each format, bundles of them, and what tells of them.

All are built beside their places before the first is swapped in; the manifest is last.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, NamedTuple, TextIO, cast

from . import bundles, formats, metadata
from .bundles import WHOLE, apart
from .dataset import Dataset
from .entities import Relation
from .errors import Refused
from .file_kinds import PURPOSES, Format, unknown
from .layers import LAYERS, Layer
from .manifests import files_told, since, write_manifest
from .metadata import File
from .staging import Work, stage
from .whole_files import Staged, locked, sweep, sync, told_of
from .words import Text

FOLDERS = (formats, bundles, metadata)


class Written(NamedTuple):
    """One exported file: its name, layer, media type, and whether its bytes changed.

    A bundle of several layers, and a file about files, are of no layer.
    """

    name: str
    layer: str
    media_type: str
    records: int
    bytes: int
    sha256: str
    changed: bool


def names() -> list[str]:
    """Return the names of all that can be written, without importing it."""
    return sorted(name for folder in FOLDERS for name in folder.names())


def usual() -> list[str]:
    """Return the names of what is written where nothing is asked for."""
    return [name for name in names() if _format(name).usual]


def chosen(named: Iterable[str], purposes: Iterable[str], *, else_usual: bool = True) -> list[str]:
    """Return the formats that are named and those that serve a purpose; of none the usual ones.

    Raises Refused for a purpose that there is not.
    """
    found = [*named]
    for purpose in purposes:
        if purpose not in PURPOSES:
            told = Text("--for «{name}»: serve {known}", "--for “{name}”: {known} is needed")
            raise Refused(told.filled(name=purpose, known=", ".join(PURPOSES)))
        found += fit_for(purpose)
    return list(dict.fromkeys(found)) or (usual() if else_usual else [])


def fit_for(purpose: str) -> list[str]:
    """Return the names of what serves a purpose, a key of PURPOSES."""
    return [name for name in names() if purpose in _format(name).purposes]


def _format(name: str) -> Format:
    told: Format = _loaded(name).FORMAT
    return told


def _loaded(name: str) -> ModuleType:
    """Return what writes by its name; refuse what does not exist."""
    for folder in FOLDERS:
        if name in folder.names():
            module: ModuleType = folder.load(name)
            return module
    raise unknown(name, names())


def _ready(name: str) -> ModuleType:
    """Return what writes by its name; refuse it where a library of its own is missing."""
    module = _loaded(name)
    module.FORMAT.expect_libraries()
    return module


def layers(names: Iterable[str]) -> list[Layer]:
    """Return the layers by name, all of them for no name; refuse one that does not exist."""
    wanted = list(names) or list(LAYERS)
    for name in wanted:
        if name not in LAYERS:
            raise Refused(
                Text(
                    "«{name}» non si può esportare; si può: {names}",
                    "“{name}” cannot be exported; these can: {names}",
                ).filled(name=name, names=", ".join(LAYERS))
            )
    return [LAYERS[name] for name in dict.fromkeys(wanted)]


def write_folder(
    dataset: Dataset, folder: Path, wanted: Iterable[Layer], format_names: Iterable[str]
) -> list[Written]:
    """Write each layer in each format, and each bundle, into a folder, then what tells of them."""
    chosen = list(dict.fromkeys(format_names))
    modules = {name: _ready(name) for name in chosen}
    seen = _seen(
        dataset, wanted, [modules[name] for name in chosen if name not in metadata.names()]
    )
    with told_of(folder), locked(folder):
        sweep(folder)
        try:
            files = files_told(folder)
            works = list(_linked(_works(dataset, seen, modules), modules, files.values()))
            done = _staged(dataset, folder, files, works, seen)
            about = [_about(dataset, name, files) for name in _told_with(files, chosen)]
            done += _staged(dataset, folder, files, about, ())
            with told_of(folder, begun=True):
                for work, made in done:
                    if made.path:
                        made.path.replace(folder / work.name)
                sync(folder)
                write_manifest(dataset, folder, [files[name] for name in sorted(files)])
        finally:
            sweep(folder)
    return [_written(files[work.name], made) for work, made in done]


def _staged(
    dataset: Dataset,
    folder: Path,
    files: dict[str, File],
    works: Sequence[Work],
    layers: Sequence[Layer],
) -> list[tuple[Work, Staged]]:
    """Write files beside their places, and tell of them in `files`."""
    made_of = stage(dataset, folder, works, layers)
    for work, made in zip(works, made_of, strict=True):
        modified = since(files.get(work.name), made.sha256, dataset)
        files[work.name] = File(
            *(work.name, work.layer, work.format, work.media_type, work.file_type, work.records()),
            *(made.bytes, made.sha256, dataset.sequence, modified, dataset.extract.told()),
        )
    return list(zip(works, made_of, strict=True))


def write_stream(dataset: Dataset, out: TextIO, layer: Layer, format_name: str) -> None:
    """Write one layer in one format to a stream."""
    module = _ready(format_name)
    module.write(dataset, *_seen(dataset, [layer], [module]), out)


def write_bundle(dataset: Dataset, out: BinaryIO, wanted: Sequence[Layer], name: str) -> None:
    """Write some layers as one bundle to a stream."""
    module = _ready(name)
    module.write(dataset, _seen(dataset, wanted, [module]), out)


def _seen(dataset: Dataset, wanted: Iterable[Layer], modules: Iterable[ModuleType]) -> list[Layer]:
    """Return layers as they are seen. Raises Refused for what cannot be said of them so."""
    crs = dataset.extract.crs
    fixed = [str(m.FORMAT.label) for m in modules if crs and not m.FORMAT.any_crs]
    if fixed:
        data = (*formats.names(), *bundles.names())
        able = [name for name in data if _format(name).any_crs]
        told = Text(
            "--crs {crs}: sempre in WGS 84: {fixed}; in altri sistemi: --format {able}",
            "--crs {crs}: always in WGS 84: {fixed}; in other systems: --format {able}",
        )
        raise Refused(told.filled(crs=crs, fixed=", ".join(fixed), able=" --format ".join(able)))
    return [dataset.seen(layer) for layer in wanted]


def expect_bearable(dataset: Dataset, wanted: Sequence[Layer], chosen: Iterable[str]) -> None:
    """Refuse more records than what makes or opens a bundle bears, before a file is begun.

    It is for who asks for files and can ask for a part of them; a publication is of all.
    """
    places = [layer for layer in apart(wanted) if layer.name != Relation.table]
    for name in chosen:
        most = _format(name).most_records if name in bundles.names() else 0
        count = sum(map(dataset.count, places)) if most else 0
        if count > most:
            told = Text(
                "{label}: {count} record, e può contenerne al massimo {most}. Non è stato scritto"
                " niente: esportarne una parte con --where e --to, o tralasciare il formato {name}",
                "{label}: {count} records, and it can hold {most} at most. Nothing was written:"
                " export a part of them by --where and --to, or leave out the format {name}",
            )
            label = _format(name).label
            raise Refused(told.filled(label=label, count=count, most=most, name=name))


def makes_one_file(wanted: Sequence[Layer], chosen: Sequence[str]) -> bool:
    """Tell whether some layers in some formats are one file, and it tells of no others."""
    alone = len(chosen) == 1 and chosen[0] not in metadata.names()
    return alone and (len(wanted) == 1 or chosen[0] in bundles.names())


def _works(
    dataset: Dataset, wanted: Sequence[Layer], modules: dict[str, ModuleType]
) -> Iterator[Work]:
    counts = {layer.name: partial(dataset.count, layer) for layer in wanted}
    for layer in wanted:
        for name in formats.names():
            if module := modules.get(name):
                write = partial(_as_text, write=partial(module.write, dataset, layer))
                yield _work(module.FORMAT, layer.name, layer.name, name, counts[layer.name], write)
                yield from _beside(dataset, module.FORMAT, layer)
    for name in bundles.names():
        if module := modules.get(name):
            write = partial(module.write, dataset, wanted)
            one = wanted[0].name if len(wanted) == 1 else ""
            told = [count for layer, count in counts.items() if one or layer != WHOLE]
            records = partial(_sum, told)
            yield _work(module.FORMAT, one or module.FORMAT.stem, one, name, records, write)
            for layer in apart(wanted):
                yield from _beside(dataset, module.FORMAT, layer)


def _sum(counts: Iterable[Callable[[], int]]) -> int:
    return sum(count() for count in counts)


def _linked(
    works: Iterable[Work], modules: dict[str, ModuleType], there: Iterable[File]
) -> Iterator[Work]:
    """Tell those that link to files which data will be there: of earlier exports, and theirs."""
    made, holding = list(works), _holding_records()
    told = {file.name for file in there if file.format in holding}
    told |= {work.name for work in made if work.format in holding}
    for work in made:
        module = modules.get(work.format)
        if module and module.FORMAT.links:
            write = partial(cast("partial[None]", work.write), beside=sorted(told))
            yield work._replace(write=write)
        else:
            yield work


def _holding_records() -> set[str]:
    """Return the formats of files of records, not beside one or about all."""
    return {*formats.names(), *bundles.names()}


def _beside(dataset: Dataset, told: Format, layer: Layer) -> Iterator[Work]:
    """Yield the companions of a format's file of a layer, named in the manifest by their ending."""
    for each in told.companions:
        if each.goes_with(dataset, layer):
            write = partial(_as_text, write=partial(each.write, dataset, layer))
            name = f"{layer.name}.{each.extension}"
            kind = (each.media_type, each.file_type)
            yield Work(name, layer.name, each.extension, *kind, lambda: 0, write)


def _told_with(files: dict[str, File], chosen: Iterable[str]) -> list[str]:
    """Return the files about files that are asked for, and those there: none goes out of date."""
    there = {file.format for file in files.values()}
    return [name for name in metadata.names() if name in there or name in chosen]


def _about(dataset: Dataset, name: str, files: dict[str, File]) -> Work:
    module = _ready(name)
    holding = _holding_records()
    others = [files[each] for each in sorted(files) if files[each].format in holding]
    write = partial(_as_text, write=partial(module.write, dataset, others))
    return _work(module.FORMAT, module.NAME, "", name, lambda: 0, write)


def _work(
    told: Format,
    stem: str,
    layer: str,
    name: str,
    records: Callable[[], int],
    write: Callable[[BinaryIO], None],
) -> Work:
    kind = (told.media_type, told.kind_of_file)
    return Work(f"{stem}.{told.extension}", layer, name, *kind, records, write, told.effort)


def _as_text(out: BinaryIO, write: Callable[[TextIO], None]) -> None:
    text = io.TextIOWrapper(out, "utf-8", newline="")
    write(text)
    text.flush()
    text.detach()


def _written(file: File, made: Staged) -> Written:
    told = (file.name, file.layer, file.media_type, file.records)
    return Written(*told, made.bytes, made.sha256, made.path is not None)
