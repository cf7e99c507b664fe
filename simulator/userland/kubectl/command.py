"""kubectl against the simulated store: get, wait, rollout status. What would change the cluster is handed to the host."""

from __future__ import annotations

import json
from typing import Any

from simulator.process.effects import Call, Program, Write
from simulator.process.problems import NotSimulatedError
from simulator.process.world import UnknownCommand
from simulator.userland.kubectl.jsonpath import jsonpath
from simulator.userland.kubectl.letters import Options, long_options, options
from simulator.userland.kubectl.objects import Object, fetch, meta, targets
from simulator.userland.kubectl.waits import rollout, wait
from simulator.userland.streams import Gen, out

_LONG = long_options(
    "namespace=n selector=l output=o for=1 timeout=2 all-namespaces=A watch=w watch-only=w no-headers=3 all=4 ignore-not-found=5 "
    "kubeconfig=6 context=6 request-timeout=6 show-labels=7 sort-by=6 field-selector=8 token=6 server=s "
    "certificate-authority=6 insecure-skip-tls-verify=3 cluster=6 user=6 as=6 all-containers=3 output-watch-events=w chunk-size=6 "
    "show-kind=7 allow-missing-template-keys=3 revision=6"
)


def kubectl(call: Call) -> Gen:
    """`kubectl get|wait|rollout status ...`."""
    words = _words(call.argv[1:])
    verb = words[0] if words else ""
    if not (verb in ("get", "wait") or words[:2] == ["rollout", "status"]):
        program = yield UnknownCommand(call, "step")
        return (yield from program(call)) if program else 1
    chosen = options(call.argv[1:], "Aw3457", "nlo1268sfLv", _LONG)
    if "f" in chosen:
        raise NotSimulatedError("-f")
    operands = chosen.rest[2:] if verb == "rollout" else chosen.rest[1:]
    if verb == "get":
        return (yield from _get(chosen, operands))
    return (yield from (wait if verb == "wait" else rollout)(chosen, operands))


_TAKE_VALUES = frozenset(
    ("-n", "--namespace", "--context", "--kubeconfig", "-s", "--server", "--token", "--cluster", "--user", "-l", "-f", "-o")
)


def _words(args: tuple[str, ...]) -> list[str]:
    """The arguments that are no options and no values of options that may stand before the verb."""
    return [arg for before, arg in zip(("", *args), args, strict=False) if not arg.startswith("-") and before not in _TAKE_VALUES]


def _get(chosen: Options, operands: list[str]) -> Gen:
    found, problems = yield from fetch(chosen, operands)
    if problems and not ("5" in chosen and all("NotFound" in p for p in problems)):
        yield Write(2, "".join(p + "\n" for p in problems))
        return 1
    single = len(found) == 1 and all(name is not None for _, name in targets(operands))
    value: Any = found[0] if single else {"apiVersion": "v1", "kind": "List", "items": found}
    form, _, template = chosen.get("o", "").partition("=")
    if form == "jsonpath":
        yield from out(jsonpath(template, value))
    elif form == "json":
        yield from out(json.dumps(value, indent=4) + "\n" if found else "")
    elif form == "yaml":
        yield from out(_yaml(value) if found else "")
    elif form in ("custom-columns", "custom-columns-file"):
        yield from out(_columns(template, found, headers="3" not in chosen))
    elif form == "name":
        yield from out("".join(f"{str(o.get('kind', '')).lower()}/{meta(o)['name']}\n" for o in found))
    elif form in ("", "wide"):
        if not found and "5" not in chosen:
            yield Write(2, "No resources found" + (f" in {chosen['n']} namespace" if "n" in chosen else "") + ".\n")
        yield from out(_table(found, headers="3" not in chosen))
    else:
        raise NotSimulatedError(f"output {form}")
    return 0


def _yaml(value: Any) -> str:
    import yaml

    text: str = yaml.safe_dump(value, sort_keys=True)
    return text


def _columns(template: str, found: list[Object], *, headers: bool) -> str:
    """`-o custom-columns=NAME:.metadata.name,...`."""
    columns = [column.partition(":")[::2] for column in template.split(",")]
    rows = [[jsonpath("{" + path + "}", item) or "<none>" for _, path in columns] for item in found]
    return _aligned([[name for name, _ in columns], *rows] if headers else rows)


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join("   ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() + "\n" for r in rows)


def _table(found: list[Object], *, headers: bool) -> str:
    """Names, and for pods what scripts look for: readiness and phase."""
    rows = [["NAME", "READY", "STATUS", "RESTARTS"]] if found and found[0].get("kind") == "Pod" else [["NAME"]]
    for item in found:
        row = [str(meta(item).get("name", ""))]
        if len(rows[0]) > 1:
            states = item.get("status", {}).get("containerStatuses", [])
            total = len(item.get("spec", {}).get("containers", []))
            row += [f"{sum(bool(s.get('ready')) for s in states)}/{total}", item.get("status", {}).get("phase", "")]
            row.append(str(sum(s.get("restartCount", 0) for s in states)))
        rows.append(row)
    return _aligned(rows if headers and found else rows[1:])


COMMANDS: dict[str, Program] = {
    "kubectl": kubectl,
}
