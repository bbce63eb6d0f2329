"""The manual page for man(1), made of the commands' own help, in the language spoken.

Only ASCII is written, all else as roff's escapes: it reads the same with every locale and version.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from .usage import worded
from .words import Text, same

_ESCAPES = {
    "\\": r"\(rs",
    "-": r"\-",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
    '"': r"\(dq",
}
_DESCRIPTION = (
    Text(
        "bencomune tiene il registro della vita comune di un Comune: i laboratori sociali, i gruppi"
        " informali di cittadini e le organizzazioni, con le loro relazioni e i contatti. I record"
        " stanno in un solo file SQLite; bencomune li controlla e scrive i file per il portale dei"
        " dati aperti, QGIS e uMap.",
        "bencomune keeps the registry of a municipality's common life: the social labs, the"
        " informal groups of citizens and the organisations, with their relations and contacts. The"
        " records are in one SQLite file; bencomune checks them and writes the files for the"
        " open-data portal, QGIS and uMap.",
    ),
    Text(
        "Ogni comando è un'operazione, che si può annullare. Un identificativo si può abbreviare a"
        " un inizio che indica un solo record; va bene anche il nome. Un testo vuoto toglie il"
        " valore.",
        "Every command is one operation, which can be undone. An id can be shortened to a beginning"
        " that means one record only; a name works too. An empty text removes a value.",
    ),
)
_ENVIRONMENT = {
    "BENCOMUNE_REGISTRY": Text(
        "il registro, se manca --registry", "the registry, where --registry is not given"
    ),
    "BENCOMUNE_LANG, LANGUAGE, LC_ALL, LC_MESSAGES, LANG": Text(
        "la lingua, nell'ordine; italiano se nessuna la dice",
        "the language, in this order; Italian if none tells",
    ),
    "NO_COLOR": Text("se non è vuota, niente colori", "if not empty, no colours"),
    "SOURCE_DATE_EPOCH": Text(
        "l'ora delle operazioni, in secondi dal 1970, per un registro riproducibile",
        "the time of operations, in seconds since 1970, for a reproducible registry",
    ),
    "BENCOMUNE_DEBUG": Text(
        "se non è vuota, i particolari di un errore del programma",
        "if not empty, the particulars of a fault of the program",
    ),
}
_FILES = {
    "registry.db": Text(
        "il registro di questa cartella, se non ne è indicato un altro",
        "the registry of this folder, unless another is named",
    ),
    "registry.db-journal": Text(
        "il giornale di SQLite durante una scrittura: non cancellarlo",
        "SQLite's journal during a write: not to be deleted",
    ),
    "exports/manifest.json": Text(
        "che cosa contengono i file esportati", "what the exported files hold"
    ),
    "exports/CHANGES.md, exports/changes.atom": Text(
        "che cosa è cambiato a ogni pubblicazione, e lo stesso per i lettori di notizie",
        "what changed in each publication, and the same for feed readers",
    ),
    "registry.db.published": Text(
        "che cosa è stato pubblicato: copie datate, ciò che è trattenuto, una riga per ogni volta."
        " È di chi pubblica soltanto; contiene anche ciò che nel frattempo è stato ritirato",
        "what was published: dated copies, what is held, a line for each run. For its owner alone;"
        " it also holds what was withdrawn since",
    ),
}
_EXITS = {
    "0": Text("tutto bene", "fine"),
    "1": Text("c'è qualcosa da guardare", "there is something to look at"),
    "2": Text(
        "rifiutato, o usato male: non è stato scritto niente",
        "refused, or misused: nothing written",
    ),
    "3": Text("un errore del programma", "a fault of the program"),
    "10": Text("«publish»: niente è cambiato", "“publish”: nothing changed"),
    "11": Text(
        "«publish»: trattenuto, una persona deve guardare",
        "“publish”: held, somebody has to look at it",
    ),
    "130": Text("interrotto", "interrupted"),
}
_EXAMPLES = {
    'bencomune init --name "Rete di Esempio"': Text("Crea un registro.", "Make a registry."),
    'bencomune lab add --name "Spazio Esempio" --street "via Roma" --state active': Text(
        "Aggiunge un laboratorio.", "Add a lab."
    ),
    'bencomune lab edit spazio --phone "0382 000000" --why "telefonata"': Text(
        "Modifica un valore e dice perché.", "Change a value and say why."
    ),
    "bencomune lab list --where state=active --near 45.18,9.15 --within 500m": Text(
        "Elenca i laboratori attivi vicino a un punto.", "List the active labs near a point."
    ),
    "bencomune check && bencomune export": Text(
        "Controlla il registro, poi scrive i file pubblici.",
        "Check the registry, then write the public files.",
    ),
    "bencomune completion --install": Text(
        "Installa il completamento con il tasto Tab.", "Install the completion by the key Tab."
    ),
}


def man_page(command: Any, context: Any, version: str) -> str:
    """Return the page of the program in roff, of its root command and that's context."""
    title = Text("Manuale di bencomune", "bencomune manual")
    lines = [
        r".\" Made by docs/make.py of the commands' help: not to be edited.",
        f'.TH BENCOMUNE 1 "" "bencomune {version}" "{roff(str(title))}"',
        ".nh",
        ".ad l",
        *_section(Text("NOME", "NAME"), [rf"bencomune \- {roff(_first(command.help))}"]),
        *_section(Text("SINTASSI", "SYNOPSIS"), [_usage(command, context)]),
        *_section(Text("DESCRIZIONE", "DESCRIPTION"), _paragraphs(_DESCRIPTION)),
        *_section(Text("OPZIONI", "OPTIONS"), _parameters(command, context)),
        *_section(Text("COMANDI", "COMMANDS"), _commands(command, context)),
        *_section(Text("AMBIENTE", "ENVIRONMENT"), _list(_ENVIRONMENT.items())),
        *_section(Text("FILE", "FILES"), _list(_FILES.items())),
        *_section(Text("STATO DI USCITA", "EXIT STATUS"), _list(_EXITS.items())),
        *_section(Text("ESEMPI", "EXAMPLES"), _examples()),
        *_section(Text("VEDERE ANCHE", "SEE ALSO"), [r".BR sqlite3 (1)"]),
    ]
    return "\n".join(lines) + "\n"


def roff(text: str) -> str:
    """Return a text as roff reads it: nothing in it is a request, an escape or a ligature."""
    line = " ".join(text.split())
    written = "".join(
        _ESCAPES.get(char) or (char if char.isascii() else rf"\[u{ord(char):04X}]") for char in line
    )
    return rf"\&{written}" if written.startswith(".") else written


def _first(text: str) -> str:
    return text.strip().split(".")[0]


def _section(heading: Text, lines: Iterable[str]) -> list[str]:
    return [f".SH {roff(str(heading))}", *lines]


def _paragraphs(texts: Iterable[Text]) -> Iterator[str]:
    for text in texts:
        yield ".PP"
        yield roff(str(text))


def _list(items: Iterable[tuple[str, Text]]) -> Iterator[str]:
    for name, text in items:
        yield ".TP"
        yield rf"\fB{roff(name)}\fR"
        yield roff(str(text))


def _examples() -> Iterator[str]:
    for line, text in _EXAMPLES.items():
        yield from (".PP", roff(str(text)), ".PP", ".RS 4", ".nf", roff(line), ".fi", ".RE")


def _usage(command: Any, context: Any) -> str:
    pieces = " ".join(worded(piece) for piece in command.collect_usage_pieces(context))
    return rf"\fB{roff(context.command_path)}\fR {roff(pieces)}"


def _parameters(command: Any, context: Any) -> Iterator[str]:
    """Yield arguments, then options, each with its help; --help is told once, of the program."""
    records = [
        (parameter.param_type_name, worded(record[0]), worded(record[1]))
        for parameter in command.get_params(context)
        if (record := parameter.get_help_record(context))
    ]
    for wanted in ("argument", "option"):
        yield from _list(
            (name, same(told))
            for kind, name, told in records
            if kind == wanted and (context.parent is None or name != "--help")
        )


def _commands(command: Any, context: Any) -> Iterator[str]:
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        if inner.hidden:
            continue
        below = type(context)(inner, info_name=name, parent=context)
        if hasattr(inner, "list_commands"):
            yield from _commands(inner, below)
            continue
        yield f".SS {roff(below.command_path)}"
        yield from (".PP", _usage(inner, below), ".PP", roff(inner.help or ""))
        yield from _parameters(inner, below)
