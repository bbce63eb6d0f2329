"""The manual page of what can be written: formats, what each is for and does not hold, layers."""

from types import ModuleType

from . import bundles, formats, metadata
from .file_kinds import PURPOSES, Format
from .layers import LAYERS
from .markdown import table

FOLDERS = (formats, bundles, metadata)


def pages() -> dict[str, str]:
    """Return the page by its file name."""
    return {"formats.md": formats_page()}


def formats_page() -> str:
    """Return the list of formats and of what is exported in Markdown."""
    layers = [
        (f"`{layer.name}`", str(layer.label), str(len(layer.columns))) for layer in LAYERS.values()
    ]
    return "\n".join(
        (
            "# Formats\n",
            "Those marked ✓ are written where none is asked for.\n",
            "## A file for each layer\n",
            _formats(formats),
            "\n## A file for all layers\n",
            _formats(bundles),
            *(("\n## Files about the files\n", _formats(metadata)) if metadata.names() else ()),
            "\n## Files beside those of a format\n",
            _beside(),
            "\n## What a format does not hold\n",
            _lost(),
            "\n## Layers\n",
            table(("name", "label", "columns"), layers),
        )
    )


def _formats(folder: ModuleType) -> str:
    rows = [
        (
            f"`{name}`" + " ✓" * module.FORMAT.usual,
            str(module.FORMAT.label),
            f"`.{module.FORMAT.extension}`",
            module.FORMAT.media_type,
            ", ".join(str(PURPOSES[each]) for each in module.FORMAT.purposes),
            " ".join((module.__doc__ or "").splitlines()[0].split()),
        )
        for name, module in ((name, folder.load(name)) for name in folder.names())
    ]
    return table(("name", "format", "file", "media type", "for", "what it is"), rows)


def _declared() -> list[tuple[str, Format]]:
    return [(name, folder.load(name).FORMAT) for folder in FOLDERS for name in folder.names()]


def _beside() -> str:
    """Return what is written beside the files of each format."""
    told = [
        f"- `{name}`: `.{each.extension}`, {each.about}\n"
        for name, format_ in _declared()
        for each in format_.companions
    ]
    return "".join(told)


def _lost() -> str:
    """Return what each format does not hold, as it declares it."""
    told = ""
    for name, each in _declared():
        told += "".join(f"- `{name}`: {text}\n" for text in each.lost)
        told += (
            f"- `{name}`: more than {each.most_records:,} records\n" if each.most_records else ""
        )
    return told
