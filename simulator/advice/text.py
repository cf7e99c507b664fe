"""Advice as text and as plain values."""

from __future__ import annotations

from itertools import groupby

from simulator.advice.advise import Advice
from simulator.advice.app import STARTUP
from simulator.advice.budget import Window
from simulator.advice.container_budget import Budget, Rollout
from simulator.advice.finding import ERROR, NOTE, WARNING, counted, seconds
from simulator.advice.findings_text import rule_lines
from simulator.objects.base import JSON
from simulator.units import SECOND
from simulator.views.styled import Line, Part


def as_text(advice: Advice) -> list[Line]:
    """The budgets, the findings, and how many findings there are."""
    lines: list[Line] = []
    for budget in advice.budgets:
        lines += [*_budget(budget), []]
    for _, group in groupby(advice.findings, key=lambda finding: finding.rule):
        lines += [*rule_lines(advice, list(group)), []]
    return [*lines, _summary(advice)]


def _summary(advice: Advice) -> Line:
    counts = [(severity, sum(one.severity == severity for one in advice.findings)) for severity in (ERROR, WARNING, NOTE)]
    if not advice.budgets:
        return [Part("No long-running containers: nothing to check.", "")]
    if not advice.findings:
        return [Part(f"No findings in {counted(len(advice.budgets), 'container')}.", "")]
    totals = ", ".join(counted(count, severity) for severity, count in counts if count)
    return [Part(f"{totals}. To explain a rule: podsim advise --explain {advice.findings[0].rule}", "dim")]


def _budget(budget: Budget) -> list[Line]:
    subject = budget.subject
    place = f"  {subject.manifest.file}:{subject.line()}"
    rows = [*_start_rows(budget), *_hang_rows(budget), *_end_rows(budget)]
    if not budget.has_run:
        rows.append(("never ran", "so some rules were skipped; podsim why explains what it waited for"))
    width = max(len(name) for name, _ in rows)
    head: Line = [Part(subject.name, "bold"), Part(place, "dim")]
    return [head, *([Part(f"  {name:<{width}}  ", "dim"), Part(text, "")] for name, text in rows)]


def _start_rows(budget: Budget) -> list[tuple[str, str]]:
    start = budget.start
    rows = []
    if start.answers is not None:
        rows.append(("answers", f"{seconds(start.answers)} after its start ({_source(budget)})"))
    if start.not_listening is None or start.not_answering is None:
        rows.append(("start", "no probe limits how long it takes"))
    else:
        survives, fails = seconds(start.not_listening.low), seconds(start.not_listening.high)
        rows.append(("start", f"≤ {survives} always survives, > {fails} never ({start.probe})"))
        rows.append(("never answers", f"SIGTERM {_between(start.not_answering)} after its start"))
    if start.ready is not None:
        is_checked = budget.hang.unready or budget.subject.probe(STARTUP)
        note = "" if is_checked else "; no probe checks whether it can serve"
        rows.append(("ready", f"{_between(start.ready)} after its start{note}"))
    if start.reachable is not None:
        rows.append(("reachable", f"{_between(start.reachable)} after its start, through its Service"))
    return rows


def _source(budget: Budget) -> str:
    """Where the start-up time is known from."""
    program = budget.subject.program
    if program.described:
        return "Scenario"
    return {"image": "catalogue", "command": "its command"}.get(program.origin.kind, "assumed")


def _hang_rows(budget: Budget) -> list[tuple[str, str]]:
    hang = budget.hang
    rows = []
    if hang.killed is not None and hang.restarted is not None:
        rows.append(("hangs", f"SIGTERM {_between(hang.killed)} after that, running again after {_between(hang.restarted)}"))
    else:
        rows.append(("hangs", "never restarted: no livenessProbe"))
    if hang.unready is not None:
        rows.append(("", f"removed from its Services {_between(hang.unready)} after that"))
    return rows


def _end_rows(budget: Budget) -> list[tuple[str, str]]:
    stop, rollout = budget.stop, budget.rollout
    hook = f"preStop takes {_between(stop.hook)}, " if stop.hook.high else ""
    rows = [("ends", f"{hook}{_between(stop.left)} from SIGTERM to SIGKILL (grace period {seconds(stop.grace)})")]
    if rollout is not None:
        waves = f"{counted(rollout.waves, 'wave')} of at most {seconds(rollout.wave)}: up to {seconds(rollout.worst)}"
        rows.append(("rollout", f"{waves}; reported as failed after {seconds(rollout.deadline)} without progress"))
    return rows


def _between(window: Window) -> str:
    low, high = seconds(window.low), seconds(window.high)
    return low if low == high else f"{low.removesuffix(' s')} to {high}"


def as_json(advice: Advice) -> JSON:
    """Everything as plain values, times in seconds."""
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
                "shown": one.evidence.text,
                "command": advice.app.command(one.evidence.trial),
                "restsOn": [assumption.as_fields() for assumption in one.assumptions],
                "objects": list(one.objects),
                "changes": [{"address": change.address, "value": change.value} for change in one.changes],
            }
            for one in advice.findings
        ],
    }


def _plain_budget(budget: Budget) -> JSON:
    subject, start, hang, stop = budget.subject, budget.start, budget.hang, budget.stop
    return {
        "subject": subject.name,
        "file": subject.manifest.file,
        "line": subject.line(),
        "decidedBy": start.probe,
        "killedIfNeverListening": _window(start.not_listening),
        "killedIfNeverAnswering": _window(start.not_answering),
        "killedAfterHang": _window(hang.killed),
        "restartedAfterHang": _window(hang.restarted),
        "unreadyAfterHang": _window(hang.unready),
        "ready": _window(start.ready),
        "reachable": _window(start.reachable),
        "answersAfter": None if start.answers is None else start.answers / SECOND,
        "stop": {"grace": stop.grace / SECOND, "preStop": _window(stop.hook), "left": _window(stop.left)},
        "hasRun": budget.has_run,
        "rollout": None if budget.rollout is None else _plain_rollout(budget.rollout),
    }


def _plain_rollout(rollout: Rollout) -> JSON:
    return {
        "waves": rollout.waves,
        "wave": rollout.wave / SECOND,
        "worst": rollout.worst / SECOND,
        "progressDeadline": rollout.deadline / SECOND,
    }


def _window(window: Window | None) -> JSON | None:
    return None if window is None else {"earliest": window.low / SECOND, "latest": window.high / SECOND}
