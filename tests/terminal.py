"""A real pseudo-terminal with a person before it: types, and sees what the screen shows."""

import os
import sys
import time

import pexpect
import pyte

PATIENCE = 90  # seconds that a screen may take to show what is waited for
COLUMNS, LINES = 100, 40
ENTER, BACK, STOP, CLEAR, DOWN = "\r", "\x1b[Z", "\x03", "\x15", "\x1b[B"


class _Screen(pyte.Screen):
    """A screen that answers the program's questions on the position of the cursor."""

    def __init__(self, columns, lines):
        super().__init__(columns, lines)
        self.answers = []

    def write_process_input(self, data):
        self.answers.append(data)


class Terminal:
    """One run of a program in a terminal; `screen` is what its window shows."""

    def __init__(self, command, columns=COLUMNS, lines=LINES, cwd=None, **environment):
        told = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "HOME": str(cwd), "PAGER": ""}
        self.child = pexpect.spawn(
            str(command[0]),
            list(map(str, command[1:])),
            dimensions=(lines, columns),
            encoding="utf-8",
            codec_errors="replace",
            cwd=cwd,
            env={**told, **environment},
        )
        self.window = _Screen(columns, lines)
        self.stream = pyte.Stream(self.window)
        self.raw = ""

    @property
    def screen(self):
        """Return the lines that the window shows, without empty ones at the end."""
        return "\n".join(line.rstrip() for line in self.window.display).rstrip()

    def _read(self):
        """Take what the program wrote; tell whether it still runs."""
        try:
            data = self.child.read_nonblocking(65_536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        for answer in self.window.answers:
            self.child.send(answer)
        self.window.answers.clear()
        return True

    @property
    def line(self):
        """Return the line that the cursor is on."""
        return self.window.display[self.window.cursor.y].rstrip()

    def sees(self, text):
        """Wait until the window shows a text; fail with what it shows instead."""
        return self._waits(text, lambda: self.screen)

    def asked(self, question):
        """Wait until the cursor stands behind a question."""
        return self._waits(question, lambda: self.line)

    def _waits(self, text, where):
        until = time.monotonic() + PATIENCE
        while text not in where():
            if not self._read() or time.monotonic() > until:
                assert text in where(), f"{text!r} is not on the screen:\n{self.screen}"
        return self

    def skips_to(self, question, most=20):
        """Press Enter, question after question, until a question is asked."""
        self.settles()
        for _ in range(most):
            if question in self.line:
                return self
            told = self.line
            self.types(ENTER)
            until = time.monotonic() + PATIENCE
            while self.line == told:
                going_on = self._read() and time.monotonic() < until
                assert going_on, f"no next question:\n{self.screen}"
            self._rests()
        return self.asked(question)

    def settles(self):
        """Wait until the window no longer changes."""
        self._rests()
        return self._rests()

    def _rests(self):
        """Wait until the window has shown the same for a quarter of a second."""
        while True:
            shown = self.screen
            for _ in range(5):
                self._read()
            if shown == self.screen:
                return self

    def types(self, text):
        """Type a text, keys included."""
        self.child.send(text)
        return self

    def answers(self, question, text):
        """Wait for a question, then type the answer and Enter."""
        return self.asked(question).types(text + ENTER)

    def ends(self, code=0):
        """Wait for the end of the program and return its last screen; fail at another exit code."""
        until = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < until, f"it does not end:\n{self.screen}"
        self.child.close()
        found = self.child.exitstatus
        assert found == code, f"exit code {found}, signal {self.child.signalstatus}:\n{self.screen}"
        return self.screen


def bencomune(path, *arguments, columns=COLUMNS, lines=LINES, **environment):
    """Run bencomune on a registry in a terminal, in Italian unless told."""
    command = [sys.executable, "-m", "bencomune_cli", *arguments]
    told = {"BENCOMUNE_REGISTRY": str(path), "BENCOMUNE_LANG": "it", "PYTHONUTF8": "1"}
    return Terminal(command, columns, lines, path.parent, **{**told, **environment})
