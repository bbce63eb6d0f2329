"""cron: one line of a user's table, between the others, which stay as they are."""

import shlex

from ..errors import Refused
from ..running import attempt, has, run
from ..words import Text
from . import Job, plain

LABEL = Text("cron", "cron")

_WHEN = {
    "hour": "{minute} * * * *",
    "day": "{minute} {hour} * * *",
    "weekday": "{minute} {hour} * * 1-5",
    "week": "{minute} {hour} * * 1",
    "month": "{minute} {hour} 1 * *",
}


def here() -> bool:
    """Tell whether this system has it."""
    return has("crontab")


def written(job: Job) -> str:
    """Return the line, under one that says what it is.

    It is quiet, so that cron writes to its owner only what has to be known. In a table a `%` would
    end the line (crontab(5)).
    """
    words = [*job.command[:1], "--quiet", *job.command[1:]]
    plain(*words)
    told = " ".join(f"{name}={shlex.quote(value)}" for name, value in job.environment.items())
    line = f"{told} {shlex.join(words)}".replace("%", "\\%")
    when = _WHEN[job.every].format(hour=job.hour, minute=job.minute)
    return f"{_mark(job)}\n{when} {line}\n"


def _mark(job: Job) -> str:
    return f"# {job.name}"


def install(job: Job) -> Text:
    """Put the line into the user's table."""
    run(["crontab", "-"], "".join(_others(job)) + written(job))
    return Text("messo nella tabella di cron: {told}", "put into the table of cron: {told}").filled(
        told=job.told
    )


def remove(job: Job) -> Text:
    """Take the line out of the user's table."""
    others = _others(job)
    if others == _table():
        return Text("nella tabella di cron non c'era", "it was not in the table of cron")
    run(["crontab", "-"], "".join(others))
    return Text("tolto dalla tabella di cron", "taken out of the table of cron")


def _table() -> list[str]:
    """Return the lines of the table; none where there is none yet."""
    code, said, wrong = attempt(["crontab", "-l"])
    if code and "no crontab" not in wrong:
        told = Text("crontab -l: {reason}", "crontab -l: {reason}")
        raise Refused(told.filled(reason=" ".join(wrong.split())))
    return (said if said.endswith("\n") or not said else f"{said}\n").splitlines(keepends=True)


def _others(job: Job) -> list[str]:
    """Return the lines of the table without those of this registry."""
    kept: list[str] = []
    lines = iter(_table())
    for line in lines:
        if line.rstrip("\n") == _mark(job):
            next(lines, None)
        else:
            kept.append(line)
    return kept
