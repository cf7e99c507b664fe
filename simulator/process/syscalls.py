"""How the kernel answers each effect: one small function per kind, in one table. BLOCKED means: ask again after the next change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from simulator.process import effects as fx
from simulator.process.bounds import MOST_PROCESSES
from simulator.process.descriptors import BLOCKED, Blocked, Noise, OpenFile, PipeBuffer, PipeReader, PipeWriter, Socket, Stream
from simulator.process.devices import device
from simulator.process.errno import Errno
from simulator.process.file_calls import FILE_CALLS, note_path, pass_on_unknown
from simulator.process.kernel import Kernel
from simulator.process.pacing import Stopwatch
from simulator.process.pacing_calls import PACING_CALLS
from simulator.process.tasks import INIT, Task
from simulator.process.world import (
    Connect,
    Follow,
    HasProgram,
    HostName,
    ImageName,
    InstallPackages,
    Kubectl,
    OwnServer,
    Random,
    ShellKind,
    UnknownCommand,
    UseMemory,
    WorldRequest,
)

_ABOUT_ITSELF = (UnknownCommand, OwnServer, Random, ImageName, HostName, HasProgram, InstallPackages, ShellKind, UseMemory)
"""Requests whose answers do not change during the run of a container."""
_UNREPEATABLE = (Random, InstallPackages, Kubectl)
"""Requests that do something, or whose answers are no plain values."""
CANNOT_FORK = 2
"""How dash and BusyBox' ash end when they cannot start a process."""
PRIVATE_FD = 1000  # descriptors from here on are closed in children, as if they were opened with O_CLOEXEC


def answer(kernel: Kernel, task: Task, effect: fx.Effect) -> Any:
    """The answer to `effect`, or BLOCKED."""
    handler = _TABLE.get(type(effect))
    return _world(kernel, task, effect) if handler is None else handler(kernel, task, effect)


# ------------------------------------------------------------------------------------------------------------------- time and signals
def _step(_: Kernel, task: Task, __: fx.Step) -> tuple[str, ...]:
    signals, task.pending = tuple(task.pending), []
    return signals


def _sleep(kernel: Kernel, task: Task, effect: fx.Sleep) -> bool | Blocked:
    if task.pending or (effect.wakes_on_child and task.lost_child):
        return False  # sleep(3) ends when a signal handler has run
    if effect.ns is None:
        return BLOCKED
    if task.due is None and kernel.foreseen_answer(effect) is True:
        return True
    task.due = task.since + max(effect.ns, 0)
    if kernel.now < task.due:
        return BLOCKED
    kernel.looked(effect, True)
    return True


def _now(kernel: Kernel, task: Task, _: fx.Now) -> int:
    kernel.looks = None
    return _stopwatch(kernel, task, _)


def _stopwatch(kernel: Kernel, task: Task, _: fx.Effect) -> int:
    task.job.world = True  # the next run of a probe's command may get another answer
    return kernel.epoch + kernel.now


def _handle(_: Kernel, task: Task, effect: fx.Handle) -> None:
    task.actions[effect.signal] = effect.action


# --------------------------------------------------------------------------------------------------------------------------- processes
def _spawn(kernel: Kernel, task: Task, effect: fx.Spawn) -> int | Blocked:
    if len(kernel.tasks) >= MOST_PROCESSES:
        kernel.complain(task, f"{task.argv[0]}: can't fork: Resource temporarily unavailable\n")
        kernel.finish(task, CANNOT_FORK)
        return BLOCKED
    fds = {fd: stream for fd, stream in task.fds.items() if fd < PRIVATE_FD}
    fds.update({child: task.fds[fd] for child, fd in effect.fds.items() if fd in task.fds})
    return kernel.spawn(effect.run, effect.argv, task.pid, task.job, fds)


def _wait_for(kernel: Kernel, task: Task, effect: fx.WaitFor) -> tuple[int, int, str] | bool | Blocked | None:
    children = [t for t in kernel.tasks.values() if t.parent == task.pid and (not effect.pids or t.pid in effect.pids)]
    if not children:
        return None
    for child in children:
        if child.status is not None:
            del kernel.tasks[child.pid]
            return (child.pid, child.status, child.killed_by)
    if effect.interruptible and task.pending:
        return False
    if effect.timeout is not None:
        task.due = task.since + effect.timeout
        if kernel.now >= task.due:
            return False
    return BLOCKED


def _kill(kernel: Kernel, task: Task, effect: fx.Kill) -> Errno | None:
    if effect.pid == -1:  # kill(2): every process but init and the sender
        targets = [t for t in kernel.tasks.values() if t.pid not in (INIT, task.pid) and t.status is None]
    else:
        targets = [t for t in kernel.tasks.values() if t.pid == abs(effect.pid)]
    if not targets:
        return Errno.ESRCH
    kernel.queries += 1
    kernel.looks = None
    if effect.signal != "0":
        for target in targets:
            kernel.deliver(target, effect.signal)
    return None


def _get_pid(_: Kernel, task: Task, __: fx.GetPid) -> tuple[int, int]:
    return task.pid, task.parent


def _rename(_: Kernel, task: Task, effect: fx.Rename) -> None:
    task.argv = effect.argv


def _processes(kernel: Kernel, task: Task, _: fx.Processes) -> tuple[tuple[int, int, tuple[str, ...], int], ...]:
    task.job.world = task.job.listed = True
    kernel.queries += 1
    kernel.looks = None
    return tuple((t.pid, t.parent, t.argv, t.started) for t in kernel.tasks.values() if t.status is None)


def _credentials(_: Kernel, task: Task, __: fx.GetCredentials) -> fx.Credentials:
    return task.credentials


def _set_umask(_: Kernel, task: Task, effect: fx.SetUmask) -> None:
    task.credentials = msgspec.structs.replace(task.credentials, umask=effect.mask)


# ------------------------------------------------------------------------------------------------------------------------- descriptors
def _put(kernel: Kernel, task: Task, stream: Stream, fd: int | None) -> int:
    if stream.made < 0:
        stream.made = -1 if isinstance(stream, Noise) else kernel.turn
    stream.holders += 1  # before the old one is closed: it may be the same
    if fd is None:
        fd = next(n for n in range(PRIVATE_FD, PRIVATE_FD + 1000) if n not in task.fds)
    else:
        kernel.close(task, fd)
    task.fds[fd] = stream
    return fd


def _open(kernel: Kernel, task: Task, effect: fx.Open) -> int | Errno:
    stream = device(kernel, task, effect.path)
    if stream is None:
        note_path(kernel, task, effect.path, wrote=effect.mode != "r", relied_on=effect.mode == "r")
        node = kernel.files.open(effect.path, effect.mode, task.credentials, task.use("file"))
        if effect.mode == "r" and not isinstance(node, Errno) and node.origin:
            task.job.unknown = True
            pass_on_unknown(task)
        stream = node if isinstance(node, Errno) else OpenFile(node, effect.mode)
    return stream if isinstance(stream, Errno) else _put(kernel, task, stream, effect.fd)


def _pipe(kernel: Kernel, task: Task, _: fx.Pipe) -> tuple[int, int]:
    pipe = PipeBuffer()
    return _put(kernel, task, PipeReader(pipe), None), _put(kernel, task, PipeWriter(pipe), None)


def _dup(kernel: Kernel, task: Task, effect: fx.Dup) -> int | Errno:
    stream = task.fds.get(effect.fd)
    return Errno.EBADF if stream is None else _put(kernel, task, stream, effect.to)


def _close(kernel: Kernel, task: Task, effect: fx.Close) -> None:
    kernel.close(task, effect.fd)


def _read(kernel: Kernel, task: Task, effect: fx.Read) -> str | Errno | Blocked:
    stream = task.fds.get(effect.fd)
    if stream is None:
        return Errno.EBADF
    if isinstance(stream, Socket) and not stream.answered:
        # The first read sends what was written, and waits as long as the answer takes.
        value = _world(kernel, task, stream.request())
        if isinstance(value, Blocked):
            return value
        stream.answer(value)
    text = stream.read(effect.amount)
    if stream.is_unknown:
        pass_on_unknown(task)
    if text is not BLOCKED:
        kernel.changed = True
        is_own = stream.made == kernel.turn
        kernel.progress += bool(text) and not is_own
        if not is_own and type(stream) is not Stream:
            kernel.looks = None
    return text


def _write(kernel: Kernel, task: Task, effect: fx.Write) -> Errno | Blocked | None:
    stream = task.fds.get(effect.fd)
    if stream is None:
        return Errno.EBADF
    result = stream.write(effect.data)
    if result is Errno.EPIPE and task.actions.get("PIPE") != "ignore":
        kernel.deliver(task, "PIPE")
    if result is not BLOCKED:
        kernel.changed = True
        kernel.written_now += len(effect.data)
        kernel.written += len(effect.data)
        kernel.progress += isinstance(stream, OpenFile) or (isinstance(stream, PipeWriter) and stream.made != kernel.turn)
    return result


# --------------------------------------------------------------------------------------------------------------------------- the world
def _listen(kernel: Kernel, task: Task, effect: fx.Listen) -> Errno | None:
    kernel.looks = None
    if any(effect.port in t.ports for t in kernel.tasks.values() if t.status is None):
        # Of two programs of one container that may listen there, one does: which of them makes no difference to clients.
        return None if effect.guessed else Errno.EADDRINUSE
    if not kernel.host.open_port(effect):
        return Errno.EADDRINUSE
    task.ports.append(effect.port)
    return None


def _stop_listening(kernel: Kernel, task: Task, effect: fx.StopListening) -> None:
    kernel.stop_listening(task, effect.port)


def _unsupported(kernel: Kernel, _: Task, effect: fx.Unsupported) -> None:
    kernel.host.note(effect.command, effect.what)


def _world(kernel: Kernel, task: Task, request: Any) -> Any:
    """Ask the host once; its answer is of now, but arrives when its time has passed."""
    assert isinstance(request, WorldRequest), f"no answer to {request!r}"
    about_itself = isinstance(request, _ABOUT_ITSELF)
    if task.reply is BLOCKED:
        task.job.world |= not about_itself
        kernel.queries += not about_itself
        task.reply = kernel.foreseen_answer(request)
        if task.reply is BLOCKED:
            reply = kernel.host.ask(request)
            task.reply, task.due = reply.value, kernel.now + max(reply.after, 0)
    if task.due is not None and kernel.now < task.due:
        return BLOCKED
    if isinstance(request, _UNREPEATABLE):
        kernel.looks = None
    elif not about_itself:
        kernel.looked(request, task.reply)
    if isinstance(request, Connect) and task.reply is None:
        return _put(kernel, task, Socket(request.host, request.port), None)
    return task.reply


def _follow(_: Kernel, __: Task, effect: Follow) -> Any:
    printed, code = effect.running.read()
    return BLOCKED if not printed and code is None else (printed, code)


_TABLE: dict[type[fx.Effect], Callable[[Kernel, Task, Any], Any]] = {
    **FILE_CALLS,
    **PACING_CALLS,
    fx.Step: _step,
    fx.Sleep: _sleep,
    fx.Now: _now,
    Stopwatch: _stopwatch,
    fx.Handle: _handle,
    fx.Spawn: _spawn,
    fx.WaitFor: _wait_for,
    fx.Kill: _kill,
    fx.GetPid: _get_pid,
    fx.Rename: _rename,
    fx.Processes: _processes,
    fx.GetCredentials: _credentials,
    fx.SetUmask: _set_umask,
    fx.Open: _open,
    fx.Pipe: _pipe,
    fx.Dup: _dup,
    fx.Close: _close,
    fx.Read: _read,
    fx.Write: _write,
    fx.Listen: _listen,
    fx.StopListening: _stop_listening,
    fx.Unsupported: _unsupported,
    Follow: _follow,
}
