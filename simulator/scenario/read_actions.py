"""Actions of a Scenario: which verbs there are and what may stand beside them (kubectl's words)."""

from __future__ import annotations

from typing import Any

from simulator.kubectl.words import REQUESTS, writing
from simulator.scenario.read_options import NEEDS, REQUEST, read_option
from simulator.scenario.reader import Reader
from simulator.scenario.spec import Action

CLUSTER_VERBS: dict[str, tuple[str, ...]] = {
    "kill": ("container", "signal", "reason", "exitCode", "sandbox", "namespace"),
    "node": ("down", "unreachable", "kubelet", "reboot", "containers"),
    "imageRegistry": ("image", "error"),
    "dns": (),
    "programs": (),
    REQUEST: ("body", "text", "base64", "contentType", "userAgent"),
}
"""What is done to the cluster without kubectl: verb -> its options."""
VERBS = (*REQUESTS, *CLUSTER_VERBS)
"""All verbs. The verb's own value is the target (`pod/app-0`, several of them, a file, a list of programs)."""
STATES = {"imageRegistry": ("down", "up"), "dns": ("down", "refused", "failing", "up")}
"""The states of the services around the cluster. DNS that is down stays silent."""
FROM_FILES = ("apply", "create", "replace")


def options_of(verb: str) -> tuple[str, ...]:
    """What may stand beside a verb. Every verb of kubectl also takes a `namespace`."""
    return CLUSTER_VERBS[verb] if verb in CLUSTER_VERBS else (*writing(verb).options, "namespace")


def read_actions(reader: Reader, value: Any, path: str) -> tuple[Action, ...]:
    """The list under `actions`, in order of time; actions of one instant stay in the order in which they are written."""
    actions = reader.list(value, path, lambda item, where: _action(reader, item, where))
    return tuple(sorted((action for action in actions if action is not None), key=lambda action: action.at))


def _action(reader: Reader, value: Any, path: str) -> Action | None:
    if not isinstance(value, dict):
        reader.problem(path, "must be a mapping such as {at: 60s, delete: pod/app-0}")
        return None
    verbs = [key for key in value if key in VERBS]
    if len(verbs) != 1:
        known = {"at", "when", *VERBS, *(option for name in VERBS for option in options_of(name))}
        reader.mapping(value, path, sorted(known))
        # A misspelt verb has been named by then.
        if verbs or known.issuperset(value):
            reader.problem(path, f"has several verbs: {', '.join(verbs)}" if verbs else f"needs one verb: {', '.join(VERBS)}")
        return None
    verb = verbs[0]
    given = {key: item for key, item in reader.mapping(value, path, ("at", "when", verb, *options_of(verb))).items() if item is not None}
    reader.require_any(given, path, "at", "when")
    reader.require(given, path, *NEEDS.get(verb, ()))
    options = {key: read_option(reader, verb, key, item, f"{path}.{key}") for key, item in given.items() if key not in ("at", "when", verb)}
    target = given.get(verb)
    if verb == "programs":
        from simulator.scenario.read_programs import read_programs

        target = read_programs(reader, target, f"{path}.programs")
    elif not isinstance(target, str) or not target:
        reader.problem(f"{path}.{verb}", "must name its target, such as deployment/web")
        return None
    elif verb in STATES and target not in STATES[verb]:
        *others, last = STATES[verb]
        reader.problem(f"{path}.{verb}", f"must be {', '.join(others)} or {last}, not {target!r}")
        return None
    elif verb in FROM_FILES and not {"with", "from"} & given.keys() and not reader.has_file(target):
        reader.problem(f"{path}.{verb}", f"no such file: {target}")
    at, line = reader.span(given.get("at"), f"{path}.at"), reader.place(path)[0]
    return Action(at, verb, target, options, path, line, when=_when(reader, given.get("when"), f"{path}.when"))


def _when(reader: Reader, value: Any, path: str) -> dict[str, Any]:
    if value is None:
        return {}
    from simulator.scenario.conditions import read_when

    return read_when(reader, value, path)
