"""The runs of a container as the journal's facts tell of them; where there are no facts, as the pod's status does."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.journal.records import Fact
from simulator.objects.base import JSON
from simulator.objects.pod_status import ContainerStatus
from simulator.units import SECOND
from simulator.views.why.because import Because, note


class Port(NamedTuple):
    """A port that was opened, and when it was closed again (None: not so far); nanoseconds."""

    number: int
    opened: int
    closed: int | None = None


class Run(NamedTuple):
    """One start of a container. `by`: why it ended (empty: nobody says); `plan` and `origin` as its `container.program` has them.

    `exact`: told by facts; else times are those of the status, in whole seconds.
    """

    number: int
    started: int | None
    ended: int | None = None
    exit_code: int = 0
    reason: str = ""
    by: str = ""
    origin: JSON = {}
    plan: JSON = {}
    ports: tuple[Port, ...] = ()
    waits: tuple[Fact, ...] = ()
    signals: tuple[Fact, ...] = ()
    exact: bool = True

    @property
    def pending(self) -> Fact | None:
        """What it asked for last and did not get."""
        latest = {tuple(fact.data.get(name) for name in ("host", "port", "object")): fact for fact in self.waits}
        return next((fact for fact in reversed(list(latest.values())) if not fact.data.get("ok")), None)

    @property
    def working_since(self) -> int | None:
        """From when the times of its plan count: its start, or when it had got all that it waits for; None: not yet."""
        awaited = len(self.plan.get("waitFor", ()))
        if not awaited or self.started is None:
            return self.started
        got = [fact.t for fact in self.waits if fact.data.get("ok")]
        return got[awaited - 1] if len(got) >= awaited else None

    @property
    def is_assumed(self) -> bool:
        """Whether nobody described its program: from its spec or its image, something was assumed."""
        return self.origin.get("kind") not in (None, "scenario", "command")

    def place(self, line: int = 0) -> str:
        """Where its program is written down, or one line of it."""
        number = line or int(self.origin.get("line", 0))
        return f"{self.origin['file']}:{number}" if self.origin.get("file") and number else ""

    def listens(self, port: int) -> Port | None:
        """The port, when it is open now."""
        return next((found for found in self.ports if found.number == port and found.closed is None), None)


def runs_of(facts: list[Fact]) -> list[Run]:
    """The runs that the facts about one container tell of, oldest first."""
    found: list[Run] = []
    program: JSON = {}
    for fact in facts:
        data = fact.data
        if fact.what == "container.program":
            program = data
        elif fact.what == "container.started":
            found.append(Run(int(data.get("run", 0)), fact.t, origin=program.get("origin", {}), plan=program.get("plan", {})))
            program = {}
        elif fact.what == "container.exited" and not _is_of_last(found, data):
            # It never came up.
            found.append(Run(int(data.get("run", len(found))), None, fact.t, *_end(fact)))
        elif found:
            found[-1] = _with(found[-1], fact)
    return found


def _is_of_last(found: list[Run], data: dict[str, Any]) -> bool:
    return bool(found) and found[-1].ended is None and found[-1].number == int(data.get("run", found[-1].number))


def _end(fact: Fact) -> tuple[int, str, str]:
    return int(fact.data.get("exitCode", 0)), str(fact.data.get("reason", "")), fact.cause.rule


def _with(run: Run, fact: Fact) -> Run:
    match fact.what:
        case "container.exited":
            code, reason, by = _end(fact)
            return run._replace(ended=fact.t, exit_code=code, reason=reason, by=by)
        case "container.listens":
            return run._replace(ports=(*run.ports, Port(int(fact.data.get("port", 0)), fact.t)))
        case "container.closed":
            number = fact.data.get("port")
            closed = (port._replace(closed=fact.t) if port.number == number and port.closed is None else port for port in run.ports)
            return run._replace(ports=tuple(closed))
        case "container.waits":
            return run._replace(waits=(*run.waits, fact))
        case "container.signalled":
            return run._replace(signals=(*run.signals, fact))
    return run


def runs_in(status: ContainerStatus, instant: Any) -> list[Run]:
    """The runs that a status knows of: the last one that ended, and the present one. `instant` turns a timestamp into nanoseconds."""
    found: list[Run] = []
    for state in (status.last_state, status.state):
        if state.terminated is not None:
            ended = state.terminated
            found.append(Run(len(found), instant(ended.started_at), instant(ended.finished_at), ended.exit_code, ended.reason, exact=False))
        elif state.running is not None:
            found.append(Run(len(found), instant(state.running.started_at), exact=False))
    return found


def lasted(run: Run) -> int:
    """How long a run took, in nanoseconds, to the second where nothing better is known."""
    length = (run.ended or 0) - (run.started or run.ended or 0)
    return length if run.exact else length // SECOND * SECOND


def assumed(run: Run) -> tuple[Because, ...]:
    """That a program is a guess, and on what ground."""
    if not run.is_assumed:
        return ()
    return (note(f"nobody described its program: {run.origin.get('text', '')}, assumed from {run.origin.get('reason', 'nothing')}"),)
