"""Why a probe gets the answer it gets: from its port, path or command to the program of the container."""

from __future__ import annotations

import re
from typing import Any

from simulator.journal.records import Fact
from simulator.objects.container import Container, resolve_port
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers
from simulator.objects.probes import Probe
from simulator.units import SECOND
from simulator.views.why.because import Because
from simulator.views.why.inquiry import Inquiry
from simulator.views.why.runs import Run, assumed
from simulator.views.why.waits import waiting
from simulator.views.why.words import brief, listed, seconds, when

_REFUSED = re.compile(r"connection refused|failed to connect service")
_STATUS = re.compile(r"HTTP probe failed with statuscode: (\d+)")
_LATE = re.compile(r"Client\.Timeout exceeded|context deadline exceeded|timed out|did not complete within")


def short_answer(output: str) -> str:
    """A probe's output in a few words."""
    if _REFUSED.search(output):
        return "connection refused"
    status = _STATUS.search(output)
    if status:
        return f"HTTP {status[1]}"
    if _LATE.search(output):
        return "no answer in time"
    return brief(output) or "failed"


def answer(ask: Inquiry, pod: Pod, container: Container, probe: Probe, run: Run, fact: Fact) -> tuple[Because, ...]:
    """Why the container gave that answer to a probe at the time of `fact`."""
    output = str(fact.data.get("output", ""))
    if not run.exact or not run.origin:
        return ()
    if probe.exec is not None:
        return _command(ask, pod, container, probe, run, fact)
    port = resolve_port(container, probe.port)
    if port is None:
        text = f"container {container.name} has no port named {probe.port}"
        return (Because(text, place=ask.container_place(pod, container.name, "ports") or ask.container_place(pod, container.name)),)
    if _REFUSED.search(output):
        return _silence(ask, pod, container, run, port, fact.t)
    path = (probe.http_get.path or "/").partition("?")[0] if probe.http_get else probe.grpc.service if probe.grpc else ""
    return _rule(
        run, [rule for rule in run.plan.get("http", ()) if rule.get("port", port) == port and rule.get("path", path) == path], probe, fact
    )


# ---- nothing listens on the port


def _silence(ask: Inquiry, pod: Pod, container: Container, run: Run, port: int, at: int) -> tuple[Because, ...]:
    """Nothing listened on the port when the probe connected, at `at`."""
    mates = {**_runs_at(ask, pod, at), container.name: run}
    for name, mate in mates.items():
        opened = next((port_run for port_run in mate.ports if port_run.number == port and port_run.opened > at), None)
        if opened is not None:
            return (
                Because(
                    f"nothing was listening on {port} then; {name} opened it at {when(opened.opened)}", place=_listen_place(mate, port)
                ),
            )
    owner = next((name for name, mate in mates.items() if _planned(mate, port)), container.name)
    mate = mates[owner]
    # For a run that has ended, the time of the probe counts.
    now = ask.t if run.ended is None else at
    still = " yet" if any(_age(mate, now) < rule["from"] for rule in _planned(mate, port)) else ""
    text = f"nothing is listening on {port}{still}" if run.ended is None else f"nothing was listening on {port}"
    return (Because(text, _not_listening(ask, pod, owner, mate, port, now)),)


def _runs_at(ask: Inquiry, pod: Pod, t: int) -> dict[str, Run]:
    """The last run of each of the pod's containers that had started by `t`."""
    result: dict[str, Run] = {}
    for one in all_containers(pod.spec):
        for run in ask.runs(pod, one.name):
            if run.started is not None and run.started <= t:
                result[one.name] = run
    return result


def _planned(run: Run, port: int) -> list[dict[str, Any]]:
    """The rules of its plan for a port."""
    return [rule for rule in run.plan.get("listen", ()) if rule["port"] == port]


def _listen_place(run: Run, port: int) -> str:
    return run.place(next((int(rule.get("line", 0)) for rule in _planned(run, port)), 0))


def _age(run: Run, now: int) -> float:
    """How long the program has worked, in seconds; -1: it has not begun."""
    begin = run.working_since
    return -1 if begin is None else (now - begin) / SECOND


def _not_listening(ask: Inquiry, pod: Pod, name: str, run: Run, port: int, now: int) -> tuple[Because, ...]:
    if run.ended is not None and run.ended <= now:
        return (Because(f"{name} exited at {when(run.ended)} with exit code {run.exit_code}", t=run.ended),)
    for rule in _planned(run, port):
        return _by_plan(ask, pod, name, run, rule, now)
    place = run.place()
    if run.plan.get("script"):
        opened = [str(one.number) for one in run.ports if one.closed is None]
        there = f"it has opened {listed(opened)}" if opened else "it has not opened a port yet"
        return (Because(f"{name} has been running its script since {when(run.started or 0)}, and {there}", waiting(ask, pod, run), place),)
    ports = [str(rule["port"]) for rule in run.plan.get("listen", ())]
    whose = "is assumed to listen" if run.is_assumed else "listens"
    if ports:
        return (Because(f"{name} {whose} on {listed(ports)}, never on {port}", place=run.place(int(run.plan["listen"][0].get("line", 0)))),)
    return (Because(f"the program of {name} opens no port", place=place),)


def _by_plan(ask: Inquiry, pod: Pod, name: str, run: Run, rule: dict[str, Any], now: int) -> tuple[Because, ...]:
    """Why a port in the plan is not open."""
    begin, place = run.working_since, run.place(int(rule.get("line", 0)))
    start = run.started or 0
    if begin is None:
        text = f"{name} started at {when(start)}, and its program is still waiting for a dependency"
        return (Because(text, waiting(ask, pod, run), place, start),)
    to, age = rule.get("to"), (now - begin) / SECOND
    whose = "is assumed to listen" if run.is_assumed else "its program listens"
    subject = f"{name} started at {when(start)} and {whose}"
    if age < rule["from"]:
        opens = begin + round(rule["from"] * SECOND)
        since = "" if begin == start else f", its dependency answered at {when(begin)},"
        text = f"{name} started at {when(start)}{since} and {whose} after {seconds(rule['from'])}, at {when(opens)}"
        return (Because(text, assumed(run), place, start),)
    if to is not None and age >= to:
        text = f"{subject} only until {seconds(to)} after its start, {when(begin + round(to * SECOND))}"
        return (Because(text, assumed(run), place, start),)
    return (Because(f"{subject} since {when(begin + round(rule['from'] * SECOND))}", place=place),)


# ---- an answer, but the wrong one


def _command(ask: Inquiry, pod: Pod, container: Container, probe: Probe, run: Run, fact: Fact) -> tuple[Because, ...]:
    assert probe.exec is not None
    command = " ".join(probe.exec.command)
    rules = [rule for rule in run.plan.get("exec", ()) if command.startswith(rule.get("command", ""))]
    reasons = _rule(run, rules, probe, fact)
    if reasons:
        return reasons
    return (Because(f"`{brief(command, 60)}` does not exit with 0 in {container.name}", waiting(ask, pod, run)),)


def _rule(run: Run, rules: list[dict[str, Any]], probe: Probe, fact: Fact) -> tuple[Because, ...]:
    """The rule of the program that applied to the probe."""
    begin = run.working_since
    if begin is None:
        return ()
    age = (fact.t - begin) / SECOND
    for rule in rules:
        delay, to = rule.get("delay", 0), rule.get("to")
        if not (rule["from"] <= age - delay or rule["from"] <= age) or (to is not None and age - delay >= to):
            continue
        until = "" if to is None else f" until {seconds(to)} after its start, {when(begin + round(to * SECOND))}"
        line = run.place(int(rule.get("line", 0)))
        timeout = probe.timing.timeout
        if delay * SECOND >= timeout:
            limit = timeout // SECOND
            return (Because(f"its program takes {seconds(delay)} to answer{until}, and timeoutSeconds is {limit}", place=line),)
        effect = f"answers {rule['status']}" if "status" in rule else f"makes the command exit with {rule.get('exit', 0)}"
        return (Because(f"its program {effect}{until}", place=line),)
    return ()
