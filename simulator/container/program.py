"""What a container does over time, as data in the terms of a Scenario. Times in nanoseconds since the start of a run."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.engine.durations import ZERO, Duration, Fixed
from simulator.objects.process import SIGTERM_EXIT
from simulator.units import MILLISECOND, format_duration


class Origin(NamedTuple):
    """The source of a program, for explanations.

    `kind`: `scenario`, `command` (its own command line), `image` (the catalogue) or `assumed`; `file` and `line` of its text (empty and 0
    if there is none); `text`: the program in words; `reason`: why it is assumed.
    """

    kind: str
    file: str = ""
    line: int = 0
    text: str = ""
    reason: str = ""


class Listen(NamedTuple):
    """A port that accepts connections in [from, to). `grpc`: it serves the gRPC health protocol.

    `guessed`: the program may listen elsewhere, so it does not fail where another one already has the port.
    """

    port: int
    from_: Duration = ZERO
    to: Duration | None = None
    grpc: bool = False
    line: int = 0
    guessed: bool = False


class HttpRule(NamedTuple):
    """The answer to HTTP requests in [from, to). `path` empty: any path; `port` None: any port. For a gRPC port, `path` is the service."""

    path: str = ""
    port: int | None = None
    from_: Duration = ZERO
    to: Duration | None = None
    status: int = 200
    delay: Duration = ZERO
    body: str = ""
    line: int = 0


class ExecRule(NamedTuple):
    """The result of commands that run in the container in [from, to). `command` is a prefix of the joined command.

    `error`: the runtime's error where the command cannot be started, which has no exit code.
    """

    command: str = ""
    from_: Duration = ZERO
    to: Duration | None = None
    exit: int = 0
    output: str = ""
    delay: Duration = ZERO
    line: int = 0
    error: str = ""


class Term(NamedTuple):
    """The reaction to SIGTERM: end after `delay`, or `ignore` it."""

    delay: Duration = ZERO
    exit_code: int = SIGTERM_EXIT
    ignore: bool = False


class LogRule(NamedTuple):
    """A line that the container prints."""

    at: Duration
    line: str


class Creation(NamedTuple):
    """An object that the container's program creates through the API server, `after` a time; `manifest` as in a file of manifests."""

    after: Duration
    manifest: dict[str, Any]
    line: int = 0


class Wait(NamedTuple):
    """A peer that must accept connections before the run's other times begin to count; a connection is tried every `period`.

    Host and port are expanded with the container's environment: `$(REDIS_SERVICE_HOST)`.
    """

    host: str
    port: str
    period: Duration
    line: int = 0


class Use(NamedTuple):
    """How much of a resource a run uses, in nanocores or bytes: an amount from each time on, or with `ramps` changing evenly in between.

    `per_request`: what each request of clients adds, in nanoseconds of CPU time, or in bytes for each request of a second.
    """

    points: tuple[tuple[int, Duration], ...] = ()
    ramps: bool = False
    per_request: Duration = ZERO


class Run(NamedTuple):
    """One start of a container. Without `exit_after` it runs forever.

    With a `command` or `script`, which the shell interprets, ports, end and `term` describe the run's work: the program in which it ends
    and which podsim cannot interpret. Their times then count from the start of that program. `term` None: not given. `assumed`: ports and
    end are a guess, which the catalogue overrides once the script starts a server that is in it. `cpu`, `memory`, `disk` None: unknown.
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
    creates: tuple[Creation, ...] = ()
    wait_for: tuple[Wait, ...] = ()
    start_error: str = ""
    create_error: str = ""
    command: tuple[str, ...] = ()
    script: str = ""
    line: int = 0
    assumed: bool = False
    cpu: Use | None = None
    memory: Use | None = None
    disk: Use | None = None

    @property
    def sigterm(self) -> Term:
        """The reaction to SIGTERM; by default it ends at once with 143."""
        return self.term or Term()

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line to interpret, be it a command or a script; empty for a described run."""
        return self.command or (("sh", "-c", self.script) if self.script else ())

    @property
    def in_words(self) -> str:
        """Its work in words."""
        if self.exit_after is not None:
            return f"exits with {self.exit_code} after {format_duration(self.exit_after.median())}"
        if not self.listen:
            return "runs forever"
        ports = ", ".join(str(rule.port) for rule in self.listen)
        return f"runs forever, listens on {ports} after {format_duration(self.listen[0].from_.median())} and answers its probes"


class Program(NamedTuple):
    """What a container does: the latencies of the runtime's calls, and a run for each start (the last one repeats).

    `described`: a Scenario describes all of it, so commands that no rule answers succeed. `is_unknown`: nothing is known of what it does
    besides its run. `origin`: the source of the program. The `line` of each rule is its line in the origin's file (0: none).
    """

    runs: tuple[Run, ...] = (Run(),)
    create: Duration = Fixed(20 * MILLISECOND)
    start: Duration = Fixed(30 * MILLISECOND)
    described: bool = False
    is_unknown: bool = False
    origin: Origin = Origin("")

    def run(self, attempt: int) -> Run:
        """The run of the `attempt`-th start, counted from 0."""
        return self.runs[min(attempt, len(self.runs) - 1)]


class Image(NamedTuple):
    """An image: whether nodes have it, its compressed size in bytes, and the duration of a pull.

    `again`: the duration of a pull when the node has the image and only checks its digest; None: that of the first pull. `fail_times`: how
    many pulls fail before one succeeds (-1: all), with `error`. `architectures`: those it is built for; empty: all.
    """

    cached: bool
    size: int
    pull: Duration
    fail_times: int = 0
    error: str = ""
    again: Duration | None = None
    architectures: tuple[str, ...] = ()

    def runs_on(self, architecture: str) -> bool:
        """Whether nodes of an architecture can run it."""
        return not self.architectures or architecture in self.architectures


class Sandbox(NamedTuple):
    """The pod's network: the duration of its setup, how often that fails before it succeeds (-1: always), and with which error."""

    create: Duration = Fixed(200 * MILLISECOND)
    fail_times: int = 0
    error: str = ""
