"""Advice as text and as plain values."""

from __future__ import annotations

import json
from typing import Any

import yaml

from simulator.advice.advise import Advice
from simulator.advice.budget import Window
from simulator.advice.finding import ERROR, NOTE, WARNING, Change, Finding, many, seconds
from simulator.advice.tell import Budget
from simulator.objects.base import JSON
from simulator.units import SECOND
from simulator.views.styled import Line, Part
from simulator.whatif.paths import steps

STYLES = {ERROR: "bold red", WARNING: "yellow", NOTE: "cyan"}


def as_text(advice: Advice) -> list[Line]:
    """Budgets, then findings, then how many there are."""
    lines: list[Line] = []
    for budget in advice.budgets:
        lines += [*_budget(budget), []]
    for finding in advice.findings:
        lines += [*_finding(advice, finding), []]
    return [*lines, _sum(advice)]


def _sum(advice: Advice) -> Line:
    counts = [(name, sum(one.severity == name for one in advice.findings)) for name in (ERROR, WARNING, NOTE)]
    told = ", ".join(many(count, name) for name, count in counts if count)
    if not advice.budgets:
        return [Part("No containers that run on: there is nothing to advise on.", "")]
    if not told:
        return [Part(f"Nothing to object to in {many(len(advice.budgets), 'container')}.", "")]
    return [Part(f"{told}. What a rule is about: podsim advise --explain {advice.findings[0].rule}", "dim")]


def _budget(budget: Budget) -> list[Line]:
    subject = budget.subject
    place = f"  {subject.manifest.file}:{subject.line()}"
    rows = [*_start_rows(budget), *_run_rows(budget), *_end_rows(budget)]
    if not budget.has_run:
        rows.append(("never ran", "so rules that need a run of it could not look; podsim why says what it waited for"))
    width = max(len(name) for name, _ in rows)
    head: Line = [Part(subject.name, "bold"), Part(place, "dim")]
    return [head, *([Part(f"  {name:<{width}}  ", "dim"), Part(text, "")] for name, text in rows)]


def _start_rows(budget: Budget) -> list[tuple[str, str]]:
    if budget.silent is None or budget.mute is None:
        rows = [("start", "no probe limits how long it takes")]
    else:
        rows = [
            ("start", f"up to {seconds(budget.silent.low)} is never killed, beyond {seconds(budget.silent.high)} always ({budget.by})"),
            ("never answers", f"told to end {_between(budget.mute)} after its start"),
        ]
    if budget.start is not None:
        rows.insert(0, ("answers", f"{seconds(budget.start)} after its start ({_known(budget)})"))
    if budget.ready is not None:
        asked = "" if budget.unready or budget.subject.probe("startupProbe") else "; nothing asks whether it can serve"
        rows.append(("ready", f"{_between(budget.ready)} after its start{asked}"))
    if budget.reachable is not None:
        rows.append(("reachable", f"{_between(budget.reachable)} after its start, through its Service"))
    return rows


def _known(budget: Budget) -> str:
    program = budget.subject.program
    if program.described:
        return "Scenario"
    return {"image": "catalogue", "command": "its command"}.get(program.origin.kind, "assumed")


def _run_rows(budget: Budget) -> list[tuple[str, str]]:
    rows = []
    if budget.hangs is not None and budget.restarted is not None:
        rows.append(("hangs", f"told to end {_between(budget.hangs)} after that, runs again after {_between(budget.restarted)}"))
    else:
        rows.append(("hangs", "stays as it is: no livenessProbe"))
    if budget.unready is not None:
        rows.append(("", f"out of its Services {_between(budget.unready)} after that"))
    return rows


def _end_rows(budget: Budget) -> list[tuple[str, str]]:
    stop, rollout = budget.stop, budget.rollout
    hook = f"preStop takes {_between(stop.hook)}, " if stop.hook.high else ""
    rows = [("ends", f"{hook}{_between(stop.left)} from SIGTERM to SIGKILL (grace period {seconds(stop.grace)})")]
    if rollout is not None:
        waves = f"{many(rollout.waves, 'wave')} of at most {seconds(rollout.wave)}: {seconds(rollout.worst)} at worst"
        rows.append(("rollout", f"{waves}; called failed after {seconds(rollout.deadline)} without progress"))
    return rows


def _between(window: Window) -> str:
    low, high = seconds(window.low), seconds(window.high)
    return low if low == high else f"{low.removesuffix(' s')} to {high}"


def _finding(advice: Advice, finding: Finding) -> list[Line]:
    subject, style = finding.subject, STYLES[finding.severity]
    place = f"{subject.manifest.file}:{finding.line}  {subject.name}"
    lines: list[Line] = [
        [Part(finding.severity, style), Part(f"  {finding.rule}  ", "bold"), Part(place, "dim")],
        [Part(f"  {_capital(finding.text)}.", "")],
        [Part(f"  Shown: {finding.shown}.", "")],
        [Part(f"    {advice.app.command(finding.trial)}", "dim")],
    ]
    if finding.changes:
        lines.append([Part("  Write instead:", "")])
    for change in finding.changes:
        lines += [[Part(f"    {line}", "green")] for line in snippet(change)]
    return lines


def _capital(text: str) -> str:
    word = text.partition(" ")[0]
    return text if any(letter.isupper() for letter in word) or word.endswith(":") else text[0].upper() + text[1:]


def snippet(change: Change) -> list[str]:
    """A change as YAML under the name of the object; what is to go is said in words."""
    owner, path = split(change.address)
    if change.value is None:
        return [f"# {owner}: without {path}"]
    value: Any = change.value
    for step in reversed(steps(path)):
        value = {step.strip("[]"): value}
    text = yaml.safe_dump(value, sort_keys=False, default_flow_style=None, width=100)
    return [f"# {owner}", *text.splitlines()]


def split(address: str) -> tuple[str, str]:
    """The object (and container) of an address, and the path in it."""
    head, slash, rest = address.rpartition("/")
    place = rest.find(":")
    dot = rest.find(".", max(place, 0))
    # Names of objects may have dots, those of containers may not; a path begins with a field of the spec.
    if place < 0 and ".spec." in rest:
        dot = rest.index(".spec.")
    return f"{head}{slash}{rest[:dot]}", rest[dot + 1 :]


def as_json(advice: Advice) -> JSON:
    """Everything, times in seconds."""
    return {
        "budgets": [_plain_budget(budget) for budget in advice.budgets],
        "findings": [
            {
                "rule": one.rule,
                "severity": one.severity,
                "subject": one.subject.name,
                "file": one.subject.manifest.file,
                "line": one.line,
                "text": one.text,
                "shown": one.shown,
                "command": advice.app.command(one.trial),
                "changes": [{"address": change.address, "value": change.value} for change in one.changes],
            }
            for one in advice.findings
        ],
    }


WINDOWS = {
    "killedIfNeverListening": "silent",
    "killedIfNeverAnswering": "mute",
    "killedAfterHang": "hangs",
    "restartedAfterHang": "restarted",
    "unreadyAfterHang": "unready",
    "ready": "ready",
    "reachable": "reachable",
}


def _plain_budget(budget: Budget) -> JSON:
    subject = budget.subject
    found: JSON = {"subject": subject.name, "file": subject.manifest.file, "line": subject.line(), "decidedBy": budget.by}
    found |= {name: _window(getattr(budget, field)) for name, field in WINDOWS.items()}
    found["answersAfter"] = None if budget.start is None else budget.start / SECOND
    found["stop"] = {"grace": budget.stop.grace / SECOND, "preStop": _window(budget.stop.hook), "left": _window(budget.stop.left)}
    rollout = budget.rollout
    found["hasRun"] = budget.has_run
    found["rollout"] = (
        None
        if rollout is None
        else {
            "waves": rollout.waves,
            "wave": rollout.wave / SECOND,
            "worst": rollout.worst / SECOND,
            "progressDeadline": rollout.deadline / SECOND,
        }
    )
    return found


def _window(window: Window | None) -> JSON | None:
    return None if window is None else {"earliest": window.low / SECOND, "latest": window.high / SECOND}


def dumped(advice: Advice) -> str:
    """As JSON text."""
    return json.dumps(as_json(advice), indent=2, ensure_ascii=False)
