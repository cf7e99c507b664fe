"""The kubelet's log lines, cut down to what two runs of one kubelet have in common."""

from __future__ import annotations

import re
from itertools import zip_longest

from simulator.journal import Journal
from simulator.objects.kinds import Key
from tests.conformance.agreement import Tolerance
from tests.conformance.series import AllSeries, Series
from tests.conformance.traces import Trace

FAMILIES = (
    "SyncLoop ADD",
    "SyncLoop UPDATE",
    "SyncLoop DELETE",
    "SyncLoop REMOVE",
    "SyncLoop (PLEG)",
    "SyncLoop (probe)",
    "Probe failed",
    "Error syncing pod",
    "Killing container with a grace period",
    "RemoveContainer",
    "Observed pod startup duration",
    "sandbox",
)
UNRECORDED = {"1.32": {"Observed pod startup duration"}}
"""Families that a recorded kubelet could not print: it was a fork without the tracker of startup latency."""

REMOVED = 'I scope.go:117] "RemoveContainer" containerID="ID"'
HEAD = re.compile(r"\w(?:\d{4} [\d:.]+ +\d+)? \S+\] ")
MASKS = [
    (re.compile(r"(?:ct|sb)[0-9a-f]{60}|[0-9a-f]{64}"), "ID"),
    (re.compile(r"uid-[\w.-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "IP"),
    (re.compile(r":\d{5}->"), ":PORT->"),
]


def family_of(line: str) -> str | None:
    """The family of a log line; None when it is not compared."""
    message = HEAD.sub("", line, count=1)[:90]
    return next((family for family in FAMILIES if family in message), None)


def masked(line: str) -> str:
    """Message and values without place, ids, addresses and numbers of the moment. Of several lines the recordings have only the first."""
    text = HEAD.sub("", line, count=1).partition("\n")[0]
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    if "Observed pod startup duration" in text:
        return " ".join(re.findall(r'^"[^"]*"|(?<= )\w+(?==)', text))
    return text


def series(lines: list[tuple[float, str]]) -> AllSeries:
    """Log lines by family. Containers that are probed or stopped side by side come in any order, and so do the kinds of probes."""
    all_series: AllSeries = {}
    for t, line in lines:
        family = family_of(line)
        if family is None:
            continue
        text = masked(line)
        part = re.search(r'containerName="([^"]*)"|(?<= probe=)"(\w+)"', text)
        key = family if part is None else f"{family} {part[1] or part[2]}"
        all_series.setdefault(key, Series()).add(t, text)
    return all_series


def recorded(trace: Trace) -> AllSeries:
    """The log of a recording. Its kubelet removed containers without a word; the calls to the runtime show when."""
    removed = [(t, REMOVED) for t in trace["removed"]]
    return series(sorted([*((t, line) for t, line in trace["klog"]), *removed], key=lambda line: line[0]))


def simulated(journal: Journal, pod: Key) -> AllSeries:
    """The simulated kubelet's log about a pod."""
    lines = (line for line in journal.at().logs() if line.component == "kubelet" and line.pod in ("", pod.name))
    return series([(line.t / 1e9, line.line) for line in lines])


def disagreeing(real: AllSeries, fake: AllSeries, tolerance: Tolerance, horizon: float, release: str) -> dict[str, str]:
    """The families whose sequences differ before the horizon, each with its first difference."""
    first_differences: dict[str, str] = {}
    for name in sorted(real.keys() | fake.keys()):
        family = next(family for family in FAMILIES if name.startswith(family))
        if family in UNRECORDED.get(release, set()) or family in first_differences:
            continue
        for i, (want, got) in enumerate(zip_longest(real.get(name, []), fake.get(name, [])), start=1):
            if want is not None and got is not None and want.value == got.value:
                continue
            last = max(entry.t for entry in (want, got) if entry is not None)
            first = want or got
            if last < horizon - tolerance.at(first.t):
                first_differences[family] = (
                    f"#{i} real {want and want.value!r} at {want and want.t}, simulated {got and got.value!r} at {got and got.t}"
                )
            break
    return first_differences
