"""What a container does over time, as data. The words are those of a Scenario; times in nanoseconds, counted from the start of a run."""

from __future__ import annotations

from typing import NamedTuple

from simulator.engine.durations import ZERO, Duration, Fixed
from simulator.objects.process import SIGTERM_EXIT
from simulator.units import MILLISECOND, format_duration


class Origin(NamedTuple):
    """Where it is known from what a container does, for those who explain it.

    `kind`: `scenario`, `command` (its own command line), `assumed`, or what else knows programs; `file` and `line` where it is written down
    (empty, 0: nowhere); `text` in words; `reason`: why that is believed.
    """

    kind: str
    file: str = ""
    line: int = 0
    text: str = ""
    reason: str = ""


class Listen(NamedTuple):
    """A port that accepts connections in [from, to). `grpc`: it serves the gRPC health protocol."""

    port: int
    from_: Duration = ZERO
    to: Duration | None = None
    grpc: bool = False
    line: int = 0


class HttpRule(NamedTuple):
    """What an HTTP request gets in [from, to); `path` empty: any path; `port` None: any. Of a gRPC port: path is the service."""

    path: str = ""
    port: int | None = None
    from_: Duration = ZERO
    to: Duration | None = None
    status: int = 200
    delay: Duration = ZERO
    body: str = ""
    line: int = 0


class ExecRule(NamedTuple):
    """What a command run inside the container gives in [from, to). `command` is a prefix of the joined command."""

    command: str = ""
    from_: Duration = ZERO
    to: Duration | None = None
    exit: int = 0
    output: str = ""
    delay: Duration = ZERO
    line: int = 0


class Term(NamedTuple):
    """What the container does when it gets SIGTERM: end after `delay`, or `ignore` it and wait for SIGKILL."""

    delay: Duration = ZERO
    exit_code: int = SIGTERM_EXIT
    ignore: bool = False


class LogRule(NamedTuple):
    """A line that the container prints at a time."""

    at: Duration
    line: str


class Wait(NamedTuple):
    """What a run must see before its other times begin to count: a host and port that accept connections, asked every `period`.

    Both are expanded with the container's environment: `$(REDIS_SERVICE_HOST)`.
    """

    host: str
    port: str
    period: Duration
    line: int = 0


class Run(NamedTuple):
    """One start of a container. Without `exit_after` it runs for ever.

    With a `command` or `script`, which the shell interprets, the ports, the end and `term` are those of the work that it cannot interpret,
    and count from when that begins. `term` None: not given. `assumed`: ports and end were not given either but are a guess, which what is
    known of a server overrides.
    """

    exit_after: Duration | None = None
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    term: Term | None = None
    listen: tuple[Listen, ...] = ()
    http: tuple[HttpRule, ...] = ()
    exec: tuple[ExecRule, ...] = ()
    log: tuple[LogRule, ...] = ()
    wait_for: tuple[Wait, ...] = ()
    start_error: str = ""
    create_error: str = ""
    command: tuple[str, ...] = ()
    script: str = ""
    line: int = 0
    assumed: bool = False

    @property
    def sigterm(self) -> Term:
        """What it does on SIGTERM; where nothing is given, it ends at once with 143."""
        return self.term or Term()

    @property
    def argv(self) -> tuple[str, ...]:
        """What the shell interprets: a command line, or a script; empty when the run is described in other ways."""
        return self.command or (("sh", "-c", self.script) if self.script else ())

    @property
    def in_words(self) -> str:
        """What its own work is, in words."""
        if self.exit_after is not None:
            return f"ends with {self.exit_code} after {format_duration(self.exit_after.median())}"
        if not self.listen:
            return "runs for ever"
        ports = ", ".join(str(rule.port) for rule in self.listen)
        return f"runs for ever, listens on {ports} after {format_duration(self.listen[0].from_.median())} and answers its probes"


class Program(NamedTuple):
    """What a container does: latencies of the runtime's calls, and a run for each start (the last one repeats).

    `described`: by a Scenario, which then is the whole truth about it: commands that no rule answers succeed. `origin`: who says so.
    The `line` of each rule is where it stands in the origin's file (0: nowhere).
    """

    runs: tuple[Run, ...] = (Run(),)
    create: Duration = Fixed(20 * MILLISECOND)
    start: Duration = Fixed(30 * MILLISECOND)
    described: bool = False
    origin: Origin = Origin("")

    def run(self, attempt: int) -> Run:
        """The run of the `attempt`-th start, counted from 0."""
        return self.runs[min(attempt, len(self.runs) - 1)]


class Image(NamedTuple):
    """An image: whether the node has it, its compressed size in bytes, how long a pull takes.

    `again`: how long a pull takes when the node has all of it and only asks whether it is still the same; None: as long as the first one.
    `fail_times`: how many pulls fail first (-1: all of them), with `error`.
    """

    cached: bool
    size: int
    pull: Duration
    fail_times: int = 0
    error: str = ""
    again: Duration | None = None


class Sandbox(NamedTuple):
    """The pod's network: how long it takes to set up, how often that fails first and with what error."""

    create: Duration = Fixed(200 * MILLISECOND)
    fail_times: int = 0
    error: str = ""
