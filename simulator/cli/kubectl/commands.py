"""One click command for each first word of kubectl's command lines, made of the verbs that it begins."""

from __future__ import annotations

import click

from simulator.cli.kubectl.command import KubectlCommand
from simulator.cli.kubectl.group import RolloutGroup, VerbGroup
from simulator.kubectl.words import verbs

GROUPS = {
    "set": "Set images, resources or environment variables.",
    "auth": "Check whether RBAC allows an action.",
    "top": "Print what pods and nodes use of CPU and memory.",
}


def command(word: str) -> click.Command:
    """The command that begins with this word."""
    available = verbs(word)
    if word == "rollout":
        return RolloutGroup(available)
    itself = next((verb for verb in available if verb.path == (word,)), None)
    if itself is not None and len(available) == 1:
        return KubectlCommand(itself)
    return VerbGroup(word, [verb for verb in available if verb is not itself], GROUPS.get(word) or (itself.short if itself else ""), itself)
