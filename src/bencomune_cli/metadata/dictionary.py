"""The data dictionary as CSV, in both languages: one row for each column of each layer."""

import csv
from collections.abc import Sequence
from typing import TextIO

from ..dataset import Dataset
from ..dictionaries import LOST, rows
from ..words import Text
from . import File, Format, expect_some

NAME = "dictionary"
FORMAT = Format(
    "csv",
    "text/csv",
    Text("Dizionario dei dati (CSV)", "Data dictionary (CSV)"),
    usual=False,
    purposes=("ckan",),
    lost=(LOST,),
)


def write(dataset: Dataset, files: Sequence[File], out: TextIO) -> None:
    """Write the dictionary of the layers that some files hold."""
    del dataset
    expect_some(files, FORMAT)
    told = rows(files)
    written = csv.DictWriter(out, told[0], lineterminator="\n")
    written.writeheader()
    written.writerows(told)
