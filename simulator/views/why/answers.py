"""Why a probe hears what it hears: from the port, path or command that it asks to the program of the container."""

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


def heard(output: str) -> str:
    """What a probe heard, in short."""
    if _REFUSED.search(output):
        return "connection refused"
    status = _STATUS.search(output)
    if status:
        return f"HTTP {status[1]}"
    if _LATE.search(output):
        return "no answer in time"
    return brief(output) or "it failed"


def answer(ask: Inquiry, pod: Pod, container: Container, probe: Probe, run: Run, fact: Fact) -> tuple[Because, ...]:
    """Why the container answered so to a probe at the time of `fact`."""
    output = str(fact.data.get("output", ""))
    if not run.exact or not run.origin:
        return ()
    if probe.exec is not None:
        return _command(container, probe, run, fact)
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


# ---- nobody listens


def _silence(ask: Inquiry, pod: Pod, container: Container, run: Run, port: int, asked: int) -> tuple[Because, ...]:
    """Nobody listened on the port when it was asked."""
    mates = {**_mates(ask, pod, asked), container.name: run}
    for name, mate in mates.items():
        opened = next((found for found in mate.ports if found.number == port and found.opened > asked), None)
        if opened is not None:
            return (Because(f"nothing listened on {port} then: {name} does since {when(opened.opened)}", place=_listen_place(mate, port)),)
    owner = next((name for name, mate in mates.items() if _planned(mate, port)), container.name)
    mate = mates[owner]
    # Of a run that is over, things are told as they were when it was asked.
    now = ask.t if run.ended is None else asked
    still = "yet" if any(_age(mate, now) < rule["from"] for rule in _planned(mate, port)) else "now"
    text = f"nothing listens on {port} {still}" if run.ended is None else f"nothing listened on {port}"
    return (Because(text, _not_listening(ask, pod, owner, mate, port, now)),)


def _mates(ask: Inquiry, pod: Pod, t: int) -> dict[str, Run]:
    """The runs of the pod's containers that went on at an instant."""
    found: dict[str, Run] = {}
    for one in all_containers(pod.spec):
        for run in ask.runs(pod, one.name):
            if run.started is not None and run.started <= t:
                found[one.name] = run
    return found


def _planned(run: Run, port: int) -> list[dict[str, Any]]:
    """What its plan says of a port."""
    return [rule for rule in run.plan.get("listen", ()) if rule["port"] == port]


def _listen_place(run: Run, port: int) -> str:
    return run.place(next((int(rule.get("line", 0)) for rule in _planned(run, port)), 0))


def _age(run: Run, now: int) -> float:
    """For how long the program has worked, in seconds; -1: it does not yet."""
    begin = run.working_since
    return -1 if begin is None else (now - begin) / SECOND


def _not_listening(ask: Inquiry, pod: Pod, name: str, run: Run, port: int, now: int) -> tuple[Because, ...]:
    if run.ended is not None and run.ended <= now:
        return (Because(f"{name} ended at {when(run.ended)} with exit code {run.exit_code}", t=run.ended),)
    for rule in _planned(run, port):
        return _by_plan(ask, pod, name, run, rule, now)
    place = run.place()
    if run.plan.get("script"):
        opened = [str(one.number) for one in run.ports if one.closed is None]
        there = f"it has opened {listed(opened)}" if opened else "it has opened no port so far"
        return (Because(f"{name} runs its script since {when(run.started or 0)}, and {there}", waiting(ask, pod, run), place),)
    ports = [str(rule["port"]) for rule in run.plan.get("listen", ())]
    whose = "is assumed to listen" if run.is_assumed else "listens"
    if ports:
        return (Because(f"{name} {whose} on {listed(ports)}, never on {port}", place=run.place(int(run.plan["listen"][0].get("line", 0)))),)
    return (Because(f"the program of {name} opens no port", place=place),)


def _by_plan(ask: Inquiry, pod: Pod, name: str, run: Run, rule: dict[str, Any], now: int) -> tuple[Because, ...]:
    """What the plan says of a port that is not open."""
    begin, place = run.working_since, run.place(int(rule.get("line", 0)))
    start = run.started or 0
    if begin is None:
        text = f"{name} started at {when(start)}, and its program begins when it has what it waits for"
        return (Because(text, waiting(ask, pod, run), place, start),)
    to, age = rule.get("to"), (now - begin) / SECOND
    whose = "is assumed to listen" if run.is_assumed else "its program listens"
    subject = f"{name} started at {when(start)} and {whose}"
    if age < rule["from"]:
        opens = begin + round(rule["from"] * SECOND)
        since = "" if begin == start else f" and got what it waits for at {when(begin)}"
        text = f"{name} started at {when(start)}{since} and {whose} after {seconds(rule['from'])}, at {when(opens)}"
        return (Because(text, assumed(run), place, start),)
    if to is not None and age >= to:
        text = f"{subject} only until {seconds(to)} after its start, {when(begin + round(to * SECOND))}"
        return (Because(text, assumed(run), place, start),)
    return (Because(f"{subject} since {when(begin + round(rule['from'] * SECOND))}", place=place),)


# ---- somebody answers, but not what was wanted


def _command(container: Container, probe: Probe, run: Run, fact: Fact) -> tuple[Because, ...]:
    assert probe.exec is not None
    command = " ".join(probe.exec.command)
    rules = [rule for rule in run.plan.get("exec", ()) if command.startswith(rule.get("command", ""))]
    told = _rule(run, rules, probe, fact)
    if told:
        return told
    return (Because(f"`{brief(command, 60)}` does not end with 0 inside of {container.name}"),)


def _rule(run: Run, rules: list[dict[str, Any]], probe: Probe, fact: Fact) -> tuple[Because, ...]:
    """The rule of the program that held when the probe asked."""
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
        said = f"answers {rule['status']}" if "status" in rule else f"lets it end with {rule.get('exit', 0)}"
        return (Because(f"its program {said}{until}", place=line),)
    return ()
