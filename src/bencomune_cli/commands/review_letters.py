"""review letters: who is to be asked whether a record is still right, and what to write."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import screen, staleness
from ..errors import Refused
from ..staleness import Stale
from ..usage import FOLDER
from ..words import Text
from . import AsJson, command, option, writing

HELP = Text(
    "Prepara una lettera per ogni record da verificare: una bozza per il programma di posta e"
    " letters.csv per la stampa unione. Dice ciò che è pubblicato, nella prima lingua della rete,"
    " e come rispondere; «review apply» legge le risposte.",
    "Prepare a letter for each record that is due: a draft for the mail program, and letters.csv"
    " for a mail merge. It tells what is published, in the first language of the network, and how"
    " to answer; “review apply” reads the answers.",
)
KINDS = {
    "office": Text("dell'ufficio", "of the office"),
    "contact": Text("di un contatto", "of a contact"),
    "": Text("nessun indirizzo", "no address"),
}


def add_to_groups(groups: Mapping[str | None, typer.Typer | None]) -> None:
    """Register the command beside those that review proposals."""
    if made := groups.get("review"):
        command(made, "letters", HELP, letters)


def letters(  # noqa: D103
    out: Annotated[
        Path | None,
        option("dove si scrive; se no letters", "where to write; else letters", metavar=FOLDER),
    ] = None,
    as_: Annotated[
        str | None, option("lab, group, organisation", "lab, group, organisation", "--as")
    ] = None,
    where: Annotated[
        list[str] | None, option("condizione: state=active", "condition: state=active")
    ] = None,
    all_: Annotated[
        bool, option("anche i record non scaduti", "records that are not due too", "--all")
    ] = False,
    as_json: AsJson = False,
) -> None:
    from .. import letter_files, letters  # with what reads the public views, 20 ms

    folder = out or Path("letters")
    kinds = staleness.kinds_named(as_)
    with writing() as registry:
        if not all_ and staleness.every(registry) is None:
            raise _refuse_undue()
        found = staleness.stalest(registry, kinds, where or (), only_due=not all_)
        dataset, _held = registry.dataset()
        with closing(dataset):
            network = dataset.network
            made = list(letters.letters(registry, dataset, [each.place for each in found]))
    lacking = _unpublished(found, {each.id for each in made})
    earlier = letter_files.write(folder, made, network) if made else []
    if as_json:
        screen.out_json(_json(folder, made, lacking, letter_files))
    else:
        rows = [(each.id, each.name, each.to, KINDS[each.to_kind]) for each in made]
        headers = [Text("Record", "Record"), Text("Nome", "Name"), Text("A", "To")]
        screen.table([*headers, Text("Indirizzo", "Address")], rows)
    _tell(lacking, earlier, network)
    none = Text("nessun record da verificare", "no records to verify")
    screen.say(letter_files.told(made, folder) if made else none)


def _refuse_undue() -> Refused:
    return Refused(
        Text(
            "la rete non dice ogni quanti mesi verificare un record: indicarlo con «bencomune"
            " network set --verify-every 12», oppure usare --all",
            "the network does not say after how many months a record is verified again: say so by"
            " “bencomune network set --verify-every 12”, or use --all",
        )
    )


def _unpublished(found: list[Stale], published: set[str]) -> list[str]:
    return [each.place.id for each in found if each.place.id not in published]


def _json(folder: Path, made: list[Any], lacking: list[str], files: Any) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "letters": [
            {
                "code": each.code,
                "id": each.id,
                "name": each.name,
                "to": each.to or None,
                "to_kind": each.to_kind or None,
                "language": each.language,
                "file": files.file_name(each) if each.to else None,
            }
            for each in made
        ],
        "unpublished": lacking,
    }


def _tell(lacking: list[str], earlier: list[Path], network: Mapping[str, Any]) -> None:
    if lacking:
        told = Text(
            "senza lettera, perché un errore li tiene fuori dai dati pubblicati: {ids}; dice quale"
            " «bencomune why»",
            "without a letter, because an error keeps them out of what is published: {ids};"
            " “bencomune why” tells which",
        )
        screen.warn(told.filled(ids=", ".join(lacking)))
    if earlier:
        told = Text(
            "nella cartella restano bozze di altre volte: {names}",
            "drafts of other times remain in the folder: {names}",
        )
        screen.warn(told.filled(names=", ".join(path.name for path in earlier)))
    if not network.get("email"):
        screen.warn(
            Text(
                "le bozze non hanno mittente: indicarlo con «bencomune network set --email»",
                "the drafts have no sender: say who by “bencomune network set --email”",
            )
        )
