"""How a run's manifests are sent: by kubectl, helm or Argo CD, with helm's options. A Scenario has it as the values of its file."""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.errors import UsageError
from simulator.objects.base import JSON
from simulator.scenario.reader import Reader
from simulator.scenario.spec import KUBECTL
from simulator.units import MINUTE, parse_duration

HELM, HELM3, ARGOCD = "helm", "helm3", "argocd"
TOOLS = (KUBECTL, HELM, HELM3, ARGOCD)
OPTIONS = ("wait", "waitForJobs", "atomic", "timeout", "release")
"""Options of helm."""
TIMEOUT = 5 * MINUTE


class Apply(msgspec.Struct, frozen=True):
    """The tool, and the options of helm (4, or 3). `release` empty: as the manifests' labels name it.

    `each`: how long kubectl takes for an object (ns), during which the control plane acts on those before.
    """

    tool: str = KUBECTL
    wait: bool = False
    wait_for_jobs: bool = False
    atomic: bool = False
    timeout: int = TIMEOUT
    release: str = ""
    each: int = 0


def apply_of(data: JSON) -> Apply:
    """The value of a Scenario's `apply`."""
    timeout = parse_duration(data["timeout"]) if "timeout" in data else TIMEOUT
    wait, jobs, atomic = (bool(data.get(name)) for name in ("wait", "waitForJobs", "atomic"))
    each = parse_duration(data["each"]) if "each" in data else 0
    return Apply(data.get("as", KUBECTL), wait, jobs, atomic, timeout, data.get("release", ""), each)


def read_apply(reader: Reader, value: Any, path: str) -> JSON:
    """The mapping under `apply`, as it is written."""
    given = reader.mapping(value, path, ("as", "each", *OPTIONS))
    tool = reader.choice(given.get("as"), f"{path}.as", TOOLS, KUBECTL)
    for name in OPTIONS:
        if name in given and not is_helm(tool):
            reader.problem(f"{path}.{name}", "is an option of helm: needs `as: helm`")
    if "each" in given and tool != KUBECTL:
        reader.problem(f"{path}.each", "is about kubectl: other tools have an order of their own")
    reader.span(given.get("each"), f"{path}.each")
    for name in ("wait", "waitForJobs", "atomic"):
        reader.flag(given.get(name), f"{path}.{name}")
    reader.span(given.get("timeout"), f"{path}.timeout", positive=True)
    reader.text(given.get("release"), f"{path}.release")
    return dict(given)


def merged(data: JSON, choices: JSON) -> JSON:
    """A Scenario's `apply` with what the command line says. Raises UsageError."""
    whole = {**data, **choices}
    if whole.get("as", KUBECTL) != KUBECTL:
        whole.pop("each", None)
    if not is_helm(whole.get("as", KUBECTL)) and choices.keys() & set(OPTIONS):
        raise UsageError("--wait, --wait-for-jobs, --atomic and --timeout are options of helm: add --as helm")
    return {key: value for key, value in whole.items() if key not in OPTIONS or is_helm(whole.get("as", KUBECTL))}


def is_helm(tool: str) -> bool:
    """Whether a release of helm does it."""
    return tool in (HELM, HELM3)
