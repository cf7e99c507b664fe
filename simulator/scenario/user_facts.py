"""Which action of the Scenario was done, as a fact of the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.journal.records import Cause, Fact
from simulator.objects.kinds import Key, kind_for_word
from simulator.scenario.read_actions import STATES
from simulator.scenario.spec import Action


def action_fact(t: int, action: Action, namespace: str, file: str, cause: Cause) -> Fact:
    """The fact that an action was done. A typed action has no file and line."""
    first = action.target.split(" ")[0] if isinstance(action.target, str) else ""
    word, _, name = first.partition("/")
    kind = kind_for_word(word) if name else None
    if kind is not None:
        about = Key(kind.name, namespace if kind.namespaced else "", name)
    else:
        about = Key("Node", "", word) if action.verb == "node" else Key("", namespace, word)
    verb = action.verb
    if verb in STATES:
        about, verb = Key("", "", verb), word
    options = {name: value for name, value in sorted(action.options.items()) if _is_plain(value)}
    return Fact(t, "action", about, {"verb": verb, **options, "file": Path(file).name if action.line else "", "line": action.line}, cause)


def _is_plain(value: Any) -> bool:
    """Whether an option is short enough for a fact: patches are not."""
    return isinstance(value, str | int | float | bool)
