"""The changing verbs of kubectl as commands of podsim."""

from __future__ import annotations

import click

from simulator.cli.kubectl.group import VerbGroup
from simulator.cli.kubectl.verb import VerbCommand


def _commands() -> list[click.Command]:
    from simulator.kubectl.write import create_access, create_ingress, create_secret, creating, ending, marking, setting

    verbs = (
        *creating.VERBS,
        *create_access.VERBS,
        *create_ingress.VERBS,
        *create_secret.VERBS,
        *setting.VERBS,
        *marking.VERBS,
        *ending.VERBS,
    )
    single: list[click.Command] = [VerbCommand(verb) for verb in verbs if len(verb.path) == 1 and verb.path != ("create",)]
    itself = next(verb for verb in verbs if verb.path == ("create",))
    create = VerbGroup("create", [verb for verb in verbs if verb.path[0] == "create" and len(verb.path) > 1], itself.short, itself)
    change = VerbGroup("set", [verb for verb in verbs if verb.path[0] == "set"], "Change images, resources, variables.")
    return [*single, create, change]


def rollout_verbs() -> list[click.Command]:
    """Those of `rollout` that change something."""
    from simulator.kubectl.write.ending import VERBS

    return [VerbCommand(verb) for verb in VERBS if verb.path[0] == "rollout"]


COMMANDS: list[click.Command] = _commands()
