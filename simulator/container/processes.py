"""The processes of one container in the simulation's time: a shell machine driven by the engine. Imported only where a script runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.container.container_host import ContainerHost, shortened
from simulator.container.work import first_process
from simulator.engine import Engine, Event, Order, Process, Timer
from simulator.process.effects import Call, Stat
from simulator.process.machine import Machine
from simulator.process.tasks import Job

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Outcome(NamedTuple):
    """How a command ended: its exit code and all that it printed. `None` for the code: it was cut off by its time-out."""

    code: int | None
    output: str


class Processes:
    """Process 1 and the commands that are run beside it. `log` gets the lines that process 1 and its children print."""

    def __init__(self, engine: Engine, host: ContainerHost, machine: Machine, env: dict[str, str], cwd: str) -> None:
        self._engine = engine
        self._host = host
        self._machine = machine
        self._env = {"PATH": PATH, "HOME": "/root", **env}
        self._cwd = cwd
        self._main: Job | None = None
        self._ended: Callable[[int], object] = lambda code: None
        self._commands: list[tuple[Job, Event]] = []
        self._timer: Timer | None = None
        self._busy = False
        self._over = False
        self._woken = False
        self.interprets = False
        host.wake = self._wake

    # ---- process 1

    def begin(self, argv: tuple[str, ...], log: Callable[[str], object], ended: Callable[[int], object]) -> None:
        """Start a command as process 1; `ended` hears its exit code."""
        self.interprets = True
        lines = Lines(log)

        def over(code: int) -> None:
            lines.flush()
            ended(code)

        self._ended = over
        self._main = self._machine.start(Call(argv, self._env, self._cwd), out=lines.add)
        self.advance()

    def stand_in(self, name: str, stop: Callable[[], object]) -> None:
        """Process 1 is the work of an image that nobody can look into; `stop` is called when it gets a signal from inside."""
        self._host.stands_in = True
        self._main = self._machine.start(Call((name,), self._env, self._cwd), out=lambda fd, text: None, run=first_process(stop))
        self.advance()

    def signal(self, name: str) -> None:
        """Send process 1 a signal from outside."""
        self._machine.signal(name)
        self.advance()

    def close(self) -> None:
        """The container has ended: nothing goes on."""
        self._over = True
        for pid in list(self._machine.tasks):
            self._machine.signal("KILL", pid)
        self.advance()
        if self._timer is not None:
            self._timer.cancel()

    # ---- commands beside it

    def run(self, argv: tuple[str, ...], timeout: int | None) -> Process[Outcome]:
        """Run a command in the container, at most for `timeout` nanoseconds."""
        said: list[str] = []
        before = self._host.notes + self._host.unheard
        call = Call(argv, self._env, self._cwd)
        job = self._machine.start(call, out=lambda _, text: said.append(text), place="step", beside=True)
        self.advance()
        if job.status is None:
            over = self._engine.event()
            self._commands.append((job, over))
            timer = None if timeout is None else self._engine.call_after(timeout, lambda: over.set(False), Order.OBSERVE)
            in_time = yield over
            if timer is not None:
                timer.cancel()
            if not in_time:
                self._commands = [(other, event) for other, event in self._commands if other is not job]
                self._machine.signal("KILL", job.pid)
                self.advance()
                return Outcome(None, "".join(said))
        code = 0 if job.status is None else job.status
        if code != 0 and (self._host.notes + self._host.unheard != before or self._looks_into_the_image(job)):
            self._host.assume(f"`{shortened(' '.join(argv))}` succeeds", "what it looks at is not known")
            return Outcome(0, "")
        return Outcome(code, "".join(said))

    def _looks_into_the_image(self, job: Job) -> bool:
        """Whether a command only failed for what an image, into which nobody can look, does not show: its files, its processes."""
        if self.interprets:
            return False
        if job.listed:
            return True
        looked = [path for path in job.reads if not isinstance(self._machine.files.stat(path), Stat)]
        return bool(looked) and not job.world and not any(self._host.knows(path) for path in looked)

    # ---- time

    def advance(self) -> None:
        """Do what can be done now, and come back when the next thing is due."""
        if self._busy:
            return
        self._busy, self._woken = True, False
        due = self._machine.run(self._engine.now)
        self._busy = False
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if due is None else self._engine.call_at(due, self.advance, Order.WORLD)
        for job, over in [entry for entry in self._commands if entry[0].status is not None]:
            self._commands = [(other, event) for other, event in self._commands if other is not job]
            over.set(True)
        if self._main is not None and self._main.status is not None and not self._over:
            self._over = True
            self._ended(self._main.status)

    def _wake(self) -> None:
        """A file changed that a process waits for; whoever changed it goes on first."""
        if not self._busy and not self._woken:
            self._woken = True
            self._engine.call_after(0, self.advance, Order.WORLD)


class Lines:
    """Output put together to lines, for each descriptor on its own."""

    def __init__(self, log: Callable[[str], object]) -> None:
        self._log = log
        self._rest: dict[int, str] = {}

    def add(self, fd: int, text: str) -> None:
        """More output; whole lines are logged."""
        *lines, rest = (self._rest.get(fd, "") + text).split("\n")
        self._rest[fd] = rest
        for line in lines:
            self._log(line)

    def flush(self) -> None:
        """The end: what is left is a line, too."""
        for fd in sorted(self._rest):
            if rest := self._rest.pop(fd):
                self._log(rest)
