"""A comparison with a real cluster as text, as Markdown, and as plain values."""

from __future__ import annotations

from simulator.objects.base import JSON
from simulator.reality.compare import Result
from simulator.reality.findings import Finding, as_json
from simulator.units import SECOND, short_duration
from simulator.views.styled import Line, Part

MOST_PODS = 3


def verdict(result: Result) -> str:
    """The first line."""
    count = len(result.findings)
    if not count:
        return "The cluster does what the simulation does"
    return f"{count} difference{'s' if count > 1 else ''} between the cluster and the simulation"


def compared(result: Result) -> str:
    """What was held against what."""
    length = short_duration(result.seconds * SECOND)
    pods = f"{result.pods} pod{'s' if result.pods != 1 else ''}"
    return f"{pods} and {result.events} events over {length} · Kubernetes {result.kubernetes} · {result.runs} runs"


def as_text(result: Result) -> list[Line]:
    """The verdict, the findings by workload, and what rests on assumptions."""
    lines: list[Line] = [[Part(verdict(result), "bold red" if result.findings else "bold green"), Part(f"  {compared(result)}", "dim")]]
    role = ""
    for finding in result.findings:
        if finding.role != role:
            role = finding.role
            lines += [[], [Part(role, "bold")]]
        lines.append([Part(f"  {finding.sentence}", "red"), Part(f"  ({_pods(finding)})" if finding.pods else "", "dim")])
        lines.append([Part(f"      likely cause: {finding.cause}")])
        if finding.follows:
            lines.append([Part(f"      follows from it: {'; '.join(finding.follows)}", "dim")])
    for title, texts in (("Fitted to the cluster", _fitted(result)), ("Not compared", result.left_out)):
        if texts:
            lines += [[], [Part(title, "bold underline")], *([Part(f"  {text}", "dim")] for text in texts)]
    return lines


def _fitted(result: Result) -> list[str]:
    if not result.fitted:
        return []
    return [", ".join(result.fitted) + "; podsim infer shows them, and a Scenario that states them is what the cluster is held against"]


def _pods(finding: Finding) -> str:
    names = finding.pods[:MOST_PODS]
    more = len(finding.pods) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def as_markdown(result: Result) -> str:
    """A table, for a comment or a ticket."""
    lines = [f"### {verdict(result)}", "", compared(result), ""]
    if result.findings:
        lines += ["| workload | difference | likely cause |", "|---|---|---|"]
        for finding in result.findings:
            follows = f" Follows from it: {'; '.join(finding.follows)}." if finding.follows else ""
            pods = f" ({_pods(finding)})" if finding.pods else ""
            cells = (f"`{finding.role}`", f"{finding.sentence}{pods}", f"{finding.cause}.{follows}")
            lines.append(f"| {' | '.join(cell.replace('|', '&#124;').replace(chr(10), ' ') for cell in cells)} |")
        lines.append("")
    lines += [f"- Fitted to the cluster: {text}" for text in _fitted(result)]
    lines += [f"- Not compared: {text}" for text in result.left_out]
    return "\n".join(lines).rstrip() + "\n"


def as_data(result: Result) -> JSON:
    """Plain values for `-o json`."""
    return {
        "agrees": not result.findings,
        "differences": [as_json(finding) for finding in result.findings],
        "pods": result.pods,
        "events": result.events,
        "seconds": result.seconds,
        "kubernetes": result.kubernetes,
        "runs": result.runs,
        "fitted": list(result.fitted),
        "notCompared": list(result.left_out),
    }
