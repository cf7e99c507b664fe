"""Suggestions for misspelt words, where kubectl only reports that a word is unknown.

kubectl's messages are imitated to the letter, also for programs that read them through a pipe. The hint is for people: it is printed only
when standard error is a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from simulator.cli.paint import echo

INSTEAD = {
    "version": "`podsim --version`",
    "kustomize": "`podsim run -k DIRECTORY`",
    "port-forward": "`podsim exec POD -- wget -qO- http://SERVICE` or `podsim traffic SERVICE`",
    "proxy": "`podsim exec POD -- wget -qO- http://SERVICE` or `podsim traffic SERVICE`",
    "attach": "`podsim logs -f`",
    **dict.fromkeys(("up", "start", "simulate", "install", "deploy"), "`podsim run app.yaml`"),
    **dict.fromkeys(("lint", "check", "validate", "verify"), "`podsim advise app.yaml`, or `podsim test` for what you expect"),
    **dict.fromkeys(("list", "ps", "ls", "pods", "status"), "`podsim get pods`"),
}
"""Words that people type, and the command for what they want."""


def instead_of(words: Sequence[str]) -> str:
    """The command for what an unknown one is about; empty when podsim does not know."""
    if words[0] in INSTEAD:
        return f"use {INSTEAD[words[0]]}"
    return f"use `podsim run {words[0]}`" if Path(words[0]).exists() else ""


def hint(word: str, known: Iterable[str]) -> None:
    """On a terminal, print the known word that is nearest to a misspelt one, if any is near."""
    if not sys.stderr.isatty():
        return
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(set(known)), n=1)
    if near:
        echo(f"podsim: did you mean {near[0]}?", err=True)
