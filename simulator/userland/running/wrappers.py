"""Wrappers that become the command they are given: nice, nohup, gosu, tini, env, su, flock and their kin."""

from __future__ import annotations

from simulator.process.effects import Call, Process, Program
from simulator.userland.children import become
from simulator.userland.flags import Flags, switch, value, values
from simulator.userland.launch import find
from simulator.userland.streams import complain, out


class _NoFlags(Flags, stop=True):
    """For wrappers whose first word is the command, or its user."""


class _ChpstFlags(Flags, stop=True):
    switches = switch("-v", "-P")
    limits = value(*(f"-{letter}" for letter in "uUbne/mdopfcrt"))


class _DumbInitFlags(Flags, stop=True):
    switches = switch("-c", "-v", "-V")
    rewrite = value("-r")


class _NiceFlags(Flags, stop=True):
    adjustment = value("-n")


class _SetsidFlags(Flags, stop=True):
    switches = switch("-c", "-f", "-w")


class _StdbufFlags(Flags, stop=True):
    buffering = value("-i", "-o", "-e")


class _SudoFlags(Flags, stop=True):
    switches = switch("-E", "-H", "-n", "-S")
    identity = value("-u", "-g", "-C")


class _TimeFlags(Flags, stop=True):
    switches = switch("-p", "-v")


class _TiniFlags(Flags, stop=True):
    switches = switch("-g", "-s", "-v", "-w")
    options = value("-p", "-e")


def _wrapper(flags: type[Flags] = _NoFlags, *, operands: int = 0) -> Program:
    """A command whose own arguments change nothing here: its options and so many operands are dropped, the rest is run."""

    def command(call: Call) -> Process:
        """Run the rest of the line."""
        rest = flags.parse(call.argv[1:]).operands[operands:]
        if not rest:
            return (yield from complain(call, "missing operand"))
        return (yield from become(call, rest))

    return command


class _EnvFlags(Flags, stop=True, missing_status=125):
    ignore_environment = switch("-i", "--ignore-environment")
    unset = values("-u", "--unset")
    chdir = value("-C", "--chdir")
    without_effect = switch("-0", "-S")


def env(call: Call) -> Process:
    """`env [-i] [-u name] [name=value ...] [command]`."""
    given = _EnvFlags.parse(call.argv[1:])
    variables = {} if given.ignore_environment else dict(call.env)
    for name in given.unset:
        variables.pop(name, None)
    rest = list(given.operands)
    while rest and "=" in rest[0]:
        name, _, text = rest.pop(0).partition("=")
        variables[name] = text
    if rest:
        return (yield from become(call, rest, variables, given.chdir))
    yield from out("".join(f"{name}={text}\n" for name, text in variables.items()))
    return 0


def printenv(call: Call) -> Process:
    """`printenv [name ...]`: 1 when one is not set."""
    names = call.argv[1:]
    if not names:
        return (yield from env(call))
    yield from out("".join(f"{call.env[n]}\n" for n in names if n in call.env))
    return int(any(n not in call.env for n in names))


def which(call: Call) -> Process:
    """`which name ...`: 1 when one is nowhere."""
    status = 0
    for name in (a for a in call.argv[1:] if not a.startswith("-")):
        path = yield from find(Call((name,), call.env, call.cwd))
        status = status if path else 1
        yield from out(f"{path}\n" if path else "")
    return status


class _FlockFlags(Flags, stop=True):
    timeout = value("-w", "--timeout", "-E")
    without_effect = switch("-n", "--nonblock", "-s", "--shared", "-x", "--exclusive", "-e", "-u", "--unlock", "-o", "--close")


def flock(call: Call) -> Process:
    """`flock file command`, `flock file -c script`, `flock descriptor`: locks are always free here."""
    rest = _FlockFlags.parse(call.argv[1:]).operands
    if len(rest) < 2:
        return 0
    return (yield from become(call, ["sh", *rest[1:]] if rest[1] == "-c" else rest[1:]))


class _SuFlags(Flags):
    script = value("-c", "--command")
    shell = value("-s", "--shell", default="sh")
    user = value("-u", "--user")
    group = value("-g", "--group", "-G")
    without_effect = switch("-l", "--login", "-m", "-p", "--preserve-environment")


class _RunuserFlags(_SuFlags, stop=True):
    """With -u a command follows whose options are its own."""


def su(call: Call) -> Process:
    """`su [-] [user] [-s shell] -c script`, `runuser -u user [--] command`: the user stays the same.

    Without a command nothing happens: an interactive shell would read from a terminal that is not there.
    """
    flags = _RunuserFlags if "-u" in call.argv else _SuFlags
    given = flags.parse([a for a in call.argv[1:] if a != "-"])
    if given.script is not None:
        return (yield from become(call, [given.shell, "-c", given.script]))
    return (yield from become(call, given.operands)) if given.user is not None and given.operands else 0


def busybox(call: Call) -> Process:
    """`busybox applet argument ...`."""
    return (yield from become(call, call.argv[1:])) if len(call.argv) > 1 else 0


COMMANDS: dict[str, Program] = {
    "busybox": busybox,
    "chpst": _wrapper(_ChpstFlags),
    "dumb-init": _wrapper(_DumbInitFlags),
    "env": env,
    "flock": flock,
    "gosu": _wrapper(operands=1),
    "nice": _wrapper(_NiceFlags),
    "nohup": _wrapper(),
    "printenv": printenv,
    "runuser": su,
    "setsid": _wrapper(_SetsidFlags),
    "stdbuf": _wrapper(_StdbufFlags),
    "su": su,
    "su-exec": _wrapper(operands=1),
    "sudo": _wrapper(_SudoFlags),
    "time": _wrapper(_TimeFlags),
    "tini": _wrapper(_TiniFlags),
    "which": which,
}
