"""Parts of the standard library that are not loaded before something of them is used.

Typer imports them, or what it imports does, for what few runs do: 6 % of `show`. The standard
library's own LazyLoader does not help: what it put off it loads as soon as that is imported once
more (github.com/python/cpython/issues/127036).
"""

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any

# Each with what it cannot do without, and not every Python has: who imports it asks for that.
SELDOM = {
    "bz2": "_bz2",
    "ipaddress": "",
    "linecache": "",
    "locale": "",
    "lzma": "_lzma",
    "subprocess": "",
    "textwrap": "",
}
_loading = RLock()
_begun: set[str] = set()


class Later(ModuleType):
    """A module that is loaded when one of its names is asked for; then it is as any other."""

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("__"):  # what an import asks for is there
            _load(self)
        return ModuleType.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        _load(self)
        return ModuleType.__getattribute__(self, name)


def _load(module: ModuleType) -> None:
    """Load a module, whole or not at all; threads wait for the one that began."""
    name, held = module.__name__, vars(module)
    with _loading:
        if type(module) is not Later or name in _begun:  # it asks itself while it loads
            return
        before = dict(held)
        _begun.add(name)
        try:
            held["__spec__"].loader.exec_module(module)
            module.__class__ = ModuleType  # type: ignore[assignment]
        except BaseException:
            held.clear()
            held.update(before)
            raise
        finally:
            _begun.discard(name)


def put_off() -> None:
    """Put off what is not loaded yet."""
    for name, needed in SELDOM.items():
        there = name in sys.modules or (needed and not find_spec(needed))
        spec = None if there else find_spec(name)
        if spec:
            module = module_from_spec(spec)
            module.__class__ = Later
            sys.modules[name] = module
