"""What came of writing a record: it was written, or it is faulty."""

from .declare import Record
from .errors import ExitCode, Refused
from .findings import Finding
from .structs import Struct
from .words import Text


class Faulty(Refused):
    """A record that cannot be written, with all that is wrong with it. Nothing was written."""

    exit_code = ExitCode.FINDINGS

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(Text("non è stato scritto niente", "nothing was written"))
        self.findings = findings


class Written(Struct):
    """A record that was written, what it was before, and the findings that do not stop it."""

    record: Record
    before: Record | None
    findings: list[Finding]

    @property
    def changed(self) -> bool:
        """Tell whether anything is different from before."""
        return self.before is None or self.record != self.before
