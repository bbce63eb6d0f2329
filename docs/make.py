"""Write the derived pages of the manual; with --check, say which are out of date."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent


def pages() -> dict[str, str]:
    """Return the derived pages in the language of the environment."""
    from bencomune_cli import __version__
    from bencomune_cli.app import program
    from bencomune_cli.commands import index
    from bencomune_cli.describe import pages as described
    from bencomune_cli.format_manual import pages as listed
    from bencomune_cli.intake_manual import pages as told
    from bencomune_cli.manual import man_page
    from bencomune_cli.settings_manual import pages as set_
    from bencomune_cli.words import spoken
    from screens import filled

    suffix = "" if spoken() == "en" else f".{spoken()}"
    command = program()
    context = command.context_class(command, info_name="bencomune")
    text = "\n".join(_manual(command, context))
    folder = suffix.replace(".", "/")
    readme = DOCS.parent / f"README{suffix}.md"
    return {
        **described(),
        **(listed() if spoken() == "en" else {}),
        **told(),
        **set_(),
        f"cli{suffix}.md": f"# bencomune\n\n{text}",
        f"man{folder}/bencomune.1": man_page(command, context, __version__),
        f"{os.path.relpath(index.FILE, DOCS)}": index.derived(),
        f"../{readme.name}": filled(readme.read_text("utf-8"), spoken()),
    }


def _manual(command: Any, context: Any) -> list[str]:
    parts = [f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"]
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if not inner.hidden:
                parts += _manual(inner, type(context)(inner, info_name=name, parent=context))
    return parts


def main() -> int:
    """Write or check the pages of both languages, each in a process of its own."""
    check = "--check" in sys.argv
    if "--one" in sys.argv:
        return _one(check=check)
    codes = [
        subprocess.run(
            [sys.executable, __file__, "--one", *sys.argv[1:]],
            env={**os.environ, "BENCOMUNE_LANG": language, "COLUMNS": "80"},
            check=False,
        ).returncode
        for language in ("en", "it")
    ]
    return max(codes)


def _one(*, check: bool) -> int:
    stale = []
    for name, text in pages().items():
        path = DOCS / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if check and stale:
        print("out of date, run python docs/make.py:", ", ".join(stale), file=sys.stderr)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
