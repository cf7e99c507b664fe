"""The runs of a container, from the journal's facts, or without facts from the pod's status."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.journal.records import Fact
from simulator.objects.base import JSON
from simulator.objects.pod_status import ContainerStatus
from simulator.units import SECOND
from simulator.views.why.because import Because, note


class Port(NamedTuple):
    """A port that was opened, and when it was closed again (None: not yet); nanoseconds."""

    number: int
    opened: int
    closed: int | None = None


class Run(NamedTuple):
    """One start of a container. `by`: why it ended (empty: unknown); `plan` and `origin` come from its `container.program`.

    `taken`: the port that it could not open. `exact`: from facts; otherwise the times are those of the status, in whole seconds.
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
    taken: Fact | None = None
    exact: bool = True

    @property
    def pending(self) -> Fact | None:
        """The last request that has not succeeded."""
        latest = {tuple(fact.data.get(name) for name in ("host", "port", "object")): fact for fact in self.waits}
        return next((fact for fact in reversed(list(latest.values())) if not fact.data.get("ok")), None)

    @property
    def working_since(self) -> int | None:
        """From when the times of its plan count: its start, or the end of all its waits; None: not yet."""
        awaited = len(self.plan.get("waitFor", ()))
        if not awaited or self.started is None:
            return self.started
        got = [fact.t for fact in self.waits if fact.data.get("ok")]
        return got[awaited - 1] if len(got) >= awaited else None

    @property
    def is_assumed(self) -> bool:
        """Whether its program is an assumption from its spec or its image, because it is not described."""
        return self.origin.get("kind") not in (None, "scenario", "command")

    def place(self, line: int = 0) -> str:
        """The file and line of its program, or of one line of it."""
        number = line or int(self.origin.get("line", 0))
        return f"{self.origin['file']}:{number}" if self.origin.get("file") and number else ""

    def listens(self, port: int) -> Port | None:
        """The port, when it is open now."""
        return next((one for one in self.ports if one.number == port and one.closed is None), None)


def runs_of(facts: list[Fact]) -> list[Run]:
    """The runs of one container from its facts, oldest first."""
    runs: list[Run] = []
    program: JSON = {}
    for fact in facts:
        data = fact.data
        if fact.what == "container.program":
            program = data
        elif fact.what == "container.started":
            runs.append(Run(int(data.get("run", 0)), fact.t, origin=program.get("origin", {}), plan=program.get("plan", {})))
            program = {}
        elif fact.what == "container.exited" and not _is_of_last(runs, data):
            # It failed to start.
            runs.append(Run(int(data.get("run", len(runs))), None, fact.t, *_end(fact)))
        elif runs:
            runs[-1] = _with(runs[-1], fact)
    return runs


def _is_of_last(runs: list[Run], data: dict[str, Any]) -> bool:
    return bool(runs) and runs[-1].ended is None and runs[-1].number == int(data.get("run", runs[-1].number))


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
        case "container.port_taken":
            return run._replace(taken=fact)
        case "container.waits":
            return run._replace(waits=(*run.waits, fact))
        case "container.signalled":
            return run._replace(signals=(*run.signals, fact))
    return run


def runs_in(status: ContainerStatus, instant: Any) -> list[Run]:
    """The runs that a status shows: the last one that ended, and the current one. `instant` turns a timestamp into nanoseconds."""
    runs: list[Run] = []
    for state in (status.last_state, status.state):
        if state.terminated is not None:
            ended = state.terminated
            runs.append(Run(len(runs), instant(ended.started_at), instant(ended.finished_at), ended.exit_code, ended.reason, exact=False))
        elif state.running is not None:
            runs.append(Run(len(runs), instant(state.running.started_at), exact=False))
    return runs


def lasted(run: Run) -> int:
    """How long a run took, in nanoseconds, to the second when it is not exact."""
    length = (run.ended or 0) - (run.started or run.ended or 0)
    return length if run.exact else length // SECOND * SECOND


def assumed(run: Run) -> tuple[Because, ...]:
    """A remark that a program is an assumption, and what it is based on."""
    if not run.is_assumed:
        return ()
    return (note(f"its program is not described; assumed: {run.origin.get('text', '')} ({run.origin.get('reason', 'no reason')})"),)
