"""timeout: another command, for a time."""

from __future__ import annotations

from simulator.objects.process import SIGKILL_EXIT, SIGTERM_EXIT
from simulator.process.effects import Call, Kill, Process, Program, WaitFor
from simulator.process.problems import UsageError
from simulator.process.signals import signal_name
from simulator.userland.children import start
from simulator.userland.durations import duration
from simulator.userland.flags import Flags, switch, value

_TIMED_OUT = 124
_REFUSED = 125


class _TimeoutFlags(Flags, stop=True, missing_status=_REFUSED):
    signal = value("-s", "--signal", default="TERM")
    kill_after = value("-k", "--kill-after")
    preserve_status = switch("-p", "--preserve-status")
    old_length = value("-t")
    without_effect = switch("-f", "--foreground", "-v", "--verbose")


def timeout(call: Call) -> Process:
    """`timeout [-s signal] [-k time] time command`: 124 when the command had to be ended; 137 when it had to be killed.

    busybox before 1.30 wrote the time as `-t time`, and ended with 143.
    """
    given = _TimeoutFlags.parse(call.argv[1:])
    rest = list(given.operands)
    if given.old_length is not None:
        length = duration(given.old_length)
    else:
        length = duration(rest.pop(0)) if rest else None
    signal = signal_name(given.signal)
    if length is None or not rest or signal is None:
        raise UsageError("invalid time interval or missing command", _REFUSED)
    pid = yield from start(call, rest)
    ended = yield WaitFor((pid,), timeout=length or None)  # GNU: a time of 0 is no limit
    if ended:
        return int(ended[1])
    yield Kill(pid, signal)
    ended = yield WaitFor((pid,), timeout=None if given.kill_after is None else duration(given.kill_after))
    if not ended:
        yield Kill(pid, "KILL")
        yield WaitFor((pid,))
        return SIGKILL_EXIT
    if given.preserve_status:
        return int(ended[1])
    return _TIMED_OUT if given.old_length is None else SIGTERM_EXIT


COMMANDS: dict[str, Program] = {"timeout": timeout}
