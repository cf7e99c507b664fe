"""sleep and usleep."""

from __future__ import annotations

from simulator.process.effects import Call, Process, Program, Sleep
from simulator.units import MICROSECOND
from simulator.userland.busybox.tool import busybox
from simulator.userland.durations import FOREVER, duration
from simulator.userland.streams import complain


def sleep(call: Call) -> Process:
    """`sleep time ...`: the times add up; `infinity` never ends, where the tool knows it (BusyBox from 1.31)."""
    total = 0
    release = yield from busybox()
    if len(call.argv) < 2:
        return (yield from complain(call, "missing operand"))
    for text in call.argv[1:]:
        length = duration(text)
        if length is None or (length == FOREVER and release is not None and not release.sleep_knows_infinity):
            return (yield from complain(call, f"invalid number '{text}'"))
        total = FOREVER if FOREVER in (length, total) else total + length
    # As a builtin it runs in the shell, which handles SIGCHLD.
    yield Sleep(None if total == FOREVER else total, wakes_on_child=release is not None and release.ash_has_sleep)
    return 0


def usleep(call: Call) -> Process:
    """`usleep microseconds`."""
    yield Sleep(int(call.argv[1]) * MICROSECOND if len(call.argv) > 1 and call.argv[1].isdigit() else 0)
    return 0


COMMANDS: dict[str, Program] = {"sleep": sleep, "usleep": usleep}
