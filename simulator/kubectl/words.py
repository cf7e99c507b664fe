"""The words of kubectl's command lines: in which module each verb lives, and which verb a line means. Nothing else is imported for that."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.kubectl.verb import Verb
    from simulator.kubectl.write.acting import Writing

MODULES: dict[str, tuple[str, ...]] = {
    "get": ("read.get",),
    "describe": ("read.describe",),
    "events": ("read.events",),
    "logs": ("read.logs",),
    "wait": ("read.wait",),
    "rollout": ("read.rollout", "write.rollout"),
    "auth": ("read.auth",),
    "top": ("read.top",),
    "run": ("write.run_pod",),
    "apply": ("write.apply",),
    "create": (
        "write.create",
        "write.create_workloads",
        "write.create_config",
        "write.create_service",
        "write.create_policy",
        "write.create_access",
        "write.create_ingress",
    ),
    "replace": ("write.replace",),
    "expose": ("write.expose",),
    "autoscale": ("write.autoscale",),
    "scale": ("write.scale",),
    "patch": ("write.patch",),
    "set": ("write.set", "write.set_env"),
    "label": ("write.label",),
    "annotate": ("write.label",),
    "taint": ("write.taint",),
    "delete": ("write.delete",),
    "cordon": ("write.cordon",),
    "uncordon": ("write.cordon",),
    "drain": ("write.drain",),
    "exec": ("write.execute",),
    "debug": ("write.debug",),
    "edit": ("write.patch",),
}  # fmt: skip
"""The first word of a command line -> the modules that have its verbs in their `VERBS`."""
REQUESTS: dict[str, str] = {
    "apply": "write.apply",
    "create": "write.create",
    "replace": "write.replace",
    "expose": "write.expose",
    "autoscale": "write.autoscale",
    "patch": "write.patch",
    "scale": "write.scale",
    "setImage": "write.set",
    "setResources": "write.set",
    "setEnv": "write.set_env",
    "rolloutPause": "write.rollout",
    "rolloutResume": "write.rollout",
    "rolloutRestart": "write.rollout",
    "rolloutUndo": "write.rollout",
    "delete": "write.delete",
    "label": "write.label",
    "annotate": "write.label",
    "taint": "write.taint",
    "cordon": "write.cordon",
    "uncordon": "write.cordon",
    "drain": "write.drain",
    "exec": "write.execute",
    "debug": "write.debug",
}
"""What a verb that writes is called in a request -> the module that has it in its `WRITES`."""
TAKE_VALUES = frozenset(
    (
        "-n", "--namespace", "-f", "--filename", "-o", "--output", "-s", "--server", "-l", "--selector", "--context", "--kubeconfig",
        "--cluster", "--user", "--token", "--as", "--request-timeout", "--certificate-authority", "--at", "--for",
    )
)  # fmt: skip
"""Flags that may stand before a verb and have a value behind them."""


def verbs(word: str) -> list[Verb]:
    """The verbs that begin with a word: one, or those of a group (`create`, `rollout`, `set`)."""
    candidates = [verb for module in MODULES.get(word, ()) for verb in import_module(f"simulator.kubectl.{module}").VERBS]
    return [verb for verb in candidates if verb.path[0] == word]


def writing(verb: str) -> Writing:
    """A verb that writes, by its name in a request."""
    candidates: Writing = import_module(f"simulator.kubectl.{REQUESTS[verb]}").WRITES[verb]
    return candidates


def find(word: str, argv: Sequence[str]) -> tuple[Verb | None, list[str], list[str]]:
    """The verb with the most words that fit behind `word`; what is left of the command line; the words that were understood.

    No verb: what was understood is no whole one (`create service`), or is not known.
    """
    known, path, rest = verbs(word), [word], list(argv)
    while True:
        following, place = first_word(rest)
        if not following or not any(_leads(verb, (*path, following)) for verb in known):
            break
        path.append(following)
        del rest[place]
    exact = next((verb for verb in known if _leads(verb, tuple(path)) and len(verb.path) == len(path)), None)
    itself = next((verb for verb in known if verb.path == (word,)), None)
    return exact or (itself if len(path) == 1 else None), rest, path


def next_words(path: Sequence[str]) -> list[str]:
    """The words that may follow."""
    return [verb.path[len(path)] for verb in verbs(path[0]) if verb.path[: len(path)] == tuple(path) and len(verb.path) > len(path)]


def first_word(argv: Sequence[str]) -> tuple[str, int]:
    """The first word that is no flag, nor a flag's value, and where it stands; nothing, and -1."""
    takes_value = False
    for place, word in enumerate(argv):
        if word == "--":
            break
        if not word.startswith("-") and not takes_value:
            return word, place
        takes_value = word in TAKE_VALUES
    return "", -1


def all_words(argv: Sequence[str]) -> list[str]:
    """All words that are no flags, nor values of flags."""
    candidates: list[str] = []
    rest = list(argv)
    while True:
        word, place = first_word(rest)
        if not word:
            return candidates
        candidates.append(word)
        del rest[place]


def _leads(verb: Verb, path: tuple[str, ...]) -> bool:
    """Whether these words are the verb's, or its beginning."""
    last = (verb.path[-1], *verb.aliases)
    if len(path) == len(verb.path):
        return verb.path[:-1] == path[:-1] and path[-1] in last
    return verb.path[: len(path)] == path
