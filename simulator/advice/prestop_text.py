"""The smallest safe preStop sleep as text and as plain values."""

from __future__ import annotations

from simulator.advice.prestop import LONGEST, Question, SafeSleep
from simulator.objects.base import JSON


def as_json(result: SafeSleep) -> JSON:
    """Everything as plain values."""
    return {
        "safe": result.safe,
        "containers": list(result.names),
        "handler": result.handler,
        "terminationGracePeriodSeconds": result.needs_grace or None,
        "tried": [tried._asdict() for tried in result.tried],
    }


def as_lines(result: SafeSleep, question: Question) -> list[str]:
    """The table of what was tried, the verdict, and the YAML to write."""
    lines = ["preStop sleep  requests lost  runs with losses"]
    lines += [f"{f'{one.seconds} s':<13}  {one.lost:>13}  {f'{one.runs_with_loss} of {one.runs}':>16}" for one in result.tried]
    lines.append("")
    if result.safe is None:
        return [
            *lines,
            f"Requests are lost even with {LONGEST} s: the cause is not the race with kube-proxy (readiness, a single replica?).",
        ]
    if not result.safe:
        return [*lines, f"No preStop sleep is needed: no request was lost in {question.runs} runs."]
    lines.append(
        f"{result.safe} s is the smallest sleep that lost no request in {question.runs} runs; {result.safe - 1} s lost some."
        f" Write into {' and '.join(result.names)}:"
    )
    lines += ["  lifecycle:", "    preStop:", *_hook(result.handler)]
    if result.needs_grace:
        lines.append(
            f"and terminationGracePeriodSeconds: {result.needs_grace}, so that {result.grace} s are left for the rest of the shutdown."
        )
    return lines


def _hook(handler: JSON) -> list[str]:
    if "sleep" in handler:
        return ["      sleep:", f"        seconds: {handler['sleep']['seconds']}"]
    return ["      exec:", f'        command: [sleep, "{handler["exec"]["command"][1]}"]']
