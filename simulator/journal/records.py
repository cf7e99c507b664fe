"""The content of a journal: one header, then records. Times are integer nanoseconds since the start of the simulation."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from simulator.objects.base import shown
from simulator.objects.kinds import Key, Object, key_of

ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]


class Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What views need to know about the run. `start_time` is the wall clock at t=0 (RFC 3339); `kubectl` is kubectl's own release."""

    start_time: str
    kubernetes: str
    kubectl: str = ""
    seed: int = shown(0)
    podsim: str = shown("")
    scenario: str = ""
    namespace: str = ""  # the default namespace of commands; empty: `default`
    authorization: str = ""  # AlwaysAllow; empty: RBAC
    horizon: float | None = None  # seconds
    assumptions: list[dict[str, str]] = []


class Cause(NamedTuple):
    """Why a record was written: the revision that the writer had seen (0: none) and the rule it followed."""

    revision: int
    rule: str


NO_CAUSE = Cause(0, "")


class Write(NamedTuple):
    """A change of an API object. `item` is the object after the change; of a deletion, its last state."""

    t: int
    revision: int
    type: ChangeType
    item: Object
    cause: Cause = NO_CAUSE

    @property
    def key(self) -> Key:
        """Which object."""
        return key_of(self.item)


class LogLine(NamedTuple):
    """A line printed by a container (`component` empty) or a component (`pod` and `container` may be empty).

    `run` counts the starts of the container from 0, so that `logs --previous` can tell them apart; `node` is where a kubelet runs.
    `stream` is `stdout` or `warning` where kubectl prints no error.
    """

    t: int
    line: str
    component: str = ""
    node: str = ""
    namespace: str = ""
    pod: str = ""
    container: str = ""
    run: int = 0
    stream: str = ""


class Fact(NamedTuple):
    """Something that happened in the simulated world and is in no API object: a probe, an exit, a rule programmed by kube-proxy.

    `what` is a dotted word from the table in docs/architecture.md, `about` the object, `data` plain JSON values.
    """

    t: int
    what: str
    about: Key
    data: dict[str, Any]
    cause: Cause = NO_CAUSE


Record = Write | LogLine | Fact
