"""Suggestions for misspelt words, where kubectl only reports that a word is unknown.

kubectl's messages are imitated to the letter, also for programs that read them through a pipe. The hint is for people: it is printed only
when standard error is a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click


def hint(word: str, known: Iterable[str]) -> None:
    """On a terminal, print the known word that is nearest to a misspelt one, if any is near."""
    if not sys.stderr.isatty():
        return
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(set(known)), n=1)
    if near:
        click.echo(f"podsim: did you mean {near[0]}?", err=True)
