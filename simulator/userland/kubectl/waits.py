"""kubectl wait and kubectl rollout status: they look again and again, for they have no watch here."""

from __future__ import annotations

import re

from simulator.process.effects import Sleep, Write
from simulator.process.problems import NotSimulatedError
from simulator.units import SECOND, parse_duration
from simulator.userland.kubectl.jsonpath import jsonpath
from simulator.userland.kubectl.letters import Options
from simulator.userland.kubectl.objects import Object, fetch, full_kind, meta
from simulator.userland.streams import Gen, out

_POLL = SECOND  # the real ones watch
_DEFAULT_WAIT = 30 * SECOND  # kubectl wait's --timeout


def _is_met(item: Object, goal: str) -> bool:
    kind, _, rest = goal.partition("=")
    if kind == "condition":
        name, _, value = rest.partition("=")
        conditions = item.get("status", {}).get("conditions", [])
        return any(
            c.get("type", "").lower() == name.lower() and c.get("status", "").lower() == (value or "True").lower() for c in conditions
        )
    if kind == "jsonpath":
        match = re.fullmatch(r"'?(\{.*\})'?(?:=(.*))?", rest)
        if match is None:
            raise NotSimulatedError(f"--for={goal}")
        text = jsonpath(match[1], item)
        return text == match[2].strip("'\"") if match[2] is not None else bool(text)
    raise NotSimulatedError(f"--for={goal}")


def _limit(chosen: Options, default: int | None) -> int | None:
    if "2" not in chosen:
        return default
    limit = parse_duration(chosen["2"])
    return 7 * 24 * 3600 * SECOND if limit < 0 else limit  # kubectl: a negative time-out is a week


def wait(chosen: Options, operands: list[str]) -> Gen:
    """`kubectl wait --for=condition=Ready|delete|jsonpath=...`: 1 when the time is up, or when there is nothing to wait for."""
    goal, limit = chosen.get("1", ""), _limit(chosen, _DEFAULT_WAIT)
    waited, met = 0, set[str]()
    while True:
        found, problems = yield from fetch(chosen, operands)
        if goal == "create" and found and not problems:
            yield from out("".join(f"{full_kind(item)}/{meta(item)['name']} condition met\n" for item in found))
            return 0
        if goal == "delete":
            if not found:
                return 0
        elif goal != "create" and (not found or problems):
            yield Write(2, "".join(p + "\n" for p in problems) or "error: no matching resources found\n")
            return 1
        names: dict[str, bool] = {f"{full_kind(o)}/{meta(o)['name']}": goal != "delete" and _is_met(o, goal) for o in found}
        for name, good in names.items():
            if good and name not in met:
                met.add(name)
                yield from out(f"{name} condition met\n")
        if names and all(names.values()):
            return 0
        if limit is not None and waited >= limit:
            late = [n for n, good in names.items() if not good]
            yield Write(2, "".join(f"error: timed out waiting for the condition on {n}\n" for n in late))
            return 1
        yield Sleep(_POLL)
        waited += _POLL


def _rolled_out(item: Object) -> str | None:
    """None when the rollout is over, else what kubectl says of it."""
    spec, status = item.get("spec", {}), item.get("status", {})
    wanted, name = spec.get("replicas", 1), meta(item)["name"]
    if meta(item).get("generation", 0) > status.get("observedGeneration", 0):
        return f"Waiting for {str(item.get('kind')).lower()} spec update to be observed...\n"
    updated, total, available = (status.get(k, 0) for k in ("updatedReplicas", "replicas", "availableReplicas"))
    if item.get("kind") == "Deployment":
        if updated < wanted:
            return f'Waiting for deployment "{name}" rollout to finish: {updated} out of {wanted} new replicas have been updated...\n'
        if total > updated:
            return f'Waiting for deployment "{name}" rollout to finish: {total - updated} old replicas are pending termination...\n'
        if available < updated:
            return f'Waiting for deployment "{name}" rollout to finish: {available} of {updated} updated replicas are available...\n'
        return None
    if item.get("kind") == "DaemonSet":
        wanted, available = status.get("desiredNumberScheduled", 0), status.get("numberAvailable", 0)
        text = f'Waiting for daemon set "{name}" rollout to finish: {available} of {wanted} updated pods are available...\n'
        return text if available < wanted or status.get("updatedNumberScheduled", 0) < wanted else None
    ready = status.get("readyReplicas", 0)
    return f"Waiting for {wanted - ready} pods to be ready...\n" if ready < wanted else None


def rollout(chosen: Options, operands: list[str]) -> Gen:
    """`kubectl rollout status kind/name [--timeout]`: without a time-out it waits without end."""
    limit = _limit(chosen, None) or None
    waited, said = 0, ""
    while True:
        found, problems = yield from fetch(chosen, operands)
        if problems or not found:
            yield Write(2, "".join(p + "\n" for p in problems))
            return 1
        text = _rolled_out(found[0])
        if text is None:
            kind = str(found[0].get("kind", "")).lower()
            plural = f'{kind} "{meta(found[0])["name"]}" successfully rolled out\n'
            yield from out(
                plural if kind != "statefulset" else f"statefulset rolling update complete {found[0]['spec'].get('replicas', 1)} pods\n"
            )
            return 0
        if text != said:
            yield from out(text)
            said = text
        if limit is not None and waited >= limit:
            yield Write(2, "error: timed out waiting for the condition\n")
            return 1
        yield Sleep(_POLL)
        waited += _POLL
