"""The catalogue of the folder as DCAT-AP_IT, in RDF/XML: for harvesters of open data."""

from collections.abc import Sequence
from typing import TextIO

from ..catalogues import LOST, catalogue
from ..dataset import Dataset
from ..words import Text
from . import File, Format, expect_some

NAME = "dcat"
FORMAT = Format(
    "rdf",
    "application/rdf+xml",
    Text("DCAT-AP_IT (RDF/XML)", "DCAT-AP_IT (RDF/XML)"),
    usual=False,
    purposes=("catalogue",),
    lost=(LOST,),
    file_type="RDF_XML",
)


def write(dataset: Dataset, files: Sequence[File], out: TextIO) -> None:
    """Write the catalogue of some files. Raises Refused where the network tells too little."""
    expect_some(files, FORMAT)
    out.write(catalogue(dataset.network, files).rdf_xml())
