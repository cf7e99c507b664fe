"""Processes and their surroundings: sleep, timeout, env, kill, ps, hostname and the wrappers that run other commands."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from simulator.process.effects import Call, Effect, GetPid, Kill, Now, Processes, Program, Read, Sleep
from simulator.process.errno import Errno
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.process.signals import NAMES, NUMBERS, signal_name
from simulator.process.world import HostName, Random
from simulator.units import SECOND
from simulator.userland.durations import duration
from simulator.userland.flags import integer
from simulator.userland.kubectl.letters import long_options, options
from simulator.userland.streams import Gen, complain, out


def sleep(call: Call) -> Gen:
    """`sleep time ...`: the times add up."""
    total = 0
    if len(call.argv) < 2:
        return (yield from complain(call, "missing operand"))
    for text in call.argv[1:]:
        length = duration(text)
        if length is None:
            return (yield from complain(call, f"invalid number '{text}'"))
        total = -1 if length < 0 or total < 0 else total + length
    yield Sleep(None if total < 0 else total)
    return 0


def usleep(call: Call) -> Gen:
    """`usleep microseconds`."""
    yield Sleep(int(call.argv[1]) * 1000 if len(call.argv) > 1 and call.argv[1].isdigit() else 0)
    return 0


def kill(call: Call) -> Gen:
    """`kill [-signal | -s signal] pid ...`, `kill -l`, `kill -0 pid`."""
    args = list(call.argv[1:])
    signal: str | None = "TERM"
    if args[:1] == ["-l"]:
        number = int(args[1]) & 127 if len(args) > 1 and args[1].isdigit() else 0
        yield from out((NAMES.get(number, "") if number else " ".join(NUMBERS)) + "\n")
        return 0
    if args and args[0] in ("-s", "-n") and len(args) > 1:
        signal = signal_name(args[1])
        args = args[2:]
    elif args and re.fullmatch(r"-[A-Za-z0-9]+", args[0]):
        signal = signal_name(args.pop(0)[1:])
    if args[:1] == ["--"]:
        args = args[1:]
    if signal is None:
        return (yield from complain(call, f"bad signal name '{call.argv[1]}'"))
    if not args:
        return (yield from complain(call, "you need to specify whom to kill"))
    status = 0
    for text in args:
        if not re.fullmatch(r"-?\d+", text):
            status = yield from complain(call, f"invalid number '{text}'")
        elif (yield Kill(int(text), signal)) is not None:
            status = yield from complain(call, f"can't kill pid {text}: {Errno.ESRCH}")
    return status


def find_processes(pattern: str, *, full_line: bool, exact: bool) -> Generator[Effect, Any, list[tuple[int, tuple[str, ...]]]]:
    """(pid, argv) of the other processes whose name, or whole line, matches."""
    own, _ = yield GetPid()
    table = yield Processes()
    try:
        test = re.compile(pattern)
    except re.error:
        raise UsageError(f"invalid regular expression '{pattern}'", 2) from None
    found = []
    for pid, _, argv, _ in table:
        name = argv[0].rsplit("/", 1)[-1]
        subject = " ".join(argv) if full_line else name
        if pid != own and (test.fullmatch(subject) if exact else test.search(subject)):
            found.append((pid, argv))
    return found


def pgrep(call: Call) -> Gen:
    """`pgrep [-flxoan] pattern`, `pkill [-signal] pattern`: 1 when nothing matches."""
    args = list(call.argv[1:])
    signal: str | None = "TERM"
    if call.name == "pkill" and args and signal_name(args[0].removeprefix("-")) and args[0].startswith("-"):
        signal = signal_name(args.pop(0)[1:])
    chosen = options(args, "flxoancvw", "Pusdt", {"signal": "s", "full": "f", "exact": "x"})
    if call.name == "pkill" and "s" in chosen:
        signal = signal_name(chosen["s"])
    if not chosen.rest or signal is None:
        raise UsageError("no pattern, or no such signal", 2)
    found = yield from find_processes(chosen.rest[0], full_line="f" in chosen, exact="x" in chosen)
    found = found[:1] if "o" in chosen else found[-1:] if "n" in chosen else found
    for pid, argv in found:
        if call.name == "pkill":
            yield Kill(pid, signal)
        else:
            yield from out(f"{pid} {' '.join(argv)}\n" if "a" in chosen or "l" in chosen else f"{pid}\n")
    return int(not found)


def pidof(call: Call) -> Gen:
    """`pidof name ...`, `killall [-signal] name ...`."""
    args = list(call.argv[1:])
    signal: str | None = "TERM"
    if call.name == "killall" and args and args[0].startswith("-") and signal_name(args[0][1:]):
        signal = signal_name(args.pop(0)[1:])
    names = [a for a in args if not a.startswith("-")]
    found = []
    for name in names:
        found += yield from find_processes(re.escape(name.rsplit("/", 1)[-1]), full_line=False, exact=True)
    if call.name == "killall":
        for pid, _ in found:
            yield Kill(pid, signal or "TERM")
        return 0 if found else (yield from complain(call, f"{' '.join(names)}: no process killed"))
    if found:
        yield from out(" ".join(str(pid) for pid, _ in reversed(found)) + "\n")
    return int(not found)


def ps(call: Call) -> Gen:
    """`ps` and `ps aux|-ef|-o ...` as busybox prints it."""
    if any(a.startswith("-o") for a in call.argv[1:]):
        raise NotSimulatedError("option -o")
    table = yield Processes()
    yield from out("PID   USER     TIME  COMMAND\n" + "".join(f"{pid:5} root      0:00 {' '.join(argv)}\n" for pid, _, argv, _ in table))
    return 0


def hostname(call: Call) -> Gen:
    """`hostname [-i|-I|-f|-s]`."""
    chosen = options(call.argv[1:], "iIfsd", "", long_options("fqdn=f short=s ip-address=i all-ip-addresses=I"))
    if chosen.rest:
        return (yield from complain(call, f"sethostname: {Errno.EPERM}"))
    name, address = yield HostName()
    yield from out(("" if "d" in chosen else address + " " if "I" in chosen else address if "i" in chosen else name) + "\n")
    return 0


def uname(call: Call) -> Gen:
    """`uname [-asrmnpo]` of an ordinary x86-64 node."""
    name, _ = yield HostName()
    fields = {"s": "Linux", "n": name, "r": "6.1.0", "v": "#1 SMP", "m": "x86_64", "o": "GNU/Linux"}
    letters = "".join(call.argv[1:]).replace("-", "") or "s"
    letters = letters.replace("p", "m").replace("i", "m")
    yield from out(" ".join(v for k, v in fields.items() if k in letters or "a" in letters) + "\n")
    return 0


def nproc(call: Call) -> Gen:
    """One processor."""
    del call
    yield from out("1\n")
    return 0


def shuf(call: Call) -> Gen:
    """`shuf -i low-high -n count`, and lines from standard input."""
    chosen = options(call.argv[1:], "e", "in", {"input-range": "i", "head-count": "n", "echo": "e"})
    if "i" in chosen:
        low, _, high = chosen["i"].partition("-")
        items = [str(n) for n in range(integer(low), integer(high) + 1)]
    elif "e" in chosen:
        items = list(chosen.rest)
    else:
        items = []
        while (line := (yield Read(0, "line"))) and not isinstance(line, Errno):
            items.append(line.removesuffix("\n"))
    for _ in range(min(integer(chosen.get("n", "0")) if "n" in chosen else len(items), len(items))):
        index = yield Random(len(items))
        yield from out(items.pop(index) + "\n")
    return 0


def uptime(call: Call) -> Gen:
    """How long process 1 has run."""
    del call
    table = yield Processes()
    up = ((yield Now()) - min(started for _, _, _, started in table)) // SECOND
    yield from out(f" up {up // 60} min,  load average: 0.00, 0.00, 0.00\n")
    return 0


COMMANDS: dict[str, Program] = {
    "hostname": hostname,
    "kill": kill,
    "killall": pidof,
    "nproc": nproc,
    "pgrep": pgrep,
    "pidof": pidof,
    "pkill": pgrep,
    "ps": ps,
    "shuf": shuf,
    "sleep": sleep,
    "uname": uname,
    "uptime": uptime,
    "usleep": usleep,
}
