"""Tools that run something repeatedly, or until something changes: watch, retry, wtfc, inotifywait, npx."""

from __future__ import annotations

from simulator.process.effects import AwaitChange, Call, Process, Program, Sleep
from simulator.process.fileio import absolute
from simulator.process.problems import UsageError
from simulator.process.world import InstallPackages
from simulator.units import SECOND
from simulator.userland.children import become, output_of, run
from simulator.userland.durations import duration
from simulator.userland.flags import Flags, seconds, switch, value
from simulator.userland.streams import out


class WatchFlags(Flags, stop=True):
    """The options of watch, of procps and busybox."""

    interval = value("-n", "--interval", default="2")
    until_change = switch("-g", "--chgexit")
    until_error = switch("-e", "--errexit")
    exec = switch("-x", "--exec")
    equal_exit = value("-q", "--equexit")
    without_effect = switch("-t", "--no-title", "-d", "--differences", "-b", "--beep", "-p", "--precise", "-c", "--color", "-w", "-C")


def watch(call: Call) -> Process:
    """`watch [-n seconds] [-g] [-e] command`: with -g until its output changes, with -e until it fails, else forever."""
    given = WatchFlags.parse(call.argv[1:])
    pause = duration(given.interval)
    if not given.operands or pause is None:
        raise UsageError("no command")
    argv = given.operands if given.exec else ["sh", "-c", " ".join(given.operands)]
    before: str | None = None
    while True:
        status, text = yield from output_of(call, argv, place="condition")
        yield from out(text)
        if given.until_change and before is not None and text != before:
            return 0
        if given.until_error and status:
            return 8  # watch(1), EXIT STATUS: the command failed under -e
        before = text
        yield Sleep(pause)


class RetryFlags(Flags, stop=True):
    """The options of retry, in several spellings: there are several tools of this name."""

    times = value("-t", "--times", "--max", "--attempts", default="0")
    delay = seconds("-d", "--delay")
    without_effect = switch("-q", "--quiet", "-v")
    without_effect_values = value("-u", "--until", "-m", "--message", "-w", "--while")


def retry(call: Call) -> Process:
    """`retry [--times=n] [--delay=seconds] [--until=success] [--] command`: again until it ends well, or n times."""
    given = RetryFlags.parse(call.argv[1:])
    limit = int(given.times) if given.times.isdigit() else 0
    tries = 0
    while True:
        status = yield from run(call, given.operands, place="condition")
        tries += 1
        if status == 0 or 0 < limit <= tries:
            return status
        yield Sleep(given.delay or SECOND)


class WtfcFlags(Flags, stop=True):
    """The options of wtfc.sh (wait for the command)."""

    timeout = value("-T", "--timeout", default="1")
    interval = value("-I", "--interval", default="1")
    status = value("-S", "--status", default="0")
    without_effect = switch("-q", "--quiet", "-P", "--print", "-V")


def wtfc(call: Call) -> Process:
    """`wtfc.sh [-T seconds] [-I seconds] [-S status] command`: until it ends with that status, 1 when the time is up."""
    given = WtfcFlags.parse(call.argv[1:])
    limit, pause = duration(given.timeout), duration(given.interval) or SECOND
    argv = ["sh", "-c", " ".join(given.operands)]
    waited = 0
    while str((yield from run(call, argv, place="condition"))) != given.status:
        if limit and waited >= limit:
            return 1
        yield Sleep(pause)
        waited += pause
    return 0


class NpxFlags(Flags, stop=True):
    """The options of npx."""

    without_effect = switch("-y", "--yes", "-q", "--quiet", "-n", "--no-install", "--no")
    without_effect_values = value("-p", "--package", "-c")


def npx(call: Call) -> Process:
    """`npx [-y] command argument ...`: the command of a package, which npx installs first."""
    given = NpxFlags.parse(call.argv[1:])
    if not given.operands:
        return 0
    package, *words = given.operands
    name = package.rpartition("/")[2].partition("@")[0] or package
    yield InstallPackages("npm", (name,))
    return (yield from become(call, (name, *words)))


class InotifyFlags(Flags):
    """The options of inotifywait."""

    timeout = seconds("-t", "--timeout")
    monitor = switch("-m", "--monitor")
    without_effect = switch("-r", "--recursive", "-q", "--quiet")
    without_effect_values = value("-e", "--event", "-x", "--exclude", "--include", "-f", "--format", "-F", "--timefmt")


def inotifywait(call: Call) -> Process:
    """`inotifywait [-t seconds] [-m] [-r] [-e event] path ...`: until something changes; 2 when the time is up."""
    given = InotifyFlags.parse(call.argv[1:])
    path = given.operands[0] if given.operands else "."
    while True:
        if not (yield AwaitChange(absolute(call, path), given.timeout or None)):
            return 2
        yield from out(f"{path} MODIFY\n")
        if not given.monitor:
            return 0


COMMANDS: dict[str, Program] = {
    "inotifywait": inotifywait,
    "npx": npx,
    "retry": retry,
    "watch": watch,
    "wtfc": wtfc,
    "wtfc.sh": wtfc,
}
