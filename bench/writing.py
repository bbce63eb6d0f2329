"""One format of the labs written as `export` writes it, without the rules that go before.

What they hold back is what the last export of the registry told.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from bencomune_cli import exports
from bencomune_cli.dataset import Dataset


def write(registry: Path, name: str, folder: Path) -> None:
    """Write the labs of a registry in one format into a folder."""
    with closing(sqlite3.connect(registry)) as connection:
        held = {id_ for (id_,) in connection.execute("SELECT id FROM withheld")}
    dataset = Dataset(registry, held)
    exports.write_folder(dataset, folder, exports.layers(["labs"]), [name])
    dataset.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
