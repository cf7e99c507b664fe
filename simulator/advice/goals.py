"""What `--solve` asks for: `P(restart during start) < 0.01`, `p95(time-to-ready) < 30s`, read as a question about single runs."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.metrics import Story
from simulator.metrics.selection import selection
from simulator.metrics.story import PodStory
from simulator.units import parse_duration
from simulator.views.traffic import traffic

RESTART, READY, LOST = "restart", "ready", "lost"
EXAMPLES = "P(restart during start) < 0.01, P(ready within 30s) > 0.95, p95(time-to-ready) < 30s, P(request lost during rollout) < 0.01"
_GOAL = re.compile(
    r"\s*(?:P\s*\((?P<event>[^()]*)\)|p(?P<percent>\d+(?:\.\d+)?)\s*\(\s*time-to-ready\s*\))"
    r"\s*(?P<sign>[<>]=?)\s*(?P<value>\S+)\s*"
)
_EVENTS = (
    (re.compile(r"restart(?:s|ed)? during start(?:-?up)?"), RESTART),
    (re.compile(r"ready within (?P<within>\S+)"), READY),
    (re.compile(r"requests? lost(?: during rollout)?"), LOST),
)


class Restarted(msgspec.Struct, frozen=True):
    """Whether a container was restarted before its pod was ready, in any pod of the workload (`shop/deployment/web`)."""

    workload: str
    container: str

    def __call__(self, snapshot: Snapshot) -> float:
        """1 or 0."""
        return float(any(_restarted(pod, self.container) for pod in selection(self.workload).pods(Story(snapshot))))


def _restarted(pod: PodStory, container: str) -> bool:
    ready = pod.lane.ready[0].begin if pod.lane.ready else None
    restarts = [bar.begin for lane in pod.containers(container) for bar in lane.bars[1:]]
    exits = [bar.end for lane in pod.containers(container) for bar in lane.bars[:1] if bar.end is not None]
    return any(ready is None or t < ready for t in (*restarts, *exits))


class Ready(msgspec.Struct, frozen=True):
    """Whether every pod of the workload was ready within `within` (ns) of its creation."""

    workload: str
    within: int

    def __call__(self, snapshot: Snapshot) -> float:
        """1 or 0."""
        pods = selection(self.workload).pods(Story(snapshot))
        return float(bool(pods) and all(pod.lane.ready and pod.lane.ready[0].begin - pod.created <= self.within for pod in pods))


class Lost(msgspec.Struct, frozen=True):
    """Whether a request to the Service failed, from second `since` of the run on."""

    service: str
    since: int

    def __call__(self, snapshot: Snapshot) -> float:
        """1 or 0."""
        seconds = [second for calls in traffic(snapshot, self.service) for second in calls.seconds if second.begin >= self.since]
        return float(any(second.has_failures for second in seconds))


class Goal(NamedTuple):
    """The share of runs in which the event `kind` (restart, ready, lost) happens must be below or above `limit`.

    `within` (ns) belongs to ready, `since` (seconds of the run) to lost.
    """

    text: str
    kind: str
    below: bool
    limit: float
    within: int = 0
    since: int = 0

    @property
    def margin(self) -> float:
        """The share of runs that may fail the goal."""
        return self.limit if self.below else 1 - self.limit


def parse_goal(text: str) -> Goal:
    """Raises UsageError that lists examples."""
    match = _GOAL.fullmatch(text)
    if match is None:
        raise UsageError(f"--solve {text!r}: write for example {EXAMPLES}")
    below = match["sign"].startswith("<")
    if match["percent"] is not None:
        share = float(match["percent"]) / 100
        if not below or not 0 < share < 1:
            raise UsageError(f"--solve {text!r}: compare a percentile between p1 and p99 with a time, as in p95(time-to-ready) < 30s")
        # The p95 is below a time exactly when the share of runs below that time is at least 95 %.
        return Goal(text, READY, False, share, _time(match["value"], text))
    limit = _share(match["value"], text)
    event = " ".join(match["event"].split())
    for pattern, kind in _EVENTS:
        parts = pattern.fullmatch(event)
        if parts is None:
            continue
        goal = Goal(text, kind, below, limit, _time(parts["within"], text) if kind == READY else 0)
        if below is (kind == READY):
            raise UsageError(f"--solve {text!r}: {event} is to be {'>' if kind == READY else '<'} a share")
        return goal
    raise UsageError(f"--solve: unknown event P({event}); examples: {EXAMPLES}")


def _share(value: str, text: str) -> float:
    try:
        share = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        share = -1
    if not 0 < share < 1:
        raise UsageError(f"--solve {text!r}: compare with a share between 0 and 1, as in 0.01 or 1%")
    return share


def _time(value: str, text: str) -> int:
    try:
        time = parse_duration(value)
    except ValueError as error:
        raise UsageError(f"--solve {text!r}: {error}") from error
    if time <= 0:
        raise UsageError(f"--solve {text!r}: a time must be greater than 0")
    return time
