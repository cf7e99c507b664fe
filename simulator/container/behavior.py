"""What one start of a container does, with every duration drawn: the edges of its work, and its answers at an instant.

Two drivers play it: `lifecycle` follows a described run on the engine's clock, `work` is the process in which a script ends. Both take
the edges from here, so a run does the same either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.container.answers import Answer, Opened
from simulator.container.exits import BY_PROGRAM, BY_TERM, Exit, reason_of
from simulator.container.program import ExecRule, HttpRule, Listen, Run, Use
from simulator.engine.durations import Duration
from simulator.engine.streams import Streams

if TYPE_CHECKING:
    from simulator.container.load import Load


class Window(NamedTuple):
    """[begin, end) in nanoseconds since the start of the run; `end` None: forever."""

    begin: int
    end: int | None

    def covers(self, t: int) -> bool:
        """Whether `t` lies in it."""
        return self.begin <= t and (self.end is None or t < self.end)

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in it: with distributions, the end may be drawn before the beginning."""
        return self.end is not None and self.end <= self.begin


class Opens(NamedTuple):
    """A port begins to accept connections, `at` nanoseconds after the work began."""

    at: int
    rule: Listen


class Closes(NamedTuple):
    """A port ceases to accept connections, `at` nanoseconds after the work began."""

    at: int
    port: int


class Ends(NamedTuple):
    """The work ends, `at` nanoseconds after it began."""

    at: int
    exit: Exit


Edge = Opens | Closes | Ends


class Work(NamedTuple):
    """The part of a run that its own process does, with every duration drawn. Times in nanoseconds since that process began.

    `ports`: the rules of `listen`, each with its window. `exit_after` None: it runs until it is stopped.
    """

    run: Run
    ports: tuple[tuple[Listen, Window], ...]
    exit_after: int | None
    term_delay: int

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Everything it does by itself, in order. At one instant it ends before it opens another port, except when it begins."""
        ports = _port_edges(self.ports)
        at_once = [edge for edge in ports if edge.at == 0]
        later = [edge for edge in ports if edge.at != 0]
        end = [] if self.exit_after is None else [Ends(self.exit_after, self._own_exit)]
        return tuple(sorted([*at_once, *end, *later], key=lambda edge: edge.at))

    @property
    def _own_exit(self) -> Exit:
        code = self.run.exit_code
        return Exit(code, self.run.reason or reason_of(code), self.run.message, BY_PROGRAM)

    @property
    def ignores_term(self) -> bool:
        """Whether only SIGKILL ends it."""
        return self.run.sigterm.ignore

    @property
    def term_exit(self) -> Exit:
        """How it ends `term_delay` after SIGTERM."""
        code = self.run.sigterm.exit_code
        return Exit(code, reason_of(code), "", BY_TERM)


def _port_edges(ports: tuple[tuple[Listen, Window], ...]) -> list[Opens | Closes]:
    """Openings and closings, port by port. A port that one rule says speaks gRPC always does."""
    edges: list[Opens | Closes] = []
    for port in dict.fromkeys(rule.port for rule, _ in ports):
        rules = [rule for rule, _ in ports if rule.port == port]
        opened = rules[0]._replace(grpc=any(rule.grpc for rule in rules))
        for window in _merged([window for rule, window in ports if rule.port == port]):
            edges.append(Opens(window.begin, opened))
            if window.end is not None:
                edges.append(Closes(window.end, port))
    return edges


def _merged(windows: list[Window]) -> list[Window]:
    """The union of windows, as windows that do not touch, in order."""
    union: list[Window] = []
    for window in sorted((window for window in windows if not window.is_empty), key=lambda window: window.begin):
        last = union[-1] if union else None
        if last is None or (last.end is not None and last.end < window.begin):
            union.append(window)
        else:
            end = None if last.end is None or window.end is None else max(last.end, window.end)
            union[-1] = Window(last.begin, end)
    return union


class Behavior:
    """One start of a container. `origin`: the instant from which its rules count; `ended_at`: when its container ended.

    Durations are drawn from streams named after `name` and the field, each once: the same run has the same times in either driver.
    `cpu`, `memory` and `disk`: what it uses; None: not described.
    `opened`: its open ports, by number; the drivers open and close them. `logs`, `creations`, `http_rules` and `exec_rules`: the
    run's rules, with their times, windows and delays.
    """

    def __init__(self, run: Run, streams: Streams, name: tuple[str, ...]) -> None:
        self.run = run
        self.origin: int | None = None
        self.ended_at: int | None = None
        self.opened: dict[int, Opened] = {}
        self._streams = streams
        self._name = name
        self._drawn: dict[tuple[type, Duration, tuple[str, ...]], int] = {}
        self.cpu = None if run.cpu is None else self._load(run.cpu, "cpu")
        self.memory = None if run.memory is None else self._load(run.memory, "memory")
        self.disk = None if run.disk is None else self._load(run.disk, "disk")
        self.work = self.work_of(run)
        self.logs = [(self._draw(rule.at, "log", str(i)), rule.line) for i, rule in enumerate(run.log)]
        self.creations = [(self._draw(rule.after, "creates", str(i)), rule) for i, rule in enumerate(run.creates)]
        self.http_rules = [(rule, *self._times(rule, "http", str(i))) for i, rule in enumerate(run.http)]
        self.exec_rules = [(rule, *self._times(rule, "exec", str(i))) for i, rule in enumerate(run.exec)]

    def work_of(self, run: Run) -> Work:
        """The work of `run`, which may differ from this one in some fields: equal durations of a field have equal values."""
        ports = tuple(
            (
                rule,
                Window(
                    self._draw(rule.from_, "listen", str(i)),
                    None if rule.to is None else self._draw(rule.to, "listen", str(i), "to"),
                ),
            )
            for i, rule in enumerate(run.listen)
        )
        exit_after = None if run.exit_after is None else self._draw(run.exit_after, "exitAfter")
        return Work(run, ports, exit_after, self._draw(run.sigterm.delay, "term"))

    def _load(self, use: Use, name: str) -> Load:
        from simulator.container.load import Curve, Load

        points = tuple((at, self._draw(amount, name, str(i))) for i, (at, amount) in enumerate(use.points))
        return Load(Curve(points, use.ramps), self._draw(use.per_request, name, "perRequest"))

    def served(self, t: int) -> None:
        """Count a request that it answers."""
        for load in (self.cpu, self.memory, self.disk):
            if load is not None:
                load.serve(t)

    def _times(self, rule: HttpRule | ExecRule, *name: str) -> tuple[Window, int]:
        """When the rule holds, and how long its answer takes."""
        end = None if rule.to is None else self._draw(rule.to, *name, "to")
        return Window(self._draw(rule.from_, *name, "from"), end), self._draw(rule.delay, *name, "delay")

    def _draw(self, duration: Duration, *name: str) -> int:
        key = (type(duration), duration, name)
        if key not in self._drawn:
            self._drawn[key] = duration.draw(self._streams, *self._name, *name)
        return self._drawn[key]

    def _age(self, t: int) -> int:
        return -1 if self.origin is None else t - self.origin

    def listens(self, port: int) -> bool:
        """Whether the port accepts connections now."""
        return port in self.opened

    def speaks_grpc(self, port: int) -> bool:
        """Whether the port serves the gRPC health protocol."""
        opened = self.opened.get(port)
        return opened is not None and opened.protocol == "grpc"

    def http(self, port: int, path: str, t: int) -> Answer:
        """What a request to a listening port gets: the first rule that fits, else 200."""
        age = self._age(t)
        for rule, window, delay in self.http_rules:
            if rule.port in (None, port) and rule.path in ("", path) and window.covers(age):
                return Answer(rule.status, rule.body, delay)
        opened = self.opened.get(port)
        return (opened.serve(path) if opened is not None and opened.serve is not None else None) or Answer(200, "", 0, assumed=True)

    def exec(self, command: str, t: int) -> Answer | None:
        """What a command gets: the first rule that fits, or None when no rule does."""
        age = self._age(t)
        for rule, window, delay in self.exec_rules:
            if command.startswith(rule.command) and window.covers(age):
                return Answer(rule.exit, rule.output, delay, error=rule.error)
        return None

    def next_change(self, t: int) -> int | None:
        """The next instant after `t` at which an answer may differ from what it is now; None: never."""
        if self.origin is None:
            return None
        origin = self.origin
        windows = [*(w for _, w in self.work.ports), *(w for _, w, _ in self.http_rules), *(w for _, w, _ in self.exec_rules)]
        edges = [origin + edge for window in windows for edge in window if edge is not None]
        return min((edge for edge in edges if edge > t), default=None)
