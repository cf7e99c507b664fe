"""The answer to a shell: one line for each word that may stand at the cursor, or that the shell completes files itself."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

import click

from simulator.cli.completion.cursor import Cursor, cursor
from simulator.cli.completion.values import FILES, values

SHELLS = ("bash", "zsh", "fish")
KUBECTL = "kubectl"
"""Asks like fish when it completes `kubectl podsim`."""
FILES_LINE = "files"
"""The whole answer where files are completed."""


def answer(root: click.Group, shell: str, args: Sequence[str]) -> list[str]:
    """The lines for a shell.

    bash sends the line up to the cursor, for it splits words at `:` and `=`; the others send words, the one at the cursor last.
    Each line has a word, and behind a tab its help. The first line for zsh is what stands before the value in the same word.
    """
    words, typed = split(args[0]) if shell == "bash" else (list(args[:-1]), args[-1])
    place = cursor(root, words, typed)
    candidates = values(place)
    if candidates is FILES:
        return [FILES_LINE]
    fitting = {value: text for value, text in candidates.items() if value.startswith(place.typed)}
    return _as_lines(shell, place, fitting) if fitting else [FILES_LINE]


def _as_lines(shell: str, place: Cursor, candidates: dict[str, str]) -> list[str]:
    if shell == "bash":
        # bash replaces only what is behind the last of these characters.
        broken = max(place.typed.rfind(mark) for mark in ":=") + 1
        return [value[broken:] for value in candidates]
    prefix = place.prefix if shell in ("fish", KUBECTL) else ""
    lines = [f"{prefix}{value}\t{' '.join(text.split())}" for value, text in candidates.items()]
    return [place.prefix, *lines] if shell == "zsh" else lines


def split(line: str) -> tuple[list[str], str]:
    """The words of a line behind the program, and the word at its end, which may be unfinished."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # a quotation that is still open
        words.append(lexer.token.lstrip("'\""))
    ends_word = line[-1:].isspace() and not line.endswith("\\ ")
    return (words[1:], "") if ends_word else (words[1:-1], words[-1] if len(words) > 1 else "")


def for_kubectl() -> None:
    """The program `kubectl_complete-podsim`: lines as kubectl's own completion prints them, the last one says whether files are meant."""
    from simulator.cli.app import podsim

    try:
        lines = answer(podsim, KUBECTL, sys.argv[1:])
    except Exception:
        lines = [FILES_LINE]
    sys.stdout.write(":0\n" if lines == [FILES_LINE] else "".join(f"{line}\n" for line in [*lines, ":4"]))


def reply(root: click.Group, shell: str, args: Sequence[str]) -> None:
    """Print the answer. Whatever goes wrong, the shell completes files: an error in the middle of a command line helps no one."""
    try:
        lines = answer(root, shell, args)
    except Exception:
        lines = [FILES_LINE]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
