"""The catalogue of the folder as DCAT-AP_IT, in JSON-LD: for harvesters of open data."""

from collections.abc import Sequence
from typing import TextIO

from ..catalogues import LOST, catalogue
from ..dataset import Dataset
from ..words import Text
from . import File, Format, expect_some

NAME = "dcat"
FORMAT = Format(
    "jsonld",
    "application/ld+json",
    Text("DCAT-AP_IT (JSON-LD)", "DCAT-AP_IT (JSON-LD)"),
    usual=False,
    purposes=("catalogue",),
    lost=(LOST,),
    file_type="JSON_LD",
)


def write(dataset: Dataset, files: Sequence[File], out: TextIO) -> None:
    """Write the catalogue of some files. Raises Refused where the network tells too little."""
    expect_some(files, FORMAT)
    out.write(catalogue(dataset.network, files).json_ld())
