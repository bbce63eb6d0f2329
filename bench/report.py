"""The page of the figures, in Markdown: made of what is kept, and of nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .contests import CONTESTS, GROWTH, WRITER, Aim, Contest
from .programs import PROGRAMS

Figures = Mapping[str, Any]  # by size, contest and label, as they are kept

_HEAD = """# How fast it is

Written by `python -m bench`; not by hand. Every figure was measured on one machine, this program
and what a user would pick instead in turns. Wall time tells what a person waits; on a machine that
does other work too it tells little, so beside it stands the time on processors, of all processes
together. Times are medians. Memory is the highest peak of any run, all processes together.

A registry of so many *records* has so many labs, and beside them a tenth of groups, a fiftieth of
organisations, a quarter of relations, a fifth of contacts, and 37 areas with boundaries. Of a
thousand labs one has an error, which holds it back; of forty one hides where it is. The peers read
the labs from a GeoPackage, an SQLite file or a CSV that this program exported: they look for
nothing private and check nothing.

- `export …` is the whole command, start and rules of severity error included, as it runs each
  night: it looks at what was faulty or changed. The first export of a registry, and the first after
  the program or a library was updated or a boundary changed, looks at all of them, and has figures
  of its own.
- *the writer alone* is the same without any rules.
- The program's modules were compiled, as pip compiles what it installs.
"""
_REPEAT = """
## Repeat it

```console
$ python -m bench --install                        # the peers of PyPI, into bench/.cache/peers
$ python -m bench --sizes 1000 10000 100000
$ python -m bench --sizes 1000000
$ python -m bench --only geojson csv --repeat 5    # some of it
```

Registries and figures are kept in `bench/.cache`; a run replaces the figures of what it measured.
"""


def page(kept: Mapping[str, Any]) -> str:
    """Return the page of all figures that are kept."""
    figures: Figures = kept["figures"]
    parts = [_HEAD, _machine(kept), _aims(figures), _growth(figures)]
    parts += [_of_size(int(size), figures[size]) for size in sorted(figures, key=int)]
    return "\n".join([*parts, _REPEAT.lstrip("\n")])


def _machine(kept: Mapping[str, Any]) -> str:
    told = [f"- {name}: {value}" for name, value in kept.get("machine", {}).items()]
    versions = kept.get("versions", {})
    peers = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    told += [f"- peers: {peers or 'none'}"]
    told += [
        f"- missing: {name}, which `{PROGRAMS[name].got_by}` installs"
        for name, version in versions.items()
        if not version
    ]
    return "\n".join([f"Measured on {kept.get('day', 'no day')}.", "", *told, ""])


def _aims(figures: Figures) -> str:
    rows = [
        row for contest in CONTESTS for aim in contest.aims for row in _aim(contest, aim, figures)
    ]
    head = ("work", "aim", "at", "wall", "processors", f"{WRITER}, processors", "reached")
    return f"## Aims\n\n{_table(head, rows)}"


def _aim(contest: Contest, aim: Aim, figures: Figures) -> Iterator[Sequence[str]]:
    """Yield what came of an aim at its size, else at the largest one that was measured."""
    sizes = [int(s) for s in figures if contest.name in figures[s] and int(s) <= aim.records]
    if not sizes:
        return
    told = figures[str(max(sizes))][contest.name]
    ours, other = told.get(contest.ours.label), told.get(aim.against)
    if not ours or (aim.against and not other):
        return
    at = f"{max(sizes):,}"
    if aim.megabytes:
        memory = ours["memory"]
        reached = _reached(memory <= aim.most, ours)
        yield contest.title, f"{aim.most:.0f} MB", at, f"{memory:.0f} MB", "", "", reached
        return
    of, unit = (f" of {aim.against}", "") if other else ("", " s")
    aimed = f"{aim.most}{unit}{of}"
    if other and other["ended"]:
        yield contest.title, aimed, at, "", "", "", other["ended"]
        return
    wall, cpu = (ours[name] / (other[name] if other else 1.0) for name in ("wall", "cpu"))
    alone = told.get(WRITER)
    writer = f"{alone['cpu'] / other['cpu']:.2f}" if alone and other else ""
    reached = _reached(wall <= aim.most, ours)
    yield contest.title, aimed, at, f"{wall:.2f}{unit}", f"{cpu:.2f}{unit}", writer, reached


def _reached(reached: bool, ours: Mapping[str, Any]) -> str:
    return ours["ended"] or ("yes" if reached else "no")


def _growth(figures: Figures) -> str:
    """Tell how the time for one record grows with the number of records."""
    small, large = (figures.get(str(size), {}) for size in GROWTH)
    rows = []
    for contest in CONTESTS:
        label = contest.ours.label
        ends = [told.get(contest.name, {}).get(label) for told in (small, large)]
        if all(end and not end["ended"] for end in ends):
            first, last = ends
            each = [
                [end[name] / size * 1e6 for end, size in zip((first, last), GROWTH, strict=True)]
                for name in ("wall", "cpu")
            ]
            rows.append((contest.title, *(_grown(*ends) for ends in each)))
    if not rows:
        return ""
    told = f"From {GROWTH[0]:,} records to {GROWTH[1]:,}; the aim is below +10 %."
    head = ("work", "wall, microseconds a record", "processors")
    return f"## Growth\n\n{told}\n\n{_table(head, rows)}"


def _grown(first: float, last: float) -> str:
    return f"{first:.0f} → {last:.0f} ({last / first - 1:+.0%})"


def _of_size(records: int, told: Mapping[str, Any]) -> str:
    rows = []
    for contest in CONTESTS:
        ours = told.get(contest.name, {}).get(contest.ours.label)
        for label, each in told.get(contest.name, {}).items():
            rows.append((contest.title, label, *_figures(each, ours)))
    head = ("work", "by", "wall s", "processor s", "MB", "ours / this", "in processor time", "runs")
    return f"## {records:,} records\n\n{_table(head, rows)}"


def _figures(each: Mapping[str, Any], ours: Mapping[str, Any] | None) -> Sequence[str]:
    if each["ended"]:
        return (each["ended"], "", f"{each['memory']:.0f}", "", "", str(each["runs"]))
    ratios = ["", ""]
    if ours and ours is not each and not ours["ended"]:
        ratios = [f"{ours[name] / each[name]:.2f}" for name in ("wall", "cpu")]
    shown = (f"{each['wall']:.2f}", f"{each['cpu']:.2f}", f"{each['memory']:.0f}")
    return (*shown, *ratios, str(each["runs"]))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
