"""`python -m bench`: measure, keep the figures, write the page of all that are kept."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .contests import CONTESTS
from .programs import CACHE, install, machine, versions
from .report import page
from .running import REPEATS, chosen, compiled, given, run

SIZES = (1_000, 10_000, 100_000, 1_000_000)
FIGURES = CACHE / "figures.json"
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for, and write the page."""
    asked = _parser().parse_args(arguments)
    if asked.install:
        install()
        return
    compiled()
    kept = _kept()
    for records in asked.sizes:
        files = given(records, min(SIZES), _tell)
        given(min(SIZES), min(SIZES), _tell)
        for contest in chosen(asked.only, records):
            repeat = asked.repeat or REPEATS.get(records, 1)
            figures = run(contest, files, repeat, _tell)
            kept["figures"].setdefault(str(records), {})[contest.name] = {
                label: each._asdict() for label, each in figures.items()
            }
            kept |= {"machine": machine(), "versions": versions(), "day": _today()}
            _keep(kept)
    asked.out.write_text(page(kept), "utf-8")
    _tell(f"written: {asked.out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure this program beside its peers."
    )
    parser.add_argument("--sizes", nargs="+", type=_size, default=list(SIZES), help="of registries")
    names = [contest.name for contest in CONTESTS]
    parser.add_argument("--only", nargs="+", choices=names, default=[], help="these contests")
    parser.add_argument("--repeat", type=int, default=0, help="runs of each contestant")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page that is written")
    parser.add_argument("--install", action="store_true", help="install the peers of PyPI")
    return parser


def _size(text: str) -> int:
    return int(text.replace(",", "").replace("_", ""))


def _kept() -> dict[str, Any]:
    """Return the figures of earlier runs on this machine."""
    if FIGURES.exists():
        told: dict[str, Any] = json.loads(FIGURES.read_text("utf-8"))
        return told
    return {"figures": {}}


def _keep(kept: dict[str, Any]) -> None:
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(kept, indent=1), "utf-8")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
