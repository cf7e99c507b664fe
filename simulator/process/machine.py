"""The machine that drives the processes of one container through simulated time.

A host (the container runtime, or a for-loop with a fake clock) needs this much::

    machine = Machine(files, host, launch, epoch=0)   # launch(call, place): a command line as a process; epoch: wall clock (ns)
    job = machine.start(Call(("sh", "-c", script), env), out=lambda fd, text: ...)
    due = machine.run(now)                            # do all that can be done at `now`; the next instant to call again, or None
    job.status                                        # None while it runs, then the exit code
    machine.signal("TERM")                            # to process 1 (or `pid=`); call run(now) afterwards

The first job is process 1: when it ends, so do all others. Later jobs are execs (probes, hooks). After any outside event (a signal, a new
job, `Host.wake`) call `run` again at that instant. Instants and durations are integer nanoseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.errors import SimulatorError
from simulator.objects.process import BY_SIGNAL
from simulator.process import effects as fx
from simulator.process.bounds import LARGEST_TEXT, MOST_WRITTEN, OutOfMemoryError
from simulator.process.descriptors import BLOCKED, Sink, Stream
from simulator.process.host import Files, Host
from simulator.process.kernel import Kernel
from simulator.process.problems import NotSimulatedError
from simulator.process.signals import NUMBERS
from simulator.process.syscalls import answer as answer_effect
from simulator.process.tasks import INIT, Job, Task
from simulator.process.world import UseMemory

fence = True
"""Whether an error in podsim's own code of a tool ends only the process that runs it. podsim's tests run without it."""
NOT_SIMULATED, PODSIM_FAILED = 2, 70
"""Exit codes of podsim's own: what the process does is not simulated (as a usage error), or failed (EX_SOFTWARE of sysexits)."""
STEP_BUDGET = 200_000  # effects within one instant before a process is cut off
RUNAWAY = "a loop that takes no simulated time was stopped (add a sleep)"
WRITES_TOO_MUCH = f"stopped after its container had written {MOST_WRITTEN} characters"

Launch = Callable[[fx.Call, str], fx.Process]
"""Turns a command line into a process; the text is the place of an unknown command in it (see `UnknownCommand`)."""


def _killed_by_memory(amount: int) -> fx.Process:
    """The rest of a process that needs too much memory: with its container if that has a limit, else alone."""
    yield UseMemory(amount)
    return BY_SIGNAL + NUMBERS["KILL"]


class Machine(Kernel):
    """The processes of one container, and the loop that runs them."""

    def __init__(
        self,
        files: Files,
        host: Host,
        launch: Launch,
        *,
        epoch: int = 0,
        step_budget: int = STEP_BUDGET,
        credentials: fx.Credentials = fx.ROOT,
    ) -> None:
        super().__init__(files, host, epoch=epoch, credentials=credentials)
        self._launch = launch
        self._has_init = False
        self._budget, self._steps = step_budget, 0
        self._cut_off = -1  # the instant at which a process was cut off last

    # -------------------------------------------------------------------------------------------------------------- for the container
    def start(
        self,
        call: fx.Call,
        *,
        out: Callable[[int, str], None],
        stdin: Stream | None = None,
        run: fx.Process | None = None,
        place: str = "last",
        beside: bool = False,
    ) -> Job:
        """Start a command (or the ready-made process `run`) as process 1, or beside it. `out(fd, text)` gets its output.

        The first job is process 1, unless it runs `beside` one that has not started yet.
        `place` is what an unknown command in it is assumed to be (see `UnknownCommand`); a probe is not a container's work, but a "step".
        """
        streams = {0: stdin or Stream(), 1: Sink(lambda text: out(1, text)), 2: Sink(lambda text: out(2, text))}
        pid = self._next_pid if beside or self._has_init else INIT
        self._has_init |= pid == INIT
        job = Job(pid, lambda text: out(2, text))
        self.spawn(run or self._launch(call, place), call.argv, 0, job, dict(streams))
        return job

    def signal(self, name: str, pid: int = INIT) -> None:
        """Send a signal from outside: KILL ends even process 1."""
        if (task := self.tasks.get(pid)) is not None and task.status is None:
            self.deliver(task, name, outside=True)

    def run(self, now: int) -> int | None:
        """Do everything that can be done at `now` (never before the last call's). The next instant something is due, or None."""
        if now > self.now:
            self._steps = self.written_now = 0
        self.now, self.changed = now, True
        while True:
            while self._ready:
                task, answer = self._ready.popleft()
                if task.status is None:
                    self._advance(task, answer)
            if not self.changed:
                break
            self.changed = False
            self._retry()
        return min((t.due for t in self.tasks.values() if t.status is None and t.due is not None), default=None)

    # -------------------------------------------------------------------------------------------------------------------- the loop
    def _retry(self) -> None:
        """Try again what processes wait for. In the order of their pids: a run must not depend on who happened to wait first."""
        for task in [t for t in self.tasks.values() if t.waiting is not None and t.status is None]:
            assert task.waiting is not None
            answer = answer_effect(self, task, task.waiting)
            if answer is not BLOCKED:
                self.release(task)
                self._ready.append((task, answer))

    def _advance(self, task: Task, answer: Any) -> None:
        """Run one process until it has to wait or ends."""
        while task.status is None:
            self._steps += 1
            if self._steps > self._budget or self.writes_too_much:
                self._cut_off_runaway(task)
                return
            try:
                effect = task.run.send(answer)
            except StopIteration as stop:
                self.finish(task, int(stop.value or 0) & 255)
                return
            except Exception as error:
                if not self._ends_by(task, error):
                    raise
                answer = None
                continue
            task.since, task.lost_child = self.now, False
            answer = answer_effect(self, task, effect)
            if answer is BLOCKED:
                task.waiting = effect
                return
            task.due, task.reply = None, BLOCKED

    def _ends_by(self, task: Task, error: Exception) -> bool:
        """End a process whose own code has failed, as its real tool would. False: the error is not the process' own."""
        name = task.argv[0]
        if isinstance(error, RecursionError):
            # A shell function that calls itself without end: real shells overflow their stack and die of SIGSEGV.
            self.complain(task, f"{name}: maximum function nesting level exceeded\n")
            task.killed_by = "SEGV"
            self.finish(task, BY_SIGNAL + NUMBERS["SEGV"])
        elif isinstance(error, OutOfMemoryError):
            self.host.note(" ".join(task.argv), f"needs {error}, and podsim holds texts of at most {LARGEST_TEXT}")
            task.run = _killed_by_memory(error.amount)
        elif isinstance(error, NotSimulatedError):
            self.host.note(name, str(error))
            self.complain(task, f"{name}: {error} is not simulated\n")
            self.finish(task, NOT_SIMULATED)
        elif fence and not isinstance(error, SimulatorError):
            self.complain(task, f"{name}: podsim failed: {type(error).__name__}: {error}\n")
            self.host.note(" ".join(task.argv), f"podsim failed with {type(error).__name__}: {error}; this is a bug in podsim")
            self.finish(task, PODSIM_FAILED)
        else:
            return False
        return True

    def _cut_off_runaway(self, task: Task) -> None:
        """End a process that never waits: simulated time would stand still forever."""
        why = WRITES_TOO_MUCH if self.written > MOST_WRITTEN else RUNAWAY
        self.complain(task, f"{task.argv[0]}: {why}\n")
        self.host.note(" ".join(task.argv), why)
        self._steps = self.written_now = 0
        # The second one at the same instant was started by a loop around it: end that loop's process 1, or cutting off never ends.
        again, self._cut_off = self._cut_off == self.now, self.now
        init = self.tasks.get(1)
        self.finish(init if again and init is not None else task, BY_SIGNAL + NUMBERS["XCPU"])
