"""What somebody may have meant, where kubectl only says that a word is unknown.

kubectl's sentences are imitated to the letter, also for whoever reads them through a pipe. So the hint is for people: it is printed only
when standard error is a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click


def hint(word: str, known: Iterable[str]) -> None:
    """Name what is nearest to a misspelt word, if anything is, to somebody at a terminal."""
    if not sys.stderr.isatty():
        return
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(set(known)), n=1)
    if near:
        click.echo(f"podsim: did you mean {near[0]}?", err=True)
