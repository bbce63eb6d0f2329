"""What a person reads, in Italian and in English, and the language spoken now."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

LANGUAGES = ("it", "en")


class Text(NamedTuple):
    """One sentence or label in both languages; `str()` gives it in the language spoken."""

    it: str
    en: str

    def __str__(self) -> str:
        return self.en if spoken() == "en" else self.it

    def said_in(self, language: str) -> str:
        """Return the text in one language: "it" or "en"."""
        return self.en if language == "en" else self.it

    def filled(self, **values: object) -> "Text":
        """Return the text with `{name}` filled in; a value may itself be a Text.

        Only a Text keeps its line breaks: a record's text begins no line of a message.
        """
        it: dict[str, Any] = {}
        en: dict[str, Any] = {}
        for name, value in values.items():
            if type(value) is Text:
                it[name], en[name] = value
            else:
                it[name] = en[name] = _on_one_line(value)
        return Text(self.it.format(**it), self.en.format(**en))


def _on_one_line(value: object) -> object:
    text = str(value)
    return text.replace("\n", " ") if "\n" in text else value


def joined(separator: str, texts: Iterable[Text]) -> Text:
    """Join texts in each language."""
    all_of_them = list(texts)
    return Text(*(separator.join(t.said_in(lang) for t in all_of_them) for lang in LANGUAGES))


def same(text: str) -> Text:
    """Return a Text that reads the same in both languages: a name, a code, a number."""
    return Text(text, text)


_chosen: list[str] = []


def speak(language: str) -> None:
    """Choose the language for this run: "it" or "en"."""
    _chosen[:] = [language]


def spoken() -> str:
    """Return the language spoken now: the chosen one, else that of the environment."""
    return _chosen[-1] if _chosen else language_of(os.environ)


def language_of(environment: Mapping[str, str]) -> str:
    """Read the language from the environment, as gettext does; Italian where none is told.

    A cron job and a bare container have no locale; the offices that use this are Italian.
    """
    for name in ("BENCOMUNE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        told = environment.get(name, "").split(":")[0].split("_")[0].split(".")[0].lower()
        if told and told not in {"c", "posix"}:
            return "it" if told == "it" else "en"
    return "it"
