"""Builtins about where a shell works: cd, umask, ulimit, let."""

from __future__ import annotations

import posixpath

from simulator.process.effects import GetStat, SetUmask, Stat, Unsupported, Write
from simulator.process.errno import Errno
from simulator.shell.expand.arith import evaluate
from simulator.shell.interp.shell import Run, Shell


def cd(shell: Shell, args: list[str]) -> Run:
    """`cd [directory]`, `cd -`."""
    args = [a for a in args if a not in ("-P", "-L", "--")]
    target = args[0] if args else shell.variables.get("HOME") or "/"
    back = target == "-"
    if back:
        target = shell.variables.get("OLDPWD") or "/"
    path = posixpath.normpath(posixpath.join(shell.cwd, target))
    stat = yield GetStat(path, relies_on="dir")
    if not isinstance(stat, Stat) or stat.kind != "dir":
        reason = stat if isinstance(stat, Errno) else Errno.ENOTDIR
        yield from shell.complain(f"cd: {target}: {reason}" if shell.bash else f"cd: can't cd to {target}: {reason}")
        return 1 if shell.bash else 2
    shell.variables.set("OLDPWD", shell.cwd)
    shell.variables.set("PWD", path)
    shell.cwd = path
    if back:
        yield Write(1, path + "\n")  # POSIX XCU, cd: only `cd -` prints where it went
    return 0


def let(shell: Shell, args: list[str]) -> Run:
    """`let expression ...`: 1 when the last value is 0."""
    yield from ()
    value = 0
    for text in args:
        value = evaluate(text, shell.variables)
    return int(value == 0)


def umask(shell: Shell, args: list[str]) -> Run:
    """`umask [octal mask]`; symbolic masks are named as not simulated."""
    if args and all(c in "01234567" for c in args[0]):
        shell.umask = int(args[0], 8)
        yield SetUmask(shell.umask)
    elif args:
        yield Unsupported("umask", " ".join(args))
    else:
        yield Write(1, f"{shell.umask:04o}\n")
    return 0


def ulimit(shell: Shell, args: list[str]) -> Run:
    """`ulimit`: prints what containers commonly have; setting a limit changes nothing."""
    del shell
    if not any(a and a[0] != "-" for a in args):
        yield Write(1, {"-n": "1048576\n"}.get(args[0] if args else "", "unlimited\n"))
    return 0
