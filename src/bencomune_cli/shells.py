"""What is said to and by a shell that completes: its script, its words, the answer.

What is written on a command line by a shell is text of records: it is quoted as each shell quotes,
so that nothing in it is ever run. Typer's own scripts are not used: zsh's runs what a name holds,
bash's expands it, and fish's asks twice.
"""

import re
from collections.abc import Iterable, Sequence

from .patterns import pattern
from .structs import Struct

_BASH = r"""# Completion of bencomune for bash.
_bencomune_completion() {
    local line first=1
    COMPREPLY=()
    while IFS= read -r line; do
        if [ -n "$first" ]; then
            first=
            case $line in
                files) compopt -o default 2>/dev/null ;;
                nospace) compopt -o nospace 2>/dev/null ;;
            esac
        else
            COMPREPLY+=("$line")
        fi
    done < <(_BENCOMUNE_COMPLETE=bash "${1/#\~\//$HOME/}" \
        "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null </dev/null)
}
complete -o nosort -F _bencomune_completion bencomune 2>/dev/null ||
    complete -F _bencomune_completion bencomune
"""

_ZSH = r"""#compdef bencomune
# Completion of bencomune for zsh.
_bencomune() {
    local line first=1
    local -a values shown with
    local found
    while IFS= read -r line; do
        if [[ -n $first ]]; then
            first=
            case $line in
                files) _files; return ;;
                nospace) with=(-S '') ;;
                found) found=1 with=(-U) ;;
            esac
        else
            values+=("${line%%$'\t'*}")
            shown+=("${line/$'\t'/  -- }")
        fi
    done < <(_BENCOMUNE_COMPLETE=zsh "${${(Q)words[1]}/#\~\//$HOME/}" \
        "${(@)words[2,CURRENT-1]}" "$QIPREFIX$PREFIX" 2>/dev/null </dev/null)
    # Several that do not begin as typed: shown, and what was typed stays.
    [[ -n $found ]] && (( $#values > 1 )) && compstate[insert]= compstate[list]=list
    (( $#values )) && compadd -V bencomune -l -d shown "$with[@]" -a values
}
if [[ $funcstack[1] == _bencomune ]]; then
    _bencomune "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _bencomune bencomune
fi
"""

_FISH = r"""# Completion of bencomune for fish.
function __bencomune_complete
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -l last (commandline -ct)
    set -l answer (env _BENCOMUNE_COMPLETE=fish $program $words[2..-1] "$last" \
        2>/dev/null </dev/null)
    if test "$answer[1]" = files
        __fish_complete_path (commandline -ct)
    else if set -q answer[2]
        printf '%s\n' $answer[2..-1]
    end
end
complete --command bencomune --no-files --keep-order --arguments '(__bencomune_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
_SAFE = pattern(r"[^\w./:=@%+,-]")  # all else gets a backslash; \w are letters of any language


class Asked(Struct):
    """What a shell asks: the whole words so far, the word that is begun, and what stands of it.

    `kept` is what bash leaves as it is of the begun word, as it was typed: it replaces the rest.
    """

    shell: str
    words: list[str]
    typed: str
    kept: str = ""


def asked(shell: str, arguments: Sequence[str]) -> Asked:
    """Read what a shell's script passes."""
    if shell == "bash":
        line, replaced = arguments
        raw = _split(line)
        last = raw[-1]
        kept = last[: len(last) - len(replaced)] if last.endswith(replaced) else ""
        return Asked(shell, [_read(word)[0] for word in raw[1:-1]], _read(last)[0], kept)
    *words, last = arguments
    if shell == "zsh":
        words = [_read(word)[0] for word in words]
    return Asked(shell, words, _read(last)[0])


def answered(question: Asked, offers: Iterable[tuple[str, str]]) -> list[str]:
    """Return the lines of the answer: how to take it, then each text with what it means.

    A text that a person could not type, or that would be taken for an option, is left out.
    """
    option = question.typed.startswith("-")
    good = [
        (value, told)
        for value, told in offers
        if value.isprintable() and value.strip() and (option or not value.startswith("-"))
    ]
    how = "words"
    if not all(value.startswith(question.typed) for value, _ in good):
        how = "found"
    elif good and all(value.endswith("=") for value, _ in good):
        how = "nospace"
    if question.shell == "bash":
        before, quote = _read(question.kept)
        rest = [value[len(before) :] for value, _ in good if value.startswith(before)]
        return [how, *(quoted(each, quote) for each in rest)]
    return [how, *(f"{value}\t{told}" if told else value for value, told in good)]


def quoted(text: str, quote: str = "") -> str:
    """Return a text as bash reads it, after a quote that is open."""
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote == '"':
        # Before a terminal bash expands ! here, also after a backslash: the quote is left for it.
        return re.sub(r'([\\"$`])', r"\\\1", text).replace("!", "\"'!'\"")
    return _SAFE.sub(lambda found: "\\" + found[0], text)


def _read(raw: str) -> tuple[str, str]:
    """Return a word as a shell reads it, and the quote that is open at its end."""
    text, quote, chars = "", "", iter(raw)
    for char in chars:
        if char == "\\" and quote != "'":
            after = next(chars, "")
            text += after if not quote or after in '\\"$`' else f"\\{after}"
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            text += char
    return text, quote


def _split(line: str) -> list[str]:
    """Return the words of a line as they were typed; the last is the one that is begun."""
    words, start, quote, skip = [], 0, "", False
    for place, char in enumerate(line):
        if skip:
            skip = False
        elif char == "\\" and quote != "'":
            skip = True
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif not quote and char.isspace():
            words.append(line[start:place])
            start = place + 1
    return [*filter(None, words), line[start:]]
