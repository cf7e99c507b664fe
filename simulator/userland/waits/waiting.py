"""Tools whose whole purpose is to wait: wait-for-it, dockerize, wait4x, k8s-wait-for, cub."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from simulator.process.effects import Call, Effect, GetStat, Program, Sleep, Stat, Write
from simulator.process.world import ApiGet, Connect, HttpRequest, HttpResponse, NetError
from simulator.units import SECOND
from simulator.userland.clients.clients import split_address
from simulator.userland.durations import duration
from simulator.userland.net.http import host_port
from simulator.userland.processes.wrappers import run_other
from simulator.userland.streams import Gen, complain, out


def reachable(url: str) -> Generator[Effect, Any, bool]:
    """Does a `tcp://` address accept, or an `http(s)://` one answer below 400?"""
    if url.startswith("file://"):
        return isinstance((yield GetStat(url.removeprefix("file://"))), Stat)
    if url.startswith(("http://", "https://")):
        host_port(url)  # complains of what is no URL
        answer = yield HttpRequest("GET", url, timeout=5 * SECOND)
        return isinstance(answer, HttpResponse) and answer.status < 400
    target = split_address(url, 80)
    return not isinstance((yield Connect(target.host, target.port, 5 * SECOND)), NetError)


def wait_until(urls: list[str], limit: int | None, pause: int = SECOND) -> Generator[Effect, Any, str | None]:
    """Wait until all are reachable; the one that is not when `limit` nanoseconds are over (None: no limit)."""
    waited = 0
    for url in urls:
        while not (yield from reachable(url)):
            if limit is not None and waited >= limit:
                return url
            step = pause if limit is None else min(pause, limit - waited)
            yield Sleep(step)
            waited += step
    return None


def arguments(args: tuple[str, ...], with_value: set[str]) -> tuple[dict[str, list[str]], list[str], list[str]]:
    """Options (without dashes) with their values, operands, and what follows `--`."""
    found: dict[str, list[str]] = {}
    operands: list[str] = []
    queue = list(args)
    while queue:
        arg = queue.pop(0)
        if arg == "--":
            break
        name, equals, value = arg.lstrip("-").partition("=")
        if not arg.startswith("-"):
            operands.append(arg)
        elif name in with_value and not equals:
            found.setdefault(name, []).append(queue.pop(0) if queue else "")
        else:
            found.setdefault(name, []).append(value)
    return found, operands, queue


def wait_for_it(call: Call) -> Gen:
    """`wait-for-it.sh host:port [-t 15] [-q] [-s] [-- command]`: the command runs even after the time is up, unless strict."""
    found, operands, command = arguments(call.argv[1:], {"t", "timeout", "h", "host", "p", "port"})
    text = (found.get("t") or found.get("timeout") or ["15"])[0]
    limit = (duration(text) or 0) or None
    host = (found.get("h") or found.get("host") or [""])[0]
    port = (found.get("p") or found.get("port") or [""])[0]
    target = f"{host}:{port}" if host else operands[0] if operands else ""
    strict = "s" in found or "strict" in found or call.name in ("wait-for", "wait-for.sh", "wait-for-port")
    targets = [target] if host else [word for word in operands if re.search(r":\d+$|://", word)] or operands[:1]
    command = command or [word for word in operands if word not in targets]
    quiet = "q" in found or "quiet" in found
    if not quiet:
        wait = f"waiting {text} seconds for" if limit else "waiting for"
        yield Write(2, f"{call.name}: {wait} {target}" + (" without a timeout\n" if not limit else "\n"))
    late = yield from wait_until(targets, limit)
    if not quiet:
        said = f"timeout occurred after waiting {text} seconds for {target}" if late else f"{target} is available"
        yield Write(2, f"{call.name}: {said}\n")
    if command and not (late and strict):
        return (yield from run_other(call, command))
    return {"wait-for-it.sh": 124, "wait-for-it": 124}.get(call.name, 1) if late else 0


def dockerize(call: Call) -> Gen:
    """`dockerize -wait tcp://host:port ... [-timeout 10s] [command]`: 1 when the time is up."""
    found, operands, rest = arguments(
        call.argv[1:], {"wait", "timeout", "template", "wait-retry-interval", "stdout", "stderr", "wait-http-header"}
    )
    command = operands + rest
    pause = duration((found.get("wait-retry-interval") or ["1s"])[0]) or SECOND
    urls = found.get("wait", [])
    for url in urls:
        yield Write(2, f"Waiting for: {url}\n")
    late = yield from wait_until(urls, duration((found.get("timeout") or ["10s"])[0]), pause)
    if late:
        text = (found.get("timeout") or ["10s"])[0]
        yield Write(2, f"Timeout after {text} waiting on dependencies to become available: [{' '.join(urls)}]\n")
        return 1
    return (yield from run_other(call, command)) if command else 0


_WAIT4X_PORTS = {
    "postgresql": 5432,
    "mysql": 3306,
    "redis": 6379,
    "mongodb": 27017,
    "rabbitmq": 5672,
    "influxdb": 8086,
    "kafka": 9092,
    "tcp": 80,
    "http": 80,
}


def wait4x(call: Call) -> Gen:
    """`wait4x kind address ... [--timeout 10s] [--interval 1s]`: 124 when the time is up."""
    found, operands, command = arguments(call.argv[1:], {"timeout", "t", "interval", "i", "expect-status-code"})
    kind, addresses = (operands[0] if operands else "tcp"), operands[1:]
    port = _WAIT4X_PORTS.get(kind, 80)
    targets = [split_address(a.split("@")[-1].replace("tcp(", "").replace(")", ""), port) for a in addresses]
    urls = addresses if kind == "http" else [f"{t.host}:{t.port}" for t in targets]
    pause = duration((found.get("interval") or found.get("i") or ["1s"])[0]) or SECOND
    late = yield from wait_until(urls, duration((found.get("timeout") or found.get("t") or ["10s"])[0]) or None, pause)
    if late:
        yield Write(2, "Error: context deadline exceeded\n")
        return 124
    return (yield from run_other(call, command)) if command else 0


def cub(call: Call) -> Gen:
    """`cub kafka-ready -b host:port brokers seconds`, `cub zk-ready host:port seconds`: Confluent's helper."""
    found, operands, _ = arguments(call.argv[1:], {"b", "c", "z", "s"})
    address = (found.get("b") or operands[1:2] or ["localhost:9092"])[0]
    late = yield from wait_until([address], duration(operands[-1]) if operands else None)
    return (yield from complain(call, f"{address} is not ready")) if late else 0


def portpatrol(call: Call) -> Gen:
    """`portpatrol --target.NAME.address=host:port`: waits without end."""
    found, _, _ = arguments(call.argv[1:], set())
    for name, values in found.items():
        if name.endswith(".address"):
            yield from wait_until([values[0].removeprefix("tcp://").partition("/")[0]], None)
            yield from out(f"Target is ready: {name.split('.')[1]}\n")
    return 0


def _job_done(job: dict[str, Any], *, failure_too: bool) -> bool:
    true = {c.get("type") for c in job.get("status", {}).get("conditions", []) if c.get("status") == "True"}
    return "Complete" in true or (failure_too and "Failed" in true)


def _pod_ready(pod: dict[str, Any]) -> bool:
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in pod.get("status", {}).get("conditions", []))


def k8s_wait_for(call: Call) -> Gen:
    """groundnuty/k8s-wait-for: `pod|service|job|job-wr|... name|-lselector [-n namespace]`, looking every 2 s."""
    found, operands, _ = arguments(call.argv[1:], {"n", "l"})
    kind, name = (operands[0] if operands else "pod"), (operands[1] if len(operands) > 1 else None)
    namespace = found["n"][0] if "n" in found else None
    selector = next(
        (k[1:] + ("=" + v[0] if v[0] else "") for k, v in found.items() if k.startswith("l") and k != "l"), (found.get("l") or [""])[0]
    )
    failure_too = kind in ("job-we", "job-wr-we")
    while True:
        if kind.startswith("job"):
            jobs = yield from _objects("job", name, namespace, selector)
            done = bool(jobs) and all(_job_done(j, failure_too=failure_too) for j in jobs)
        else:
            picked = selector
            if kind == "service":
                services = yield from _objects("service", name, namespace, selector)
                pairs = services[0].get("spec", {}).get("selector", {}) if services else {}
                picked = ",".join(f"{k}={v}" for k, v in sorted(pairs.items())) or "\0"
            pods = (yield from _objects("pod", name if kind.startswith("pod") else None, namespace, picked)) if picked != "\0" else []
            done = bool(pods) and all(_pod_ready(p) for p in pods)
        if done:
            yield from out(f"{kind} {name or selector} is ready.\n")
            return 0
        yield from out(f"Waiting for {kind} {name or selector}...\n")
        yield Sleep(2 * SECOND)


def _objects(kind: str, name: str | None, namespace: str | None, selector: str) -> Generator[Effect, Any, list[dict[str, Any]]]:
    answer = yield ApiGet(kind, name, namespace, selector)
    return answer if isinstance(answer, list) else [answer] if isinstance(answer, dict) else []


COMMANDS: dict[str, Program] = {
    "cub": cub,
    "dockerize": dockerize,
    "k8s-wait-for": k8s_wait_for,
    "portpatrol": portpatrol,
    "wait-for": wait_for_it,
    "wait-for-it": wait_for_it,
    "wait-for-it.sh": wait_for_it,
    "wait-for-port": wait_for_it,
    "wait-for.sh": wait_for_it,
    "wait4x": wait4x,
    "wait_for.sh": k8s_wait_for,
}
