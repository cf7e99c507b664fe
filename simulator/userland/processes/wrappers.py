"""Commands that run other commands: timeout, env, xargs, and the wrappers that only pass over (nice, nohup, gosu, tini ...)."""

from __future__ import annotations

import re
from typing import Any

from simulator.process.effects import Call, Kill, Program, Read, Rename, Spawn, WaitFor
from simulator.process.errno import Errno
from simulator.process.problems import UsageError
from simulator.process.signals import signal_name
from simulator.userland.durations import duration
from simulator.userland.flags import integer
from simulator.userland.kubectl.letters import long_options, options
from simulator.userland.streams import Gen, complain, out


def run_other(call: Call, argv: list[str], env: dict[str, str] | None = None, cwd: str | None = None) -> Gen:
    """Become another command, as the wrappers do that exec what follows."""
    from simulator.userland.launch import launch

    other = Call(tuple(argv), call.env if env is None else env, cwd or call.cwd)
    yield Rename(other.argv)
    return (yield from launch(other, "last", f"{call.name}: "))


def wrapper(flags: str = "", values: str = "", *, operands: int = 0, long: dict[str, str] | None = None) -> Any:
    """A command that only changes how another one runs (nice, nohup, gosu, tini ...): its own arguments are passed over."""

    def command(call: Call) -> Gen:
        """Run the rest of the line."""
        chosen = options(call.argv[1:], flags, values, long, stop=True)
        rest = chosen.rest[operands:]
        if not rest:
            return (yield from complain(call, "missing operand"))
        return (yield from run_other(call, rest))

    return command


def timeout(call: Call) -> Gen:
    """`timeout [-s signal] [-k time] time command`: 124 when it had to be ended, also busybox' old `-t time`."""
    from simulator.userland.launch import launch

    long = long_options("signal=s kill-after=k preserve-status=p foreground=f verbose=v")
    chosen = options(call.argv[1:], "pfv", "skt", long, stop=True)
    rest = list(chosen.rest)
    length = duration(chosen["t"] if "t" in chosen else rest.pop(0) if rest else "")
    signal = signal_name(chosen.get("s", "TERM"))
    if length is None or not rest or signal is None:
        raise UsageError("invalid time interval or missing command", 125)
    pid = yield Spawn(launch(Call(tuple(rest), call.env, call.cwd), "step", "timeout: "), tuple(rest))
    ended = yield WaitFor((pid,), timeout=length or None)
    if ended:
        return int(ended[1])
    yield Kill(pid, signal)
    after = duration(chosen["k"]) if "k" in chosen else None
    ended = yield WaitFor((pid,), timeout=after)
    if not ended:
        yield Kill(pid, "KILL")
        ended = yield WaitFor((pid,))
        return 137
    return int(ended[1]) if "p" in chosen else 143 if "t" in chosen else 124


def env(call: Call) -> Gen:
    """`env [-i] [-u name] [name=value ...] [command]`; also printenv."""
    chosen = options(call.argv[1:], "i0S", "uC", {"ignore-environment": "i", "unset": "u", "chdir": "C"}, stop=True)
    values = {} if "i" in chosen else dict(call.env)
    for letter, name in chosen.all:
        if letter == "u":
            values.pop(name, None)
    rest = list(chosen.rest)
    while rest and "=" in rest[0]:
        name, _, value = rest.pop(0).partition("=")
        values[name] = value
    if rest:
        return (yield from run_other(call, rest, values, chosen.get("C")))
    yield from out("".join(f"{k}={v}\n" for k, v in values.items()))
    return 0


def printenv(call: Call) -> Gen:
    """`printenv [name ...]`."""
    names = call.argv[1:]
    if not names:
        return (yield from env(call))
    yield from out("".join(f"{call.env[n]}\n" for n in names if n in call.env))
    return int(any(n not in call.env for n in names))


def xargs(call: Call) -> Gen:
    """`xargs [-r] [-n count] [-I mark] [-0] [-t] command`."""
    from simulator.userland.launch import launch

    chosen = options(call.argv[1:], "r0tpx", "nIPLd", long_options("no-run-if-empty=r null=0 max-args=n max-procs=P"), stop=True)
    text = ""
    while (chunk := (yield Read(0))) and not isinstance(chunk, Errno):
        text += chunk
    mark = chosen.get("I")
    items = text.split("\0") if "0" in chosen else text.splitlines() if mark or "L" in chosen else _words(text)
    items = [i for i in items if i.strip()]
    command = list(chosen.rest) or ["echo"]
    size = 1 if mark else max(integer(chosen.get("n") or chosen.get("L") or str(max(len(items), 1))), 1)
    groups = [items[i : i + size] for i in range(0, len(items), size)] or ([] if "r" in chosen or mark else [[]])
    status = 0
    for group in groups:
        argv = [w.replace(mark, group[0].strip()) for w in command] if mark else [*command, *group]
        pid = yield Spawn(launch(Call(tuple(argv), call.env, call.cwd), "step", "xargs: "), tuple(argv))
        ended = yield WaitFor((pid,))
        status = 123 if ended and ended[1] else status
    return status


def _words(text: str) -> list[str]:
    return [re.sub(r"\\(.)|['\"]", r"\1", w) for w in re.findall(r"(?:'[^']*'|\"[^\"]*\"|\\.|[^\s'\"\\])+", text)]


def which(call: Call) -> Gen:
    """`which name ...`: 1 when one is nowhere."""
    from simulator.userland.launch import find

    status = 0
    for name in (a for a in call.argv[1:] if not a.startswith("-")):
        path = yield from find(Call((name,), call.env, call.cwd))
        status = status if path else 1
        yield from out(f"{path}\n" if path else "")
    return status


def flock(call: Call) -> Gen:
    """`flock file command`, `flock file -c script`, `flock descriptor`: nobody else holds locks here."""
    rest = options(
        call.argv[1:], "nsxeuo", "wE", long_options("nonblock=n exclusive=x shared=s unlock=u timeout=w close=o"), stop=True
    ).rest
    if len(rest) < 2:
        return 0
    return (yield from run_other(call, ["sh", *rest[1:]] if rest[1] == "-c" else rest[1:]))


def su(call: Call) -> Gen:
    """`su [-] [user] [-s shell] -c script`, `runuser [-u user] [--] command`: as whoever it is; without a command there is no input."""
    long = long_options("command=c shell=s user=u group=g login=l preserve-environment=m")
    chosen = options([a for a in call.argv[1:] if a != "-"], "lmp", "csugG", long, stop="-u" in call.argv)
    if "c" in chosen:
        return (yield from run_other(call, [chosen.get("s", "sh"), "-c", chosen["c"]]))
    return (yield from run_other(call, chosen.rest)) if "u" in chosen and chosen.rest else 0


def busybox(call: Call) -> Gen:
    """`busybox applet argument ...`."""
    return (yield from run_other(call, list(call.argv[1:]))) if len(call.argv) > 1 else 0


COMMANDS: dict[str, Program] = {
    "busybox": busybox,
    "chpst": wrapper("vP", "uUbne/mdopfcrt"),
    "flock": flock,
    "which": which,
    "dumb-init": wrapper("cvV", "r"),
    "env": env,
    "gosu": wrapper(operands=1),
    "nice": wrapper("", "n"),
    "nohup": wrapper(),
    "runuser": su,
    "su": su,
    "printenv": printenv,
    "setsid": wrapper("cfw"),
    "stdbuf": wrapper("", "ioe"),
    "su-exec": wrapper(operands=1),
    "sudo": wrapper("EHnS", "ugC"),
    "time": wrapper("pv"),
    "timeout": timeout,
    "tini": wrapper("gsvw", "pe"),
    "xargs": xargs,
}
