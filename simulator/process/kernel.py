"""The processes of one container and what happens to them from outside their own code: birth, signals, death, descriptors."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from simulator.objects.process import BY_SIGNAL
from simulator.process import effects as fx
from simulator.process.bounds import MOST_WRITTEN, MOST_WRITTEN_AT_ONCE
from simulator.process.descriptors import BLOCKED, Stream
from simulator.process.host import Files, Host
from simulator.process.signals import IGNORED_BY_DEFAULT, NUMBERS, STOPPING
from simulator.process.tasks import INIT, Job, Task

MOST_LOOKS = 50
"""A turn of a loop that looks at more is run every time."""


class Kernel:
    """The process table. `machine.Machine` runs it through time; `syscalls` answers effects by it.

    Attributes:
        files: The container's file system.
        host: Answers what leaves the container.
        epoch: The wall clock (ns since 1970) at instant 0.
        now: The present instant, in nanoseconds.
        tasks: Processes by pid, in the order in which they started; zombies included until their parent collects them.
        progress: How often a process read something, or wrote into a pipe or a file.
        queries: How often a process looked at what can change by itself.
        changed: Something happened that may end a wait.
        looks: What processes have asked of what can change by itself, and the answers, since a loop asked last (see `pacing.Activity`);
            None: no loop has asked, or something else was asked, which cannot be repeated.
        foreseen: Answers to the next such questions.
        turn: How often a loop has asked.
        written_now: The characters that processes have written at this instant.
        written: The characters that they have written in all.
    """

    def __init__(self, files: Files, host: Host, *, epoch: int, credentials: fx.Credentials) -> None:
        self.files, self.host, self.epoch = files, host, epoch
        self.credentials = credentials
        self.now = 0
        self.tasks: dict[int, Task] = {}
        self.changed = False
        self.progress = self.queries = self.turn = 0
        self.written_now = self.written = 0
        self.looks: list[tuple[fx.Effect, Any]] | None = None
        self.foreseen: deque[tuple[fx.Effect, Any]] = deque()
        self._ready: deque[tuple[Task, Any]] = deque()
        self._next_pid = INIT + 1
        self._unwatch: dict[int, Callable[[], None]] = {}

    def spawn(self, run: fx.Process, argv: tuple[str, ...], parent: int, job: Job, fds: dict[int, Stream]) -> int:
        """Add a process and return its pid; it runs when its turn comes."""
        pid = INIT if job.pid == INIT and not parent else self._next_pid
        self._next_pid += pid != INIT
        for stream in fds.values():
            stream.holders += 1
        task = self.tasks[pid] = Task(pid, parent, argv, run, job, self.epoch + self.now, fds)
        if (forked_from := self.tasks.get(parent)) is not None:
            # POSIX 2.12: ignored signals stay ignored across fork and exec, caught ones go back to their default.
            task.actions = {signal: action for signal, action in forked_from.actions.items() if action == "ignore"}
            task.credentials = forked_from.credentials
            task.relies_on_absence, task.is_optional = forked_from.relies_on_absence, forked_from.is_optional
        else:
            task.credentials = self.credentials
        self._ready.append((task, None))
        return pid

    @property
    def writes_too_much(self) -> bool:
        """Whether the processes write more than a container may."""
        return self.written_now > MOST_WRITTEN_AT_ONCE or self.written > MOST_WRITTEN

    @property
    def started(self) -> int:
        """How many processes have been started."""
        return self._next_pid

    def looked(self, effect: fx.Effect, answer: Any) -> None:
        """Note the answer to a question about what can change by itself."""
        if self.looks is not None:
            self.looks.append((effect, answer))
            if len(self.looks) > MOST_LOOKS:
                self.looks = None

    def foreseen_answer(self, effect: fx.Effect) -> Any:
        """The answer that was foreseen for a question; BLOCKED when none was."""
        return self.foreseen.popleft()[1] if self.foreseen and self.foreseen[0][0] == effect else BLOCKED

    def release(self, task: Task) -> None:
        """End a process' wait, with everything that was set up for it."""
        task.waiting, task.due, task.reply = None, None, BLOCKED
        if unwatch := self._unwatch.pop(task.pid, None):
            unwatch()

    def complain(self, task: Task, text: str) -> None:
        """Write to the process' standard error on its behalf."""
        if stream := task.fds.get(2):
            stream.write(text)

    def finish(self, task: Task, status: int) -> None:
        """End a process: close what it held and tell its parent. The end of process 1 ends all (pid_namespaces(7))."""
        if task.status is not None:
            return
        task.status = status
        task.run.close()
        self.release(task)
        for fd in list(task.fds):
            self.close(task, fd)
        for port in list(task.ports):
            self.stop_listening(task, port)
        self.changed = True
        for child in [t for t in self.tasks.values() if t.parent == task.pid]:
            # Linux hands orphans to process 1. Whether an image's process 1 collects them is unknown, and no script sees a difference.
            child.parent = 0
            if child.status is not None:
                del self.tasks[child.pid]
        if (parent := self.tasks.get(task.parent)) is not None:
            parent.lost_child = True
        if task.job.pid == task.pid:
            task.job.status = status
        if task.parent not in self.tasks or task.pid == INIT:
            self.tasks.pop(task.pid, None)
        if task.pid == INIT:
            for other in list(self.tasks.values()):
                self.finish(other, BY_SIGNAL + NUMBERS["KILL"])
            self.tasks.clear()

    def stop_listening(self, task: Task, port: int) -> None:
        """Close a port of a process. One that it does not listen on stays as it is."""
        if port in task.ports:
            task.ports.remove(port)
            self.host.close_port(port)

    def deliver(self, task: Task, name: str, *, outside: bool = False) -> None:
        """Do to a process what a signal does.

        Inside its container, process 1 gets only the signals that it handles; from outside, SIGKILL ends it too (pid_namespaces(7)).
        """
        action = task.actions.get(name, "default") if name not in ("KILL", "STOP") else "default"
        if action == "handle":
            task.pending.append(name)
            self.changed = True
        elif action == "default" and name not in IGNORED_BY_DEFAULT:
            if name in STOPPING:
                self.host.note("kill", f"signal {name} (processes cannot be stopped and continued)")
            elif task.pid != INIT or (outside and name in ("KILL", "XCPU")):
                task.killed_by = name
                self.finish(task, BY_SIGNAL + NUMBERS[name])

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
