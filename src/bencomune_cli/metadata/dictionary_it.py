"""The data dictionary in Italian: what each published column means, and the terms of the lists."""

from collections.abc import Sequence
from typing import TextIO

from ..dataset import Dataset
from ..dictionaries import LOST, as_markdown
from ..entities import Network
from ..words import Text
from . import File, Format, expect_some

NAME = "dictionary"
FORMAT = Format(
    "it.md",
    "text/markdown",
    Text("Dizionario dei dati (in italiano)", "Data dictionary (in Italian)"),
    usual=False,
    purposes=("ckan",),
    lost=(LOST,),
)


def write(dataset: Dataset, files: Sequence[File], out: TextIO) -> None:
    """Write the dictionary of the layers that some files hold."""
    expect_some(files, FORMAT)
    out.write(as_markdown(Network.from_row(dataset.network), files, "it"))
