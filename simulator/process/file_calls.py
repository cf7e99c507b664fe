"""How the kernel answers effects about files by their paths: stat, list, make, remove, move, link, change, wait for a change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from simulator.process import effects as fx
from simulator.process.descriptors import BLOCKED, Blocked, Inlet
from simulator.process.devices import device
from simulator.process.errno import Errno
from simulator.process.fileio import GetGoal, IsTerminal, ReverseReliance, SetOptional
from simulator.process.kernel import Kernel
from simulator.process.pacing import FilesVersion
from simulator.process.tasks import Task


def note_path(kernel: Kernel, task: Task, path: str, *, wrote: bool = False, relied_on: bool = False) -> None:
    """Note what a job depends on: a probe whose paths have not changed need not run its command again."""
    kernel.queries += 1
    kernel.progress += wrote
    if kernel.looks is not None and not wrote:
        look = (FilesVersion(), kernel.files.changes())
        if look not in kernel.looks:
            kernel.looked(*look)
    task.job.reads.add(path)
    if relied_on:
        task.job.relied_on.add(path)
    task.job.wrote |= wrote


def pass_on_unknown(task: Task) -> None:
    """What a process writes from now on comes from something unknown: `cat file | grep word` may find more than podsim sees."""
    for stream in task.fds.values():
        stream.carries_unknown()


def _stat(kernel: Kernel, task: Task, effect: fx.GetStat) -> fx.Stat | Errno:
    special = device(kernel, task, effect.path)
    if special is Errno.EISDIR:  # /proc/PID
        return fx.Stat("dir", mode=0o555)
    if special is not None:
        kernel.looks = None if effect.path.startswith("/proc") else kernel.looks
        return (
            special
            if isinstance(special, Errno)
            else fx.Stat("device", mode=0o666, unknown=special.is_unknown and not task.relies_on_absence)
        )
    note_path(kernel, task, effect.path, relied_on=bool(effect.relies_on))
    use = task.use(effect.relies_on) if effect.relies_on else ""
    stat = kernel.files.stat(effect.path, follow=effect.follow, who=task.credentials, use=use)
    if task.relies_on_absence and isinstance(stat, fx.Stat) and stat.unknown:
        return structs.replace(stat, unknown=False)
    return stat


def _reverse(_kernel: Kernel, task: Task, _effect: ReverseReliance) -> None:
    task.relies_on_absence = not task.relies_on_absence


def _set_optional(_kernel: Kernel, task: Task, effect: SetOptional) -> None:
    task.is_optional = effect.optional


def _get_goal(_kernel: Kernel, task: Task, _effect: GetGoal) -> bool:
    return not task.relies_on_absence


def _mark_unknown(kernel: Kernel, task: Task, effect: fx.MarkUnknown) -> Errno | None:
    note_path(kernel, task, effect.path, wrote=True)
    return kernel.files.mark_unknown(effect.path, effect.origin, task.credentials)


def _list_dir(kernel: Kernel, task: Task, effect: fx.ListDir) -> tuple[str, ...] | Errno:
    note_path(kernel, task, effect.path)
    names = kernel.files.list(effect.path, task.credentials)
    stat = kernel.files.stat(effect.path, who=task.credentials)
    if isinstance(stat, fx.Stat) and stat.unknown:
        pass_on_unknown(task)
    return names


def _make_dir(kernel: Kernel, task: Task, effect: fx.MakeDir) -> Errno | None:
    note_path(kernel, task, effect.path, wrote=True)
    return kernel.files.make_dir(effect.path, effect.mode, task.credentials)


def _remove(kernel: Kernel, task: Task, effect: fx.Remove) -> Errno | None:
    note_path(kernel, task, effect.path, wrote=True)
    return kernel.files.remove(effect.path, task.credentials)


def _move(kernel: Kernel, task: Task, effect: fx.Move) -> Errno | None:
    note_path(kernel, task, effect.path, wrote=True)
    return kernel.files.move(effect.path, effect.to, task.credentials)


def _link(kernel: Kernel, task: Task, effect: fx.Link) -> Errno | None:
    note_path(kernel, task, effect.path, wrote=True)
    return kernel.files.link(effect.path, effect.target, task.credentials)


def _set_attributes(kernel: Kernel, task: Task, effect: fx.SetAttributes) -> Errno | None:
    note_path(kernel, task, effect.path, wrote=True)
    return kernel.files.set_attributes(
        effect.path, mode=effect.mode, uid=effect.uid, gid=effect.gid, mtime=effect.mtime, who=task.credentials
    )


def _await_change(kernel: Kernel, task: Task, effect: fx.AwaitChange) -> bool | Blocked:
    kernel.looks = None
    version = kernel.files.version(effect.path)
    if task.reply is BLOCKED:  # asked for the first time: what is now there is what has been seen
        task.reply = version
        kernel.watch(task, effect.path)
        task.due = None if effect.timeout is None else kernel.now + effect.timeout
    if task.reply != version:
        return True
    return False if task.due is not None and kernel.now >= task.due else BLOCKED


def _is_terminal(_: Kernel, task: Task, effect: IsTerminal) -> bool:
    stream = task.fds.get(effect.fd)
    return isinstance(stream, Inlet) and stream.is_terminal


FILE_CALLS: dict[type[fx.Effect], Callable[[Kernel, Task, Any], Any]] = {
    fx.GetStat: _stat,
    fx.MarkUnknown: _mark_unknown,
    fx.ListDir: _list_dir,
    fx.MakeDir: _make_dir,
    fx.Remove: _remove,
    fx.Move: _move,
    fx.Link: _link,
    fx.SetAttributes: _set_attributes,
    fx.AwaitChange: _await_change,
    ReverseReliance: _reverse,
    SetOptional: _set_optional,
    GetGoal: _get_goal,
    IsTerminal: _is_terminal,
}
