"""Continues the last run with what is typed: the run is played again from its beginning with one more action, and some more seconds.

Runs are deterministic: what was there before the action is what the user saw. Without a last run a fresh cluster is taken.
"""

from __future__ import annotations

from typing import NamedTuple

from simulator.cli import last_run
from simulator.cluster import Cluster
from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.kubectl.request import Request
from simulator.kubectl.write.acting import Answer
from simulator.manifest.files import Source
from simulator.manifest.load import Loaded
from simulator.objects.kinds import Key
from simulator.scenario.inputs import Inputs
from simulator.scenario.spec import Action, Scenario
from simulator.units import HOUR, SECOND

TYPED = "typed"
"""How the paths of typed actions begin; other paths are those of actions in a Scenario file."""
AFTERWARDS = 30 * SECOND
LONGEST_WAIT = 1 * HOUR
"""How long a command may take (a drain that a budget holds up, a deletion that waits for a finalizer) before podsim plays no further."""


class Setting(NamedTuple):
    """How to continue: whose namespace (empty: the run's), at which instant (None: at the end), how much longer to play, whose words."""

    namespace: str = ""
    at: int | None = None
    span: int = AFTERWARDS
    kubernetes: str = ""


class Outcome(NamedTuple):
    """What a command answered, and whether it was over when the run was."""

    answer: Answer
    done: bool = True


def perform(request: Request, setting: Setting) -> Outcome:
    """Do it. The run becomes the last run, unless nothing was changed. Raises UsageError."""
    inputs = last_run.recall_inputs()
    inputs = _fresh(setting) if inputs is None else _continued(inputs, setting)
    begin = inputs.horizon if setting.at is None else setting.at
    action = _action(request, setting, inputs, begin)
    actions = sorted((*inputs.scenario.actions, action), key=lambda other: other.at)
    inputs = inputs._replace(scenario=inputs.scenario._replace(actions=tuple(actions)))
    if action.options.get("dryRun"):
        return Outcome(_played(inputs._replace(horizon=begin), action)[2])
    span = setting.span
    while True:
        inputs = inputs._replace(horizon=max(inputs.horizon, begin + span))
        inputs, journal, answer = _played(inputs, action)
        done = answer.done and not (request.wait and _still_there(journal, answer))
        if done or span >= LONGEST_WAIT:
            break
        span = min(2 * span, LONGEST_WAIT) or AFTERWARDS
    if answer.changed:
        last_run.remember(journal, inputs)
    return Outcome(answer, done)


def typed(inputs: Inputs) -> list[Action]:
    """The actions that were typed, in the order of their time."""
    return [action for action in inputs.scenario.actions if action.path.startswith(TYPED)]


def _fresh(setting: Setting) -> Inputs:
    """An empty cluster, whose namespace is taken to exist."""
    scenario = Scenario(namespace=setting.namespace)
    if setting.kubernetes:
        from simulator.dialect import Dialect

        Dialect(setting.kubernetes)
        scenario = scenario._replace(kubernetes=setting.kubernetes)
    return Inputs(scenario, Loaded(), Loaded(), (), 0)


def _continued(inputs: Inputs, setting: Setting) -> Inputs:
    if setting.kubernetes and setting.kubernetes != inputs.scenario.kubernetes:
        raise UsageError(f"--kubernetes: the last run simulates {inputs.scenario.kubernetes}")
    return inputs


def _action(request: Request, setting: Setting, inputs: Inputs, at: int) -> Action:
    own = {"namespace": setting.namespace} if setting.namespace else {}
    sources = tuple(source for source in request.sources if isinstance(source, Source))
    path = f"{TYPED}[{len(typed(inputs))}]"
    return Action(at, request.verb, request.target, {**request.options, **own}, path, 0, sources)


def _played(inputs: Inputs, action: Action) -> tuple[Inputs, Journal, Answer]:
    """Run it. A namespace that is named with -n and was never created is assumed to exist, as in `podsim run`."""
    cluster = Cluster(inputs)
    journal = cluster.run()
    name = str(action.options.get("namespace", ""))
    if name and Key("Namespace", "", name) not in journal.keys("Namespace"):
        return _played(inputs._replace(namespaces=(*inputs.namespaces, name)), action)
    return inputs, journal, cluster.answers[action.path]


def _still_there(journal: Journal, answer: Answer) -> bool:
    """Whether something that was deleted is not gone by the end."""
    now = (journal.object_at(key, journal.end) for key in answer.awaited)
    return any(item is not None and item.metadata.uid == uid for item, uid in zip(now, answer.awaited.values(), strict=True))
