"""How a run starts and ends: what is not loaded before it is used, and what is done at the end."""

import importlib.util
import subprocess
import sys
import textwrap

import pytest

from bencomune_cli import later

PUT_OFF = [
    name for name, needed in later.SELDOM.items() if not needed or importlib.util.find_spec(needed)
]


def told_by(program, *arguments, code=0):
    """Run a program of Python in a process of its own; return the lines that it tells."""
    command = [sys.executable, *arguments, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout.split("\n")[:-1]


def test_a_run_leaves_what_it_does_not_need():
    """Of what is put off, a run that only tells its version loads nothing."""
    there, *_, last = told_by(
        """
        import sys
        there = set(sys.modules)
        import atexit
        from bencomune_cli.__main__ import run
        from bencomune_cli.later import Later, SELDOM
        print("there", *there.intersection(SELDOM))
        held = sys.modules.items
        atexit.register(lambda: print(*(name for name, each in held() if type(each) is Later)))
        sys.argv = ["bencomune", "--version"]
        run()
        """
    )
    assert len(last.split()) > 2
    assert sorted(there.split()[1:] + last.split()) == PUT_OFF


@pytest.mark.parametrize("name", PUT_OFF)
def test_what_is_put_off_is_there_when_it_is_used(name):
    """A module that was put off is as it is where nothing is put off, once it was used."""
    assert told_by(
        f"""
        import sys
        import {name} as plain
        from bencomune_cli.later import put_off

        names = sorted(vars(plain))
        some = [each for each in names if each[0] != "_"][-1]
        del sys.modules[{name!r}]
        put_off()
        import {name}
        print(type({name}).__name__, {name} is sys.modules[{name!r}], {name} is plain)
        print(getattr({name}, some) is not None)
        print(type({name}).__name__, sorted(vars({name})) == names, hasattr({name}, "of_no_module"))
        """
    ) == ["Later True False", "True", "module True False"]


def test_all_of_a_module_that_is_put_off():
    """Also who imports all that a module has gets it."""
    assert told_by(
        """
        import sys
        from bencomune_cli.later import put_off

        sys.modules.pop("textwrap", None)
        put_off()
        from textwrap import *
        print(dedent(" a"))
        """
    ) == ["a"]


def test_threads_that_use_the_same_at_once():
    """Each thread waits until the module is whole, however soon it asks."""
    assert told_by(
        """
        import sys
        from threading import Barrier, Thread
        from bencomune_cli.later import put_off

        sys.setswitchinterval(1e-6)
        found = set()
        def use(together):
            together.wait()
            try:
                found.add(ipaddress.ip_address("127.0.0.1").is_loopback)
            except Exception as error:
                found.add(repr(error))
        for _ in range(40):
            sys.modules.pop("ipaddress", None)
            put_off()
            import ipaddress
            together = Barrier(4)
            threads = [Thread(target=use, args=[together]) for _ in range(4)]
            [each.start() for each in threads]
            [each.join() for each in threads]
        print(found)
        """
    ) == ["{True}"]


def test_what_was_interrupted_while_it_loaded():
    """A module that could not be loaded to its end is loaded anew by the next who uses it."""
    assert told_by(
        """
        import sys
        from bencomune_cli.later import put_off

        sys.modules.pop("ipaddress", None)
        put_off()
        import ipaddress
        loader = ipaddress.__spec__.loader
        class Interrupted:
            def exec_module(self, module):
                source = loader.get_source("ipaddress")
                exec(source[:source.index("class IPv4Address")], vars(module))
                raise KeyboardInterrupt
        ipaddress.__spec__.loader = Interrupted()
        try:
            ipaddress.ip_address("127.0.0.1")
        except KeyboardInterrupt:
            print("ip_address" in vars(ipaddress))
        ipaddress.__spec__.loader = loader
        print(ipaddress.ip_address("127.0.0.1").is_loopback)
        """
    ) == ["False", "True"]


def test_what_a_python_lacks_is_not_there():
    """Of a module that needs what this Python was built without, an import tells so at once."""
    assert told_by(
        """
        import importlib.util, sys
        from bencomune_cli import later

        later.find_spec = lambda name: None if name == "_lzma" else importlib.util.find_spec(name)
        for name in later.SELDOM:
            sys.modules.pop(name, None)
        later.put_off()
        print("lzma" in sys.modules, "bz2" in sys.modules)
        """
    ) == ["False True"]


AT_ONCE, REFUSED = "--version", "--lang=nessuna"
SAYING = "import bencomune_cli.app as app; app.main = lambda: sys.stderr.write('said') and 0"
NOT_TAKEN = f"sys.stderr = open('/dev/full', 'w'); {SAYING}"
TAKEN = f"sys.stderr = os.fdopen(1, 'w', closefd=False); {SAYING}"
ENDS = {
    "at once": ([], AT_ONCE, "", ["at once 0"], 0),
    "refused": ([], REFUSED, "", ["at once 2"], 0),
    "an exit handler": ([], AT_ONCE, "atexit.register(print, 'handled')", ["handled"], 0),
    "a thread": ([], AT_ONCE, "Thread(target=late).start()", ["late"], 0),
    "a stream that takes what is left": ([], AT_ONCE, TAKEN, ["saidat once 0"], 0),
    "a stream that takes nothing": ([], AT_ONCE, NOT_TAKEN, [], 120),
    "a debugger": ([], AT_ONCE, "sys.settrace(lambda *_: None)", [], 0),
    "a profiler": ([], AT_ONCE, "cProfile.Profile().enable()", [], 0),
    "a developer": (["-X", "dev"], AT_ONCE, "", [], 0),
}


@pytest.mark.parametrize("case", ENDS)
def test_the_end(case):
    """A run ends at once, with its code, unless something is left to do, or somebody looks on."""
    options, word, before, told, code = ENDS[case]
    lines = told_by(
        f"""
        import atexit, cProfile, os, sys
        from threading import Thread, main_thread
        from bencomune_cli.__main__ import run

        def late():
            main_thread().join()
            print("late")
        atexit._clear()  # what a site has, or what counts the lines that tests run
        end = os._exit
        def at_once(code):
            os.write(1, b"at once %d\\n" % code)
            end(0)
        os._exit = at_once
        sys.argv = ["bencomune", {word!r}]
        {before}
        run()
        """,
        *options,
        code=code,
    )
    assert [line for line in lines if not line.startswith("bencomune ")] == told
