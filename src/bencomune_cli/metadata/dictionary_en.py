"""The data dictionary in English: what each published column means, and the terms of the lists."""

from collections.abc import Sequence
from typing import TextIO

from ..dataset import Dataset
from ..dictionaries import LOST, as_markdown
from ..entities import Network
from ..words import Text
from . import File, Format, expect_some

NAME = "dictionary"
FORMAT = Format(
    "en.md",
    "text/markdown",
    Text("Dizionario dei dati (in inglese)", "Data dictionary (in English)"),
    usual=False,
    purposes=("ckan",),
    lost=(LOST,),
)


def write(dataset: Dataset, files: Sequence[File], out: TextIO) -> None:
    """Write the dictionary of the layers that some files hold."""
    expect_some(files, FORMAT)
    out.write(as_markdown(Network.from_row(dataset.network), files, "en"))
