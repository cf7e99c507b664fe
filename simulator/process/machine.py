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

from collections import deque
from collections.abc import Callable
from typing import Any

from simulator.process import effects as fx
from simulator.process.descriptors import BLOCKED, Given, Sink, Stream
from simulator.process.host import Files, Host
from simulator.process.signals import IGNORED_BY_DEFAULT, NUMBERS, STOPPING
from simulator.process.syscalls import answer as answer_effect
from simulator.process.tasks import Job, Task

STEP_BUDGET = 200_000  # effects within one instant before a process is cut off
RUNAWAY = "a loop that takes no simulated time was cut off (put a sleep in it)"

Launch = Callable[[fx.Call, str], fx.Process]
"""Turns a command line into a process; the text is the place of an unknown command in it (see `UnknownCommand`)."""


class Machine:
    """The processes of one container."""

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
        self.files, self.host, self.epoch = files, host, epoch
        self._launch = launch
        self.credentials = credentials
        self.now = 0
        self.tasks: dict[int, Task] = {}
        self.changed = False  # something happened that may end a wait
        self._budget, self._steps = step_budget, 0
        self._cut_off = -1  # the instant at which a process was cut off last
        self._ready: deque[tuple[Task, Any]] = deque()
        self._next_pid = 1
        self._unwatch: dict[int, Callable[[], None]] = {}

    # -------------------------------------------------------------------------------------------------------------- for the container
    def start(
        self, call: fx.Call, *, out: Callable[[int, str], None], stdin: str = "", run: fx.Process | None = None, place: str = "last"
    ) -> Job:
        """Start a command (or the ready-made process `run`) as process 1, or beside it. `out(fd, text)` gets its output.

        `place`: what an unknown command in it is taken for (see `UnknownCommand`); a probe is no container's work, but a "step".
        """
        streams = {0: Given(stdin), 1: Sink(lambda text: out(1, text)), 2: Sink(lambda text: out(2, text))}
        job = Job(self._next_pid)
        self.spawn(run or self._launch(call, place), call.argv, 0, job, dict(streams))
        return job

    def signal(self, name: str, pid: int = 1) -> None:
        """Send a signal from outside: KILL ends even process 1."""
        if (task := self.tasks.get(pid)) is not None and task.status is None:
            self.deliver(task, name, outside=True)

    def run(self, now: int) -> int | None:
        """Do everything that can be done at `now` (never before the last call's). The next instant something is due, or None."""
        self._steps = 0 if now > self.now else self._steps
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

    # --------------------------------------------------------------------------------------------------------------------- the engine
    def spawn(self, run: fx.Process, argv: tuple[str, ...], parent: int, job: Job, fds: dict[int, Stream]) -> int:
        """Add a process; it runs when its turn comes."""
        pid, self._next_pid = self._next_pid, self._next_pid + 1
        for stream in fds.values():
            stream.holders += 1
        actions = {s: a for s, a in self.tasks[parent].actions.items() if a == "ignore"} if parent in self.tasks else {}
        who = self.tasks[parent].credentials if parent in self.tasks else self.credentials
        task = self.tasks[pid] = Task(pid, parent, argv, run, job, self.epoch + self.now, fds, actions=actions, credentials=who)
        self._ready.append((task, None))
        return pid

    def _retry(self) -> None:
        """Try again what processes wait for, in the order of their pids."""
        for task in [t for t in self.tasks.values() if t.waiting is not None and t.status is None]:
            assert task.waiting is not None
            answer = answer_effect(self, task, task.waiting)
            if answer is not BLOCKED:
                self._release(task)
                self._ready.append((task, answer))

    def _release(self, task: Task) -> None:
        task.waiting, task.due, task.reply = None, None, BLOCKED
        if unwatch := self._unwatch.pop(task.pid, None):
            unwatch()

    def _advance(self, task: Task, answer: Any) -> None:
        """Run one process until it has to wait or is over."""
        while task.status is None:
            self._steps += 1
            if self._steps > self._budget:
                self._runaway(task)
                return
            try:
                effect = task.run.send(answer)
            except StopIteration as stop:
                self.finish(task, int(stop.value or 0) & 255)
                return
            except RecursionError:
                self.complain(task, f"{task.argv[0]}: maximum function nesting level exceeded\n")
                self.finish(task, 128 + NUMBERS["SEGV"])
                return
            task.since = self.now
            answer = answer_effect(self, task, effect)
            if answer is BLOCKED:
                task.waiting = effect
                return
            task.due, task.reply = None, BLOCKED

    def _runaway(self, task: Task) -> None:
        self.complain(task, f"{task.argv[0]}: {RUNAWAY}\n")
        self.host.note(" ".join(task.argv), RUNAWAY)
        self._steps = 0
        # Whoever starts one runaway after the other is one itself.
        again, self._cut_off = self._cut_off == self.now, self.now
        init = self.tasks.get(1)
        self.finish(init if again and init is not None else task, 128 + NUMBERS["XCPU"])

    def complain(self, task: Task, text: str) -> None:
        """Write to the process' standard error on its behalf."""
        if stream := task.fds.get(2):
            stream.write(text)

    def finish(self, task: Task, status: int) -> None:
        """The process is over: close what it held, tell its parent; the end of process 1 is the end of all."""
        if task.status is not None:
            return
        task.status = status
        task.run.close()
        self._release(task)
        for fd in list(task.fds):
            self.close(task, fd)
        for port in task.ports:
            self.host.listening(port, None)
        self.changed = True
        for child in [t for t in self.tasks.values() if t.parent == task.pid]:
            child.parent = 0
            if child.status is not None:
                del self.tasks[child.pid]
        if task.job.pid == task.pid:
            task.job.status = status
        if task.parent not in self.tasks or task.pid == 1:
            self.tasks.pop(task.pid, None)
        if task.pid == 1:
            for other in list(self.tasks.values()):
                self.finish(other, 128 + NUMBERS["KILL"])
            self.tasks.clear()

    def deliver(self, task: Task, name: str, *, outside: bool = False) -> None:
        """Do to a process what a signal does. Inside its container, process 1 only gets signals that it handles (pid_namespaces(7))."""
        action = task.actions.get(name, "default") if name not in ("KILL", "STOP") else "default"
        if action == "handle":
            task.pending.append(name)
            self.changed = True
        elif action == "default" and name not in IGNORED_BY_DEFAULT:
            if name in STOPPING:
                self.host.note("kill", f"signal {name} (processes cannot be stopped and continued)")
            elif task.pid != 1 or (outside and name in ("KILL", "XCPU")):
                self.finish(task, 128 + NUMBERS[name])

    def close(self, task: Task, fd: int) -> None:
        """Close one descriptor of a process."""
        stream = task.fds.pop(fd, None)
        if stream is not None:
            stream.holders -= 1
            if stream.holders == 0:
                stream.closed()
                self.changed = True

    def watch(self, task: Task, path: str) -> None:
        """Have the host wake us when the volume of `path` changes while this process waits."""

        def changed() -> None:
            self.changed = True
            self.host.wake()

        if task.pid not in self._unwatch:
            self._unwatch[task.pid] = self.files.watch(path, changed)
