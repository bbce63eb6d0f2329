"""systemd: a service and a timer of the user, who needs no right of the system for them.

A run that finds nothing changed (10) is a success; one that is held (11) or refused (2) is a
failure, which `systemctl --user --failed` shows. What protects the system is only what the manager
of a user can do without rights: mounts of its own are not.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import ExitCode, Refused, reason
from ..faults import at
from ..running import attempt, has, run
from ..whole_files import write_whole
from ..words import Text
from . import Job, plain

LABEL = Text("systemd", "systemd")

_WHEN = {
    "hour": "*-*-* *:{minute:02}:00",
    "day": "*-*-* {hour:02}:{minute:02}:00",
    "weekday": "Mon..Fri *-*-* {hour:02}:{minute:02}:00",
    "week": "Mon *-*-* {hour:02}:{minute:02}:00",
    "month": "*-*-01 {hour:02}:{minute:02}:00",
}
_SERVICE = """\
[Unit]
Description=bencomune publish, {registry}

[Service]
Type=oneshot
ExecStart=:{command}
Environment={environment}
SuccessExitStatus={unchanged}
TimeoutStartSec=1h
Nice=10
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
"""
_TIMER = """\
[Unit]
Description=bencomune publish, {registry}

[Timer]
OnCalendar={when}
RandomizedDelaySec=10min
Persistent=true

[Install]
WantedBy=timers.target
"""


def here() -> bool:
    """Tell whether this system has it, and is run by it."""
    return has("systemctl") and Path("/run/systemd/system").is_dir()


def units(job: Job) -> dict[str, str]:
    """Return the texts of the service and of the timer by the names of their files."""
    plain(*job.command)
    if set(job.command[0]) & set("'\"\\"):
        told = Text(
            "{program}: systemd non avvia programmi con virgolette o barre inverse nel percorso:"
            " usare --as cron",
            "{program}: systemd starts no program with quotes or backslashes in its path: use"
            " --as cron",
        )
        raise Refused(told.filled(program=job.command[0]))
    registry = str(job.registry).replace("%", "%%")
    service = _SERVICE.format(
        registry=registry,
        command=_words(job.command),
        environment=_words(f"{name}={value}" for name, value in job.environment.items()),
        unchanged=int(ExitCode.NOTHING_CHANGED),
    )
    when = _WHEN[job.every].format(hour=job.hour, minute=job.minute)
    timer = _TIMER.format(registry=registry, when=when)
    return {f"{job.name}.service": service, f"{job.name}.timer": timer}


def _words(words: Iterable[str]) -> str:
    """Return words as systemd.syntax(7) quotes them; the colon of ExecStart leaves `$` alone."""
    escaped = (w.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") for w in words)
    return " ".join(f'"{word}"' for word in escaped)


def _folder() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(config) if config else Path.home() / ".config") / "systemd" / "user"


def written(job: Job) -> str:
    """Return both files, each under its path."""
    return "\n".join(f"# {_folder() / name}\n{text}" for name, text in units(job).items())


def install(job: Job) -> Text:
    """Write both files and start the timer."""
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in units(job).items():
            write_whole(folder / name, text)
    except OSError as error:
        raise Refused(at(folder, reason(error))) from None
    commands = (_user("daemon-reload"), _user("enable", "--now", f"{job.name}.timer"))
    try:
        for command in commands:
            run(command)
    except Refused as refused:
        raise Refused(_half(folder, refused, commands)) from None
    told = Text("messo in {folder}: {told}", "put into {folder}: {told}")
    done = told.filled(folder=folder, told=job.told)
    return _with_linger(done)


def _user(*words: str) -> tuple[str, ...]:
    return ("systemctl", "--user", *words)


def _half(folder: Path, refused: Refused, commands: Iterable[Iterable[str]]) -> Text:
    told = Text(
        "i file sono in {folder}, ma systemd non li ha presi ({why}). Da dentro una sessione"
        " dell'utente eseguire: {commands}",
        "the files are in {folder}, but systemd did not take them ({why}). From within a session"
        " of the user run: {commands}",
    )
    words = " && ".join(" ".join(each) for each in commands)
    return told.filled(folder=folder, why=refused.text, commands=words)


def _with_linger(done: Text) -> Text:
    """Return what was done, and what is missing for it to run while nobody is logged in."""
    code, said, _ = attempt(["loginctl", "show-user", str(os.getuid()), "--property=Linger"])
    if code == 0 and said.strip() == "Linger=yes":
        return done
    told = Text(
        "{done}. Perché parta anche quando l'utente non è collegato: loginctl enable-linger",
        "{done}. For it to run also while the user is not logged in: loginctl enable-linger",
    )
    return told.filled(done=done)


def remove(job: Job) -> Text:
    """Stop the timer and delete both files."""
    folder = _folder()
    there = [folder / name for name in units(job) if (folder / name).exists()]
    if not there:
        told = Text("in {folder} non c'era", "it was not in {folder}")
        return told.filled(folder=folder)
    attempt(_user("disable", "--now", f"{job.name}.timer"))
    for path in there:
        path.unlink()
    attempt(_user("daemon-reload"))
    return Text("tolto da {folder}", "taken out of {folder}").filled(folder=folder)
