"""What a container answers at an instant, read from its run: pure functions of data and time."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.container.program import ExecRule, HttpRule, Run
from simulator.engine.streams import Streams


class Window(NamedTuple):
    """[from, to) in nanoseconds since the start of the run; `to` None: for ever."""

    begin: int
    end: int | None

    def covers(self, t: int) -> bool:
        """Whether `t` lies in it."""
        return self.begin <= t and (self.end is None or t < self.end)


class Answer(NamedTuple):
    """What a request gets: a status (HTTP) or exit code (exec), some text, after a delay in nanoseconds.

    Not `in_time`: it was waited for, in vain. `assumed`: nobody said what is answered.
    """

    code: int
    text: str
    delay: int
    in_time: bool = True
    assumed: bool = False


class Opened(NamedTuple):
    """A port that a process opened: what it speaks, and what a web server sends for a path (None: nothing is known of it)."""

    protocol: str
    serve: Callable[[str], Answer | None] | None = None


class Behavior:
    """One run with all its durations drawn, and `origin`: the instant from which they count; `ended_at`: when its container ended.

    `listening`, `http_rules` and `exec_rules`: the run's rules, each with its window and, where it has one, the delay of its answer.
    """

    def __init__(self, run: Run, streams: Streams, name: tuple[str, ...]) -> None:
        self.run = run
        self.origin: int | None = None
        self.ended_at: int | None = None
        self.opened: dict[int, Opened] = {}
        self.exit_after = None if run.exit_after is None else run.exit_after.draw(streams, *name, "exitAfter")
        self.term_delay = run.term.delay.draw(streams, *name, "term")
        self.logs = [(rule.at.draw(streams, *name, "log", str(i)), rule.line) for i, rule in enumerate(run.log)]
        self.listening = [
            (
                rule,
                Window(
                    rule.from_.draw(streams, *name, "listen", str(i)),
                    None if rule.to is None else rule.to.draw(streams, *name, "listen", str(i), "to"),
                ),
            )
            for i, rule in enumerate(run.listen)
        ]
        self.http_rules = [(rule, *self._drawn(rule, streams, (*name, "http", str(i)))) for i, rule in enumerate(run.http)]
        self.exec_rules = [(rule, *self._drawn(rule, streams, (*name, "exec", str(i)))) for i, rule in enumerate(run.exec)]

    @staticmethod
    def _drawn(rule: HttpRule | ExecRule, streams: Streams, name: tuple[str, ...]) -> tuple[Window, int]:
        """When the rule holds, and how long its answer takes."""
        end = None if rule.to is None else rule.to.draw(streams, *name, "to")
        return Window(rule.from_.draw(streams, *name, "from"), end), rule.delay.draw(streams, *name, "delay")

    def _age(self, t: int) -> int:
        return -1 if self.origin is None else t - self.origin

    def listens(self, port: int, t: int) -> bool:
        """Whether the port accepts connections at `t`."""
        age = self._age(t)
        return port in self.opened or (age >= 0 and any(rule.port == port and window.covers(age) for rule, window in self.listening))

    def speaks_grpc(self, port: int) -> bool:
        """Whether the port serves the gRPC health protocol."""
        opened = self.opened.get(port)
        return (opened is not None and opened.protocol == "grpc") or any(rule.port == port and rule.grpc for rule, _ in self.listening)

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
                return Answer(rule.exit, rule.output, delay)
        return None

    def next_change(self, t: int) -> int | None:
        """The next instant after `t` at which an answer may differ from what it is now; None: never."""
        if self.origin is None:
            return None
        origin = self.origin
        windows = [*(w for _, w in self.listening), *(w for _, w, _ in self.http_rules), *(w for _, w, _ in self.exec_rules)]
        edges = [origin + edge for window in windows for edge in window if edge is not None]
        return min((edge for edge in edges if edge > t), default=None)
