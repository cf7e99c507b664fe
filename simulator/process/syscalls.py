"""How the kernel answers each effect: one small function per kind, in one table. BLOCKED means: ask again when something changed."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any

import msgspec

from simulator.process import effects as fx
from simulator.process.descriptors import BLOCKED, OpenFile, PipeBuffer, PipeReader, PipeWriter, Socket, Stream
from simulator.process.devices import device, image_directory
from simulator.process.errno import Errno
from simulator.process.kernel import Kernel
from simulator.process.tasks import INIT, Task
from simulator.process.world import Connect, Follow, HostName, ImageFile, OwnServer, Random, UnknownCommand, WorldRequest

PRIVATE_FD = 1000  # descriptors from here on are not inherited


def answer(kernel: Kernel, task: Task, effect: fx.Effect) -> Any:
    """The answer to `effect`, or BLOCKED."""
    handler = _TABLE.get(type(effect))
    return _world(kernel, task, effect) if handler is None else handler(kernel, task, effect)


# ------------------------------------------------------------------------------------------------------------------- time and signals
def _step(_: Kernel, task: Task, __: fx.Step) -> tuple[str, ...]:
    signals, task.pending = tuple(task.pending), []
    return signals


def _sleep(kernel: Kernel, task: Task, effect: fx.Sleep) -> Any:
    if task.pending:
        return False
    if effect.ns is None:
        return BLOCKED
    task.due = task.since + max(effect.ns, 0)
    return True if kernel.now >= task.due else BLOCKED


def _now(kernel: Kernel, task: Task, _: fx.Now) -> int:
    task.job.world = True
    return kernel.epoch + kernel.now


def _handle(_: Kernel, task: Task, effect: fx.Handle) -> None:
    task.actions[effect.signal] = effect.action


# --------------------------------------------------------------------------------------------------------------------------- processes
def _spawn(kernel: Kernel, task: Task, effect: fx.Spawn) -> int:
    fds = {fd: stream for fd, stream in task.fds.items() if fd < PRIVATE_FD}
    fds.update({child: task.fds[fd] for child, fd in effect.fds.items() if fd in task.fds})
    return kernel.spawn(effect.run, effect.argv, task.pid, task.job, fds)


def _wait_for(kernel: Kernel, task: Task, effect: fx.WaitFor) -> Any:
    children = [t for t in kernel.tasks.values() if t.parent == task.pid and (not effect.pids or t.pid in effect.pids)]
    if not children:
        return None
    for child in children:
        if child.status is not None:
            del kernel.tasks[child.pid]
            return (child.pid, child.status)
    if effect.interruptible and task.pending:
        return False
    if effect.timeout is not None:
        task.due = task.since + effect.timeout
        if kernel.now >= task.due:
            return False
    return BLOCKED


def _kill(kernel: Kernel, task: Task, effect: fx.Kill) -> Errno | None:
    if effect.pid == -1:
        targets = [t for t in kernel.tasks.values() if t.pid not in (INIT, task.pid) and t.status is None]
    else:
        targets = [t for t in kernel.tasks.values() if t.pid == abs(effect.pid)]
    if not targets:
        return Errno.ESRCH
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
    return tuple((t.pid, t.parent, t.argv, t.started) for t in kernel.tasks.values() if t.status is None)


def _credentials(_: Kernel, task: Task, __: fx.GetCredentials) -> fx.Credentials:
    return task.credentials


def _set_umask(_: Kernel, task: Task, effect: fx.SetUmask) -> None:
    task.credentials = msgspec.structs.replace(task.credentials, umask=effect.mask)


# ------------------------------------------------------------------------------------------------------------------------- descriptors
def _put(kernel: Kernel, task: Task, stream: Stream, fd: int | None) -> int:
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
        _looked(task, effect.path, wrote=effect.mode != "r")
        node = kernel.files.open(effect.path, effect.mode, task.credentials)
        if node is Errno.ENOENT and effect.mode != "r" and image_directory(kernel, posixpath.dirname(effect.path), task):
            node = kernel.files.open(effect.path, effect.mode, task.credentials)
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


def _read(kernel: Kernel, task: Task, effect: fx.Read) -> Any:
    stream = task.fds.get(effect.fd)
    if stream is None:
        return Errno.EBADF
    if isinstance(stream, Socket) and not stream.answered:
        value = _world(kernel, task, stream.request())
        if value is BLOCKED:
            return BLOCKED
        stream.answer(value)
    text = stream.read(effect.amount)
    if text is not BLOCKED:
        kernel.changed = True
    return text


def _write(kernel: Kernel, task: Task, effect: fx.Write) -> Any:
    stream = task.fds.get(effect.fd)
    if stream is None:
        return Errno.EBADF
    result = stream.write(effect.data)
    if result is Errno.EPIPE and task.actions.get("PIPE") != "ignore":
        kernel.deliver(task, "PIPE")
    if result is not BLOCKED:
        kernel.changed = True
    return result


# ------------------------------------------------------------------------------------------------------------------------------- files
def _looked(task: Task, path: str, *, wrote: bool = False) -> None:
    task.job.reads.add(path)
    task.job.wrote |= wrote


def _stat(kernel: Kernel, task: Task, effect: fx.GetStat) -> fx.Stat | Errno:
    special = device(kernel, task, effect.path)
    if special is Errno.EISDIR:
        return fx.Stat("dir", mode=0o555)
    if special is not None:
        return special if isinstance(special, Errno) else fx.Stat("device", mode=0o666)
    _looked(task, effect.path)
    return kernel.files.stat(effect.path, follow=effect.follow, who=task.credentials)


def _list_dir(kernel: Kernel, task: Task, effect: fx.ListDir) -> tuple[str, ...] | Errno:
    _looked(task, effect.path)
    return kernel.files.list(effect.path, task.credentials)


def _make_dir(kernel: Kernel, task: Task, effect: fx.MakeDir) -> Errno | None:
    _looked(task, effect.path, wrote=True)
    return kernel.files.make_dir(effect.path, effect.mode, task.credentials)


def _remove(kernel: Kernel, task: Task, effect: fx.Remove) -> Errno | None:
    _looked(task, effect.path, wrote=True)
    return kernel.files.remove(effect.path, task.credentials)


def _move(kernel: Kernel, task: Task, effect: fx.Move) -> Errno | None:
    _looked(task, effect.path, wrote=True)
    return kernel.files.move(effect.path, effect.to, task.credentials)


def _link(kernel: Kernel, task: Task, effect: fx.Link) -> Errno | None:
    _looked(task, effect.path, wrote=True)
    return kernel.files.link(effect.path, effect.target, task.credentials)


def _set_attributes(kernel: Kernel, task: Task, effect: fx.SetAttributes) -> Errno | None:
    _looked(task, effect.path, wrote=True)
    return kernel.files.set_attributes(
        effect.path, mode=effect.mode, uid=effect.uid, gid=effect.gid, mtime=effect.mtime, who=task.credentials
    )


def _await_change(kernel: Kernel, task: Task, effect: fx.AwaitChange) -> Any:
    version = kernel.files.version(effect.path)
    if task.reply is BLOCKED:
        task.reply = version
        kernel.watch(task, effect.path)
        task.due = None if effect.timeout is None else kernel.now + effect.timeout
    if task.reply != version:
        return True
    return False if task.due is not None and kernel.now >= task.due else BLOCKED


# --------------------------------------------------------------------------------------------------------------------------- the world
def _listen(kernel: Kernel, task: Task, effect: fx.Listen) -> Errno | None:
    if any(effect.port in t.ports for t in kernel.tasks.values() if t.status is None):
        return Errno.EADDRINUSE
    task.ports.append(effect.port)
    kernel.host.listening(effect.port, effect)
    return None


def _stop_listening(kernel: Kernel, task: Task, effect: fx.StopListening) -> None:
    kernel.stop_listening(task, effect.port)


def _unsupported(kernel: Kernel, _: Task, effect: fx.Unsupported) -> None:
    kernel.host.note(effect.command, effect.what)


def _world(kernel: Kernel, task: Task, request: Any) -> Any:
    """Ask the host once; its answer arrives when its time has passed."""
    assert isinstance(request, WorldRequest), f"no answer to {request!r}"
    if task.reply is BLOCKED:
        task.job.world |= not isinstance(request, UnknownCommand | OwnServer | Random | ImageFile | HostName)
        reply = kernel.host.ask(request)
        task.reply, task.due = reply.value, kernel.now + max(reply.after, 0)
    if task.due is not None and kernel.now < task.due:
        return BLOCKED
    if isinstance(request, Connect) and task.reply is None:
        return _put(kernel, task, Socket(request.host, request.port), None)
    return task.reply


def _follow(_: Kernel, __: Task, effect: Follow) -> Any:
    printed, code = effect.running.read()
    return BLOCKED if not printed and code is None else (printed, code)


_TABLE: dict[type[fx.Effect], Callable[[Kernel, Task, Any], Any]] = {
    fx.Step: _step,
    fx.Sleep: _sleep,
    fx.Now: _now,
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
    fx.GetStat: _stat,
    fx.ListDir: _list_dir,
    fx.MakeDir: _make_dir,
    fx.Remove: _remove,
    fx.Move: _move,
    fx.Link: _link,
    fx.SetAttributes: _set_attributes,
    fx.AwaitChange: _await_change,
    fx.Listen: _listen,
    fx.StopListening: _stop_listening,
    fx.Unsupported: _unsupported,
    Follow: _follow,
}
