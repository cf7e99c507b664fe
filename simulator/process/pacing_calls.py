"""How the kernel answers the effects of loops without a sleep (see `pacing`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.process import effects as fx
from simulator.process.kernel import Kernel
from simulator.process.pacing import Activity, ActivityCount, FilesVersion, Foresee, Remark
from simulator.process.tasks import Task


def _activity(kernel: Kernel, _: Task, __: Activity) -> ActivityCount:
    looks = None if kernel.looks is None else tuple(kernel.looks)
    kernel.looks = []
    kernel.turn += 1
    kernel.foreseen.clear()
    return ActivityCount(kernel.now, kernel.progress, kernel.queries, kernel.started, len(kernel.tasks), looks)


def _files_version(kernel: Kernel, _: Task, __: FilesVersion) -> int:
    return kernel.files.changes()


def _foresee(kernel: Kernel, _: Task, effect: Foresee) -> None:
    kernel.foreseen.extend(effect.looks)


def _remark(kernel: Kernel, task: Task, effect: Remark) -> None:
    task.job.print(f"podsim: {effect.command}: {effect.text}\n")
    kernel.host.note(effect.command, effect.text)


PACING_CALLS: dict[type[fx.Effect], Callable[[Kernel, Task, Any], Any]] = {
    Activity: _activity,
    FilesVersion: _files_version,
    Foresee: _foresee,
    Remark: _remark,
}
