"""What `--solve` is asked for: `P(restart during start) < 0.01`, `p95(time-to-ready) < 30s`, read into a question about single runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.metrics import Story
from simulator.metrics.selection import selection
from simulator.metrics.story import PodStory
from simulator.units import parse_duration
from simulator.views.traffic import traffic

EXISTS = "P(restart during start) < 0.01, P(ready within 30s) > 0.95, p95(time-to-ready) < 30s, P(request lost during rollout) < 0.01"
_FORM = re.compile(
    r"\s*(?:P\s*\((?P<event>[^()]*)\)|p(?P<percent>\d+(?:\.\d+)?)\s*\(\s*time-to-ready\s*\))"
    r"\s*(?P<sign>[<>]=?)\s*(?P<value>\S+)\s*"
)


@dataclass(frozen=True)
class Restarted:
    """Whether a container was started again before its pod was ready, in any pod of the workload (`shop/deployment/web`)."""

    workload: str
    container: str

    def __call__(self, snapshot: Snapshot) -> float:
        """1 or 0."""
        return float(any(_restarted(pod, self.container) for pod in selection(self.workload).pods(Story(snapshot))))


def _restarted(pod: PodStory, container: str) -> bool:
    ready = pod.lane.ready[0].begin if pod.lane.ready else None
    again = [bar.begin for lane in pod.containers(container) for bar in lane.bars[1:]]
    ended = [bar.end for lane in pod.containers(container) for bar in lane.bars[:1] if bar.end is not None]
    return any(ready is None or t < ready for t in (*again, *ended))


@dataclass(frozen=True)
class Ready:
    """Whether every pod of the workload was ready within `within` (ns) of its creation."""

    workload: str
    within: int

    def __call__(self, snapshot: Snapshot) -> float:
        """1 or 0."""
        pods = selection(self.workload).pods(Story(snapshot))
        return float(bool(pods) and all(pod.lane.ready and pod.lane.ready[0].begin - pod.created <= self.within for pod in pods))


@dataclass(frozen=True)
class Lost:
    """Whether a request to the Service got no good answer, from second `since` of the run on."""

    service: str
    since: int

    def __call__(self, snapshot: Snapshot) -> float:
        """1 or 0."""
        seconds = [one for calls in traffic(snapshot, self.service) for one in calls.seconds if one.begin >= self.since]
        return float(any(one.has_failures for one in seconds))


class Wish(NamedTuple):
    """The share of runs in which `kind` (restart, ready, lost) happens is to lie below or above `limit`. `within` (ns): of
    ready; `since` (seconds of the run): of lost."""

    text: str
    kind: str
    below: bool
    limit: float
    within: int = 0
    since: int = 0

    @property
    def margin(self) -> float:
        """How often it may go wrong."""
        return self.limit if self.below else 1 - self.limit


def _restart(event: re.Match[str], wish: Wish) -> Wish:
    return wish._replace(kind="restart")


def _ready(event: re.Match[str], wish: Wish) -> Wish:
    return wish._replace(kind="ready", within=_time(event[1], wish.text))


def _lost(event: re.Match[str], wish: Wish) -> Wish:
    return wish._replace(kind="lost")


EVENTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Wish], Wish]], ...] = (
    (re.compile(r"restart(?:s|ed)? during start(?:-?up)?"), _restart),
    (re.compile(r"ready within (\S+)"), _ready),
    (re.compile(r"requests? lost(?: during rollout)?"), _lost),
)


def wish(text: str) -> Wish:
    """Read one. Raises UsageError that says what there is."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise UsageError(f"--solve {text!r}: write for example {EXISTS}")
    below = form["sign"].startswith("<")
    if form["percent"] is not None:
        share = float(form["percent"]) / 100
        if not below or not 0 < share < 1:
            raise UsageError(f"--solve {text!r}: a percentile between p1 and p99 is to be < a time, as in p95(time-to-ready) < 30s")
        # So many percent are below a time exactly when the share of runs that are below it is at least as large.
        return Wish(text, "ready", False, share, _time(form["value"], text))
    limit = _share(form["value"], text)
    event = " ".join(form["event"].split())
    for pattern, make in EVENTS:
        found = pattern.fullmatch(event)
        if found is not None:
            made = make(found, Wish(text, "", below, limit))
            if made.below is (made.kind == "ready"):
                raise UsageError(f"--solve {text!r}: {event} is to be {'>' if made.kind == 'ready' else '<'} a share")
            return made
    raise UsageError(f"--solve: nothing is known of P({event}); there is {EXISTS}")


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
        raise UsageError(f"--solve {text!r}: a time is greater than 0")
    return time


_START = re.compile(r"(?P<whom>[^=]+)=(?P<what>.+)")
_CALL = re.compile(r"(uniform|normal|lognormal|exponential|choice)\((.*)\)")


class Start(NamedTuple):
    """How long the start of a container takes: its name (`deployment/api:server`), and a time or distribution as YAML has it."""

    whom: str
    value: object
    text: str


def start(text: str) -> Start:
    """`deployment/api:server=lognormal(median=8s,sigma=0.4)`, `…=uniform(2s,9s)`, `…=8s`. Raises UsageError."""
    form = _START.fullmatch(text.strip())
    if form is None:
        raise UsageError(f"--start {text!r}: write deployment/api:server=lognormal(median=8s,sigma=0.4)")
    call = _CALL.fullmatch(form["what"].strip())
    if call is None:
        return Start(form["whom"].strip(), form["what"].strip(), form["what"].strip())
    parts = [part.strip() for part in call[2].split(",")]
    named = dict(part.split("=", 1) for part in parts if "=" in part)
    value = {name.strip(): _number(given.strip()) for name, given in named.items()} if named else parts
    return Start(form["whom"].strip(), {call[1]: value}, call[0])


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
