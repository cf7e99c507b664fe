"""kubectl against the simulated store: get, wait, rollout status. What would change the cluster is handed to the host."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from typing import Any

from simulator.shell.commands.basics import Gen, NotSimulatedError, Options, long_options, options, out
from simulator.shell.commands.jsonpath import jsonpath
from simulator.shell.commands.processes import SECOND
from simulator.shell.effects import Call, Effect, Program, Sleep, Write
from simulator.shell.world import ApiGet, UnknownCommand
from simulator.units import parse_duration

Object = dict[str, Any]

_LONG = long_options(
    "namespace=n selector=l output=o for=1 timeout=2 all-namespaces=A watch=w no-headers=3 all=4 ignore-not-found=5 "
    "kubeconfig=6 context=6 request-timeout=6 show-labels=7 sort-by=6 field-selector=8 token=6 server=s "
    "certificate-authority=6 insecure-skip-tls-verify=3"
)
_POLL = SECOND  # how often `wait` and `rollout status` look; the real ones watch
_DEFAULT_WAIT = 30 * SECOND  # kubectl wait's --timeout


def kubectl(call: Call) -> Gen:
    """`kubectl get|wait|rollout status ...`."""
    words = [a for a in call.argv[1:] if not a.startswith("-")]
    verb = words[0] if words else ""
    if not (verb in ("get", "wait") or words[:2] == ["rollout", "status"]):
        program = yield UnknownCommand(call, "step")
        return (yield from program(call)) if program else 1
    chosen = options(call.argv[1:], "Aw3457", "nlo1268sfLv", _LONG)
    if "8" in chosen or "f" in chosen:
        raise NotSimulatedError("--field-selector and -f")
    operands = chosen.rest[2:] if verb == "rollout" else chosen.rest[1:]
    if verb == "get":
        return (yield from _get(chosen, operands))
    return (yield from (_wait if verb == "wait" else _rollout)(chosen, operands))


def _targets(operands: list[str]) -> list[tuple[str, str | None]]:
    """(kind, name) of `pod x y`, `pod/x deploy/y` or `pods`."""
    if operands and "/" in operands[0]:
        return [(k, n) for k, _, n in (o.partition("/") for o in operands)]
    kinds = operands[0].split(",") if operands else []
    return [(kind, name) for kind in kinds for name in (operands[1:] or (None,))]


def _namespace(chosen: Options) -> str | None:
    return "*" if "A" in chosen else chosen.get("n")


def _fetch(chosen: Options, operands: list[str]) -> Generator[Effect, Any, tuple[list[Object], list[str]]]:
    """The objects, and what the server refused."""
    found: list[Object] = []
    problems: list[str] = []
    for kind, name in _targets(operands):
        answer = yield ApiGet(kind, name, _namespace(chosen), chosen.get("l", ""))
        if answer is None:
            problems.append(f'Error from server (NotFound): {_plural(kind)} "{name}" not found')
        elif isinstance(answer, str):
            problems.append(answer)
        else:
            found += answer if isinstance(answer, list) else [answer]
    return found, problems


_SHORT = {
    "cm": "configmaps",
    "deploy": "deployments",
    "ds": "daemonsets",
    "ep": "endpoints",
    "no": "nodes",
    "ns": "namespaces",
    "po": "pods",
    "sts": "statefulsets",
    "svc": "services",
}
_GROUPS = {"deployments": "apps", "statefulsets": "apps", "daemonsets": "apps", "replicasets": "apps", "jobs": "batch", "cronjobs": "batch"}


def _plural(kind: str) -> str:
    kind = kind.lower()
    kind = _SHORT.get(kind, kind if kind.endswith("s") else kind + "s")
    return f"{kind}.{_GROUPS[kind]}" if kind in _GROUPS else kind


def _get(chosen: Options, operands: list[str]) -> Gen:
    found, problems = yield from _fetch(chosen, operands)
    if problems and not ("5" in chosen and all("NotFound" in p for p in problems)):
        yield Write(2, "".join(p + "\n" for p in problems))
        return 1
    single = len(found) == 1 and all(name is not None for _, name in _targets(operands))
    value: Any = found[0] if single else {"apiVersion": "v1", "kind": "List", "items": found}
    form, _, template = chosen.get("o", "").partition("=")
    if form == "jsonpath":
        yield from out(jsonpath(template, value))
    elif form == "json":
        yield from out(json.dumps(value, indent=4) + "\n" if found else "")
    elif form == "name":
        yield from out("".join(f"{str(o.get('kind', '')).lower()}/{_meta(o)['name']}\n" for o in found))
    elif form in ("", "wide"):
        if not found and "5" not in chosen:
            yield Write(2, "No resources found" + (f" in {chosen['n']} namespace" if "n" in chosen else "") + ".\n")
        yield from out(_table(found, headers="3" not in chosen))
    else:
        raise NotSimulatedError(f"output {form}")
    return 0


def _meta(item: Object) -> Object:
    meta: Object = item.get("metadata", {})
    return meta


def _table(found: list[Object], *, headers: bool) -> str:
    """Names, and for pods what scripts look for: readiness and phase."""
    rows = [["NAME", "READY", "STATUS", "RESTARTS"]] if found and found[0].get("kind") == "Pod" else [["NAME"]]
    for item in found:
        row = [str(_meta(item).get("name", ""))]
        if len(rows[0]) > 1:
            states = item.get("status", {}).get("containerStatuses", [])
            total = len(item.get("spec", {}).get("containers", []))
            row += [f"{sum(bool(s.get('ready')) for s in states)}/{total}", item.get("status", {}).get("phase", "")]
            row.append(str(sum(s.get("restartCount", 0) for s in states)))
        rows.append(row)
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    shown = rows if headers and found else rows[1:]
    return "".join("   ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() + "\n" for r in shown)


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


def _wait(chosen: Options, operands: list[str]) -> Gen:
    """`kubectl wait --for=condition=Ready|delete|jsonpath=...`: 1 when the time is up, or when there is nothing to wait for."""
    goal, limit = chosen.get("1", ""), _limit(chosen, _DEFAULT_WAIT)
    waited, met = 0, set[str]()
    while True:
        found, problems = yield from _fetch(chosen, operands)
        if goal == "delete":
            if not found:
                return 0
        elif not found or problems:
            yield Write(2, "".join(p + "\n" for p in problems) or "error: no matching resources found\n")
            return 1
        names = {f"{_prefix(o)}/{_meta(o)['name']}": goal != "delete" and _is_met(o, goal) for o in found}
        for name, good in names.items():
            if good and name not in met:
                met.add(name)
                yield from out(f"{name} condition met\n")
        if all(names.values()):
            return 0
        if limit is not None and waited >= limit:
            late = [n for n, good in names.items() if not good]
            yield Write(2, "".join(f"error: timed out waiting for the condition on {n}\n" for n in late))
            return 1
        yield Sleep(_POLL)
        waited += _POLL


def _prefix(item: Object) -> str:
    kind = str(item.get("kind", "")).lower()
    group = str(item.get("apiVersion", "")).rpartition("/")[0]
    return f"{kind}.{group}" if group else kind


def _rolled_out(item: Object) -> str | None:
    """None when the rollout is over, else what kubectl says of it."""
    spec, status = item.get("spec", {}), item.get("status", {})
    wanted, name = spec.get("replicas", 1), _meta(item)["name"]
    if _meta(item).get("generation", 0) > status.get("observedGeneration", 0):
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


def _rollout(chosen: Options, operands: list[str]) -> Gen:
    """`kubectl rollout status kind/name [--timeout]`: without a time-out it waits without end."""
    limit = _limit(chosen, None) or None
    waited, said = 0, ""
    while True:
        found, problems = yield from _fetch(chosen, operands)
        if problems or not found:
            yield Write(2, "".join(p + "\n" for p in problems))
            return 1
        text = _rolled_out(found[0])
        if text is None:
            kind = str(found[0].get("kind", "")).lower()
            plural = f'{kind} "{_meta(found[0])["name"]}" successfully rolled out\n'
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


COMMANDS: dict[str, Program] = {
    "kubectl": kubectl,
}
