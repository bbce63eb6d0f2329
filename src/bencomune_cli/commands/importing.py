"""import: bring a file into the registry; first what each row would do, then all of it at once."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ExitCode
from ..limits import LIMITS, Limits
from ..usage import both
from ..words import Text
from . import (
    AsJson,
    Crs,
    Why,
    argument,
    can_ask,
    command,
    option,
    reading,
    whole_number,
    writing,
)

HELP = Text(
    "Importa un file: CSV, Excel, ODS, GeoJSON, KML, KMZ, GeoPackage. Mostra che cosa"
    " cambierebbe, poi lo fa tutto insieme; importare due volte non cambia niente.",
    "Import a file: CSV, Excel, ODS, GeoJSON, KML, KMZ, GeoPackage. It shows what would change,"
    " then does all of it at once; importing twice changes nothing.",
)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    vars(import_).pop("__signature__", None)  # of an app made earlier in this process
    own = [
        parameter
        for parameter in inspect.signature(import_).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    limits = [
        inspect.Parameter(
            f"max_{limit.name}",
            inspect.Parameter.KEYWORD_ONLY,
            default=typer.Option(
                None,
                limit.option,
                help=both(
                    Text("{told} (al massimo {most})", "{told} (at most {most})").filled(
                        told=limit.counted, most=limit.default
                    )
                ),
                show_default=False,
            ),
            annotation=str | None,
        )
        for limit in LIMITS
    ]
    vars(import_)["__signature__"] = inspect.Signature([*own, *limits])
    command(app, "import", HELP, import_)


File = Annotated[
    str,
    argument(
        "file da importare; - per l'ingresso standard", "file to import; - for standard input"
    ),
]
As = Annotated[str, option("lab, group, organisation", "lab, group, organisation", "--as")]
OnlyPlan = Annotated[bool, option("mostra soltanto", "only show", "--plan")]
Apply = Annotated[bool, option("scrive senza chiedere", "write without asking", "--apply")]
KeepGood = Annotated[
    bool,
    option(
        "scrive le righe buone; le altre vanno in FILE.rejected.csv",
        "write the good rows; the others go to FILE.rejected.csv",
        "--keep-good",
    ),
]
Map = Annotated[list[str] | None, option("intestazione=colonna", "header=column", "--map")]
Ignore = Annotated[list[str] | None, option("colonna da tralasciare", "column to leave aside")]
Mapping_ = Annotated[Path | None, option("file di colonne già decise", "file of decided columns")]
SaveMapping = Annotated[
    Path | None, option("scrive qui le colonne decise", "write the decided columns here")
]
Constants = Annotated[
    list[str] | None,
    option("colonna=valore per i record nuovi", "column=value for new records", "--set"),
]
State = Annotated[str | None, option("stato dei record nuovi", "state of new records")]
Origin = Annotated[str | None, option("da dove viene il file", "where the file comes from")]
FormatName = Annotated[
    str | None, option("formato, se non si riconosce", "format, if not recognised", "--format")
]
Encoding = Annotated[str | None, option("codifica del testo", "encoding of the text")]
Separator = Annotated[str | None, option("separatore: ; , tab", "separator: ; , tab")]
Sheet = Annotated[
    str | None, option("foglio, o strato, o file nel KMZ", "sheet, or layer, or file in a KMZ")
]
EmptyClears = Annotated[
    bool,
    option(
        "una cella vuota svuota la colonna", "an empty cell empties the column", "--empty-clears"
    ),
]
Accept = Annotated[
    bool,
    option(
        "aggiunge anche chi forse c'è già",
        "add also what is perhaps there already",
        "--accept-duplicates",
    ),
]


def import_(  # noqa: D103 - one parameter for each option
    file: File,
    as_: As,
    plan: OnlyPlan = False,
    apply: Apply = False,
    keep_good: KeepGood = False,
    map_: Map = None,
    ignore: Ignore = None,
    mapping: Mapping_ = None,
    save_mapping: SaveMapping = None,
    set_: Constants = None,
    state: State = None,
    source: Origin = None,
    crs: Crs = None,
    format_: FormatName = None,
    encoding: Encoding = None,
    separator: Separator = None,
    sheet: Sheet = None,
    empty_clears: EmptyClears = False,
    accept_duplicates: Accept = False,
    why: Why = None,
    as_json: AsJson = False,
    **given: Any,
) -> None:
    from ..bringing import Asked, Decided, Doors, bring  # with all that reads files, 40 ms
    from ..sources import Told

    asked = Asked(
        file=file,
        kind=as_,
        told=Told(format_, encoding, separator, sheet, crs),
        limits=_limits(given),
        decided=Decided(map_ or [], ignore or [], mapping, save_mapping),
        constants=[*(set_ or []), *([f"state={state}"] if state else [])],
        source=source,
        empty_clears=empty_clears,
        accept_doubles=accept_duplicates,
        apply=apply,
        only_plan=plan,
        keep_good=keep_good,
        as_json=as_json,
        why=why,
    )
    if not bring(asked, Doors(reading, writing, can_ask())):
        raise typer.Exit(ExitCode.FINDINGS)


def _limits(given: Mapping[str, str | None]) -> Limits:
    told = {name.removeprefix("max_"): whole_number(text) for name, text in given.items()}
    return Limits({name: most for name, most in told.items() if most is not None})
