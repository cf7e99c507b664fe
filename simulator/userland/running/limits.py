"""timeout: another command, for a time. GNU's, and BusyBox' in each release."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulator.objects.process import SIGKILL_EXIT, SIGTERM_EXIT
from simulator.process.effects import Call, Close, Effects, GetPid, Kill, Process, Program, Sleep, Spawn, WaitFor, Write
from simulator.process.problems import UsageError
from simulator.process.signals import signal_name
from simulator.units import SECOND
from simulator.userland.busybox.release import Busybox
from simulator.userland.busybox.tool import bad_option, busybox, usage
from simulator.userland.children import become, start
from simulator.userland.durations import duration
from simulator.userland.flags import Flags, switch, value
from simulator.userland.streams import complain

_TIMED_OUT = 124
_REFUSED = 125
_NOT_FOUND = 127
_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")


class _TimeoutFlags(Flags, stop=True, missing_status=_REFUSED):
    signal = value("-s", "--signal", default="TERM")
    kill_after = value("-k", "--kill-after")
    preserve_status = switch("-p", "--preserve-status")
    old_length = value("-t")
    without_effect = switch("-f", "--foreground", "-v", "--verbose")


def timeout(call: Call) -> Process:
    """`timeout [-s signal] [-k time] time command`, as the image's tools have it."""
    release = yield from busybox()
    return (yield from (_gnu(call) if release is None else _busybox(call, release)))


def _gnu(call: Call) -> Process:
    """GNU's: 124 when the command had to be ended; 137 when it had to be killed. In unknown images the old `-t time` works, too."""
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


class _BusyboxFlags(Flags, stop=True):
    signal = value("-s", default="TERM")
    kill_after = value("-k")
    length = value("-t", default="10")


def _busybox(call: Call, release: Busybox) -> Process:
    """BusyBox': the command takes the tool's own process, and a process beside it sends the signal.

    So the exit code is the command's (143 after TERM), and a command that is process 1 of its container never gets the signal.
    """
    args = call.argv[1:]
    valued = "s" + ("" if release.timeout_takes_operand else "t") + ("k" if release.timeout_kills_after else "")
    problem = bad_option(args[: _options(args, valued)], release, "", valued)
    given = _BusyboxFlags() if problem else _BusyboxFlags.parse(args)
    rest = list(given.operands)
    text = rest.pop(0) if rest and release.timeout_takes_operand else given.length
    if problem or not rest:
        return (yield from usage(call, release, problem))
    length, signal = duration(text), signal_name(given.signal)
    if length is None or not (release.timeout_takes_operand or _NUMBER.fullmatch(text)):
        return (yield from complain(call, f"invalid number '{text}'"))
    if signal is None:
        return (yield from complain(call, f"bad signal name '{given.signal}'"))
    if not length:
        return (yield from _run(call, rest))
    if not release.timeout_counts_fractions:
        length = max(length // SECOND, 1) * SECOND
    kill_after = None if given.kill_after is None else duration(given.kill_after)
    pid, _ = yield GetPid()
    # The watcher is a grandchild, so that the command sees no child that it did not start.
    between = yield Spawn(_parent_of(_watch(pid, length, signal, kill_after)), call.argv)
    yield WaitFor((between,))
    return (yield from _run(call, rest))


def _options(args: Sequence[str], valued: str) -> int:
    """How many arguments stand before the first operand."""
    at = 0
    while at < len(args) and args[at].startswith("-") and args[at] not in ("-", "--"):
        at += 2 if not args[at].startswith("--") and args[at][-1] in valued and len(args[at]) == 2 else 1
    return at


def _run(call: Call, argv: Sequence[str]) -> Process:
    """Become the command; one that does not exist is reported as execvp(3) does it."""
    from simulator.userland.launch import find

    if (yield from find(Call(tuple(argv), call.env, call.cwd))) is None:
        yield Write(2, f"{call.name}: can't execute '{argv[0]}': No such file or directory\n")
        return _NOT_FOUND
    return (yield from become(call, argv))


def _parent_of(child: Process) -> Process:
    """A process that starts another one and leaves it alone."""
    yield Spawn(child, ("timeout",))
    return 0


def _watch(pid: int, length: int, signal: str, kill_after: int | None) -> Process:
    """Send the signal when the time is over, and SIGKILL later; a process that is gone is not there to get it."""
    yield from _close_streams()
    yield Sleep(length)
    gone = yield Kill(pid, signal)
    if gone is None and kill_after is not None:
        yield Sleep(kill_after)
        yield Kill(pid, "KILL")
    return 0


def _close_streams() -> Effects[None]:
    """Keep no pipe open: a reader waits for the command's end, not for the watcher's."""
    for fd in (0, 1, 2):
        yield Close(fd)


COMMANDS: dict[str, Program] = {"timeout": timeout}
