"""groundnuty/k8s-wait-for: waits for pods, Services and Jobs of the cluster."""

from __future__ import annotations

from typing import Any

from simulator.process.effects import Call, Effects, Process, Program, Sleep, Write
from simulator.process.world import ApiGet
from simulator.units import SECOND
from simulator.userland.flags import Flags, Unknown, value
from simulator.userland.streams import out

_PAUSE = 2 * SECOND
Object = dict[str, Any]
"""An API object as JSON."""


class _Refused(Exception):
    """kubectl failed, with these words: it may not read the objects, or has no credentials."""


class WaitForFlags(Flags, unknown=Unknown.SKIP):
    """The options of k8s-wait-for: those of kubectl that select objects."""

    namespace = value("-n")
    selector = value("-l", default="")


def k8s_wait_for(call: Call) -> Process:
    """`pod|service|job|job-wr|... name|-lselector [-n namespace]`, looking every 2 s, without end; a refusal ends it with 1."""
    given = WaitForFlags.parse(call.argv[1:])
    words = given.before_dashes
    kind, name = (words[0] if words else "pod"), (words[1] if len(words) > 1 else None)
    while True:
        try:
            if (yield from _all_done(kind, name, given)):
                break
        except _Refused as error:
            yield Write(2, f"{error}\n")
            if kind != "service":  # the script passes kubectl's failure for a Service through a pipe, which hides it
                return 1
        yield from out(f"Waiting for {kind} {name or given.selector}...\n")
        yield Sleep(_PAUSE)
    yield from out(f"{kind} {name or given.selector} is ready.\n")
    return 0


def _all_done(kind: str, name: str | None, given: WaitForFlags) -> Effects[bool]:
    """Jobs are complete (with `-we` failed ones count, too), all pods of a Service or selector are ready; and there is at least one."""
    if kind.startswith("job"):
        jobs = yield from _objects("job", name, given.namespace, given.selector)
        conditions = {"Complete", "Failed"} if kind in ("job-we", "job-wr-we") else {"Complete"}
        return bool(jobs) and all(_has_any(job, conditions) for job in jobs)
    selector = given.selector
    if kind == "service":
        services = yield from _objects("service", name, given.namespace, given.selector)
        pairs = services[0].get("spec", {}).get("selector", {}) if services else {}
        selector = ",".join(f"{k}={v}" for k, v in sorted(pairs.items()))
        if not selector:
            return False  # an empty selector would mean every pod
    pods = yield from _objects("pod", name if kind.startswith("pod") else None, given.namespace, selector)
    return bool(pods) and all(_has_any(pod, {"Ready"}) for pod in pods)


def _has_any(item: Object, types: set[str]) -> bool:
    """Whether one of these conditions is true of an object."""
    return any(c.get("type") in types and c.get("status") == "True" for c in item.get("status", {}).get("conditions", []))


def _objects(kind: str, name: str | None, namespace: str | None, selector: str) -> Effects[list[Object]]:
    answer = yield ApiGet(kind, name, namespace, selector)
    if isinstance(answer, str):
        raise _Refused(answer)
    if isinstance(answer, list):
        return answer
    return [answer] if isinstance(answer, dict) else []


COMMANDS: dict[str, Program] = {"k8s-wait-for": k8s_wait_for, "wait_for.sh": k8s_wait_for}
