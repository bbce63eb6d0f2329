"""What is done while faults happen: a registry to begin with, and the commands that write.

A command that writes anew is one line in `WORKS`: power cuts, kills and failing disks come upon it.
"""

from pathlib import Path
from typing import NamedTuple

from bencomune_cli import app
from bencomune_cli.entities import Area, Contact, Group, Lab, Network, Organisation, Relation
from bencomune_cli.registry import Registry

REGISTRY = "registry.db"
TABLE = "\n".join(
    [
        "id;name;street;number;state",
        *(f"n-{n};Sala Numero {n};via Roma;{n};active" for n in range(40)),
    ]
)


class Work(NamedTuple):
    """Commands one after the other, in what is `new`, of an `older` program, or `usual`."""

    commands: tuple[tuple[str, ...], ...]
    base: str = "usual"


def _edit(number: int, seats: int) -> tuple[str, ...]:
    return ("lab", "edit", f"spazio-numero-{number}", f"seats={seats}")


WORKS = {
    "init": Work((("init", "--name", "Rete Esempio"),), "new"),
    "add": Work(
        (
            (
                "lab",
                "add",
                "--name",
                "Spazio Nuovo",
                "--state",
                "active",
                "--description",
                "x" * 9000,
            ),
            ("group", "add", "--name", "Gruppo Nuovo", "--meets-at", "spazio-numero-1"),
            ("contact", "add", "spazio-numero-1", "--role", "press", "--email", "a@example.org"),
        )
    ),
    "edit": Work(
        (
            _edit(1, 7),
            ("lab", "edit", "--where", "state=active", "seats=9", "--yes"),
            ("lab", "remove", "spazio-numero-4"),
            ("lab", "restore", "spazio-numero-4"),
        )
    ),
    "import": Work((("import", "sale.csv", "--as", "lab", "--apply"),)),
    "undo": Work((("undo",), ("redo",), ("undo",))),
    "merge": Work((("merge", "spazio-numero-3", "spazio-numero-2", "--yes"),)),
    "export": Work(
        (_edit(1, 5), ("export", "--to", "files"), _edit(2, 5), ("export", "--to", "files"))
    ),
    "publish": Work(
        (_edit(1, 5), ("publish",), ("lab", "remove", "spazio-numero-4"), ("publish",))
    ),
    "first publication": Work((("publish",), ("export", "--to", "a/b", "labs")), "older"),
    "rollback": Work((("publish", "--rollback", "last"),)),
    "backup": Work((("backup",), _edit(1, 5), ("backup", "copy.db"), _edit(2, 5), ("backup",))),
    "restore": Work((("backup", "copy.db"), _edit(1, 5), ("restore", "copy.db", "--yes"))),
    "forget": Work(
        (
            ("backup",),
            ("forget", "--contact", "spazio-numero-2-press", "--yes", "--why", "art. 17"),
        )
    ),
    "migration": Work(
        (("lab", "add", "--name", "Spazio Nuovo", "--cost", "gratuito"), ("undo",)), "older"
    ),
}


class Command(NamedTuple):
    """One command, in what a work begins with, after other commands."""

    command: tuple[str, ...]
    base: str = "usual"
    before: tuple[tuple[str, ...], ...] = ()


COMMANDS = {
    "init": Command(WORKS["init"].commands[0], "new"),
    "add": Command(WORKS["add"].commands[0]),
    "edit": Command(WORKS["edit"].commands[1]),
    "import": Command(WORKS["import"].commands[0]),
    "undo": Command(("undo",)),
    "merge": Command(WORKS["merge"].commands[0]),
    "backup": Command(("backup",)),
    "restore": Command(
        ("restore", "copy.db", "--yes"), before=(("backup", "copy.db"), _edit(1, 5))
    ),
    "forget": Command(WORKS["forget"].commands[1], before=(("backup",),)),
    "migration": Command(WORKS["migration"].commands[0], "older"),
    "export": Command(("export", "--to", "files"), before=(_edit(1, 5),)),
    "publish": Command(("publish",), before=(_edit(1, 5),)),
    "rollback": Command(WORKS["rollback"].commands[0]),
}


def prepare(folder: Path, kind: str) -> None:
    """Make what a work begins with in an empty folder, which is the current one."""
    (folder / "sale.csv").write_text(TABLE, "utf-8")
    (folder / "bencomune.toml").write_text('[publish]\nformats = ["geojson"]\n', "utf-8")
    if kind == "new":
        return
    if kind == "older":  # its labs had no such columns; this process ends soon
        Lab.columns = tuple(c for c in Lab.columns if c.name not in {"cost", "access"})
    _fill(folder / REGISTRY)
    if kind == "older":
        return
    for command in (
        ("publish",),
        ("export", "--to", "files", "--format", "csv"),
        ("lab", "edit", "spazio-numero-2", "seats=4"),
        ("publish",),
    ):
        code = app.main(["--registry", REGISTRY, "--no-input", *command])
        assert code == 0, (command, code)


def _fill(path: Path) -> None:
    registry = Registry.create(path, "prova")
    place = {"state": "active", "municipality": "000001", "precision": "street"}
    with registry.operation("init"):
        registry.add(Network, {"name": "Rete Esempio"})
        box = {"west": "9.0", "south": "45.0", "east": "9.3", "north": "45.3"}
        area = {"name": "Comune Esempio", "area_kind": "municipality", "code": "000001"}
        registry.add(Area, area | box)
        for n in range(1, 7):
            point = {"lat": f"45.1{n}", "lon": f"9.1{n}"}
            registry.add(
                Lab, place | point | {"name": f"Spazio Numero {n}", "phone": "0382 000000"}
            )
        registry.add(Group, {"name": "Gruppo Esempio", "meets_at": "spazio-numero-1"} | place)
        registry.add(Organisation, {"name": "Ente Esempio"} | place)
        link = {"subject": "ente-esempio", "role": "coordinates", "object": "spazio-numero-1"}
        registry.add(Relation, link)
        registry.add(Contact, {"record": "spazio-numero-2", "role": "press", "person_name": "Nome"})
    registry.close()
