"""Windows: a task of the Task Scheduler, as XML that `schtasks /Create /XML` takes."""

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from ..running import has, run
from ..words import Text
from . import Job, plain

LABEL = Text("Utilità di pianificazione di Windows", "Windows Task Scheduler")

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_ALL_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAILY = "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
_TASK = """\
<?xml version="1.0"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>bencomune publish, {registry}</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      {repetition}<StartBoundary>2026-01-01T{hour:02}:{minute:02}:00</StartBoundary>
      <Enabled>true</Enabled>
      <RandomDelay>PT10M</RandomDelay>
      {when}
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{command}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def here() -> bool:
    """Tell whether this system has it."""
    return sys.platform == "win32" and has("schtasks")


def written(job: Job) -> str:
    """Return the task.

    Its arguments are quoted as programs of Windows take them apart; `%` is nothing special there.
    """
    plain(*job.command)
    hourly = job.every == "hour"
    return _TASK.format(
        registry=escape(str(job.registry)),
        repetition="<Repetition><Interval>PT1H</Interval></Repetition>" if hourly else "",
        hour=0 if hourly else job.hour,
        minute=job.minute,
        when=_when(job.every),
        command=escape(job.command[0]),
        arguments=escape(subprocess.list2cmdline(job.command[1:])),
        folder=escape(str(job.registry.parent)),
    )


def _when(every: str) -> str:
    if every in {"weekday", "week"}:
        days = "".join(f"<{day} />" for day in (_DAYS if every == "weekday" else _DAYS[:1]))
        inner = f"<WeeksInterval>1</WeeksInterval><DaysOfWeek>{days}</DaysOfWeek>"
        return f"<ScheduleByWeek>{inner}</ScheduleByWeek>"
    if every == "month":
        months = "".join(f"<{month} />" for month in _ALL_MONTHS)
        inner = f"<DaysOfMonth><Day>1</Day></DaysOfMonth><Months>{months}</Months>"
        return f"<ScheduleByMonth>{inner}</ScheduleByMonth>"
    return _DAILY


def install(job: Job) -> Text:
    """Have the Task Scheduler take the task."""
    with tempfile.TemporaryDirectory(prefix="bencomune-") as folder:
        path = Path(folder) / "task.xml"
        path.write_text(written(job), "utf-16")
        run(["schtasks", "/Create", "/F", "/TN", job.name, "/XML", str(path)])
    told = Text("compito «{name}» creato: {told}", "task “{name}” made: {told}")
    return told.filled(name=job.name, told=job.told)


def remove(job: Job) -> Text:
    """Delete the task."""
    run(["schtasks", "/Delete", "/F", "/TN", job.name])
    return Text("compito «{name}» cancellato", "task “{name}” deleted").filled(name=job.name)
