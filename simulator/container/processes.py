"""The processes of one container in simulated time: a machine that the engine drives. Imported only where a script runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.container.answers import Streams
from simulator.container.container_host import ContainerHost
from simulator.container.lookup import lookup_error
from simulator.container.wording import shortened
from simulator.container.work import first_process
from simulator.engine import Engine, Event, Order, Process, Timer
from simulator.objects.process import DEFAULT_PATH
from simulator.process.effects import Call, Stat
from simulator.process.machine import Machine
from simulator.process.tasks import Job


class Outcome(NamedTuple):
    """The exit code and output of a command. The code is None when the command was killed at its timeout."""

    code: int | None
    output: str


class Processes:
    """Process 1 and the commands that run beside it.

    Attributes:
        interprets: Process 1 is interpreted; else it is a program whose run is described.
    """

    def __init__(self, engine: Engine, host: ContainerHost, machine: Machine, env: dict[str, str], cwd: str) -> None:
        self._engine = engine
        self._host = host
        self._machine = machine
        self._env = {"PATH": DEFAULT_PATH, "HOME": "/root", **env}
        self._cwd = cwd
        self._main: Job | None = None
        self._ended: Callable[[int], object] = lambda code: None
        self._commands: list[tuple[Job, Event]] = []
        self._timer: Timer | None = None
        self._busy = False
        self._closed = False
        self._woken = False
        self.interprets = False
        host.wake = self._wake

    # ---- process 1

    def begin(self, argv: tuple[str, ...], log: Callable[[str], object], ended: Callable[[int], object]) -> None:
        """Start a command as process 1. `log` gets the lines that it and its children print, `ended` its exit code."""
        self.interprets = True
        lines = Lines(log)

        def finish(code: int) -> None:
            lines.flush()
            ended(code)

        self._ended = finish
        self._main = self._machine.start(Call(argv, self._env, self._cwd), out=lines.add)
        self.advance()

    def begin_described(self, name: str, stop: Callable[[], object]) -> None:
        """Start a process 1 that stands for a described program; `stop` is called when a command in the container signals it."""
        self._host.mark_opaque()
        self._main = self._machine.start(Call((name,), self._env, self._cwd), out=lambda fd, text: None, run=first_process(stop))
        self.advance()

    def signal(self, name: str) -> None:
        """Send process 1 a signal from outside."""
        self._machine.signal(name)
        self.advance()

    def close(self) -> None:
        """End all processes with their container."""
        self._closed = True
        for pid in list(self._machine.tasks):
            self._machine.signal("KILL", pid)
        self.advance()
        if self._timer is not None:
            self._timer.cancel()

    # ---- commands beside it

    def run(self, argv: tuple[str, ...], timeout: int | None, streams: Streams | None = None) -> Process[Outcome]:
        """Run a command in the container, at most for `timeout` nanoseconds; its output goes to `streams` as it comes, if there are any."""
        output: list[str] = []
        stdin = None if streams is None else streams.stdin
        if stdin is not None:
            stdin.wake = self.advance

        def write(fd: int, text: str) -> None:
            if streams is None:
                output.append(text)
            else:
                streams.out(fd, text)

        unknowns = self._host.unknowns
        call = Call(argv, self._env, self._cwd)
        job = self._machine.start(call, out=write, stdin=stdin, place="step", beside=True)
        self.advance()
        if job.status is None:
            ended = self._engine.event()
            self._commands.append((job, ended))
            timer = None if timeout is None else self._engine.call_after(timeout, lambda: ended.set(False), Order.OBSERVE)
            in_time = yield ended
            if timer is not None:
                timer.cancel()
            if not in_time:
                self._commands = [(other, event) for other, event in self._commands if other is not job]
                self._machine.signal("KILL", job.pid)
                self.advance()
                return Outcome(None, "".join(output))
        code = 0 if job.status is None else job.status
        if code != 0 and (self._host.unknowns != unknowns or job.unknown or (job.listed and not self.interprets)):
            self._host.assume(f"`{shortened(' '.join(argv))}` succeeds", "what it reads is unknown")
            return Outcome(0, "")
        if code != 0 and not self.interprets:
            for path in sorted(job.relied_on):
                if not isinstance(self._machine.files.stat(path), Stat):
                    self._host.assume_missing(path)
        return Outcome(code, "".join(output))

    def lookup_error(self, argv: tuple[str, ...]) -> str:
        """runc's error for a command that cannot be started here; empty when it can."""
        return lookup_error(argv[0], self._cwd, self._env, self._host.executables, lambda: self._host.files)

    # ---- time

    def advance(self) -> None:
        """Run everything that is due now, and schedule the next time something is."""
        if self._busy:
            return
        self._busy, self._woken = True, False
        due = self._machine.run(self._engine.now)
        self._busy = False
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if due is None else self._engine.call_at(due, self.advance, Order.WORLD)
        for job, ended in [entry for entry in self._commands if entry[0].status is not None]:
            self._commands = [(other, event) for other, event in self._commands if other is not job]
            ended.set(True)
        if self._main is not None and self._main.status is not None and not self._closed:
            self._closed = True
            self._ended(self._main.status)

    def _wake(self) -> None:
        """A file changed that a process waits for. The process that changed it continues first."""
        if not self._busy and not self._woken:
            self._woken = True
            self._engine.call_after(0, self.advance, Order.WORLD)


class Lines:
    """Joins output to lines, separately for each descriptor."""

    def __init__(self, log: Callable[[str], object]) -> None:
        self._log = log
        self._rest: dict[int, str] = {}

    def add(self, fd: int, text: str) -> None:
        """Add output, and log the lines that are complete."""
        *lines, rest = (self._rest.get(fd, "") + text).split("\n")
        self._rest[fd] = rest
        for line in lines:
            self._log(line)

    def flush(self) -> None:
        """Log what is left, at the end of the output."""
        for fd in sorted(self._rest):
            if rest := self._rest.pop(fd):
                self._log(rest)
