"""Describing files: stat, ls, mountpoint."""

from __future__ import annotations

import posixpath
import re

from simulator.process.effects import Call, Effects, GetStat, ListDir, Process, Program, Stat, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend
from simulator.process.strftime import strftime
from simulator.units import SECOND
from simulator.userland.flags import Flags, switch, value
from simulator.userland.streams import complain, out

_KINDS = {"file": "regular file", "dir": "directory", "link": "symbolic link", "device": "character special file"}


def _user(number: int) -> str:
    return "root" if number == 0 else str(number)


def permissions(stat: Stat) -> str:
    """`-rw-r--r--`; the s and t of special bits are capital where the x below them is missing."""
    letters = [c if stat.mode >> (8 - i) & 1 else "-" for i, c in enumerate("rwxrwxrwx")]
    for bit, at, low in ((0o4000, 2, "s"), (0o2000, 5, "s"), (0o1000, 8, "t")):
        if stat.mode & bit:
            letters[at] = low if letters[at] == "x" else low.upper()
    return {"dir": "d", "link": "l", "device": "c"}.get(stat.kind, "-") + "".join(letters)


class _StatFlags(Flags):
    format = value("-c", "--format", "--printf")
    dereference = switch("-L", "--dereference")
    without_effect = switch("-f", "-t")


def stat(call: Call) -> Process:
    """`stat [-c format] file ...`: name, size, mode, times."""
    given = _StatFlags.parse(call.argv[1:])
    status = 0
    for path in given.operands:
        entry = yield GetStat(absolute(call, path), given.dereference, "any")
        if isinstance(entry, Errno):
            status = yield from complain(call, f"can't stat '{path}': {entry}")
            continue
        values = _stat_values(path, entry)
        if given.format is not None:
            yield from out(_filled(given.format, values) + "\n")
        else:
            yield from out(
                f"  File: {path}\n  Size: {entry.size:<10}\tBlocks: {values['b']:<10} IO Block: 4096   {values['F']}\n"
                f"Access: (0{values['a']}/{values['A']})  Uid: ({entry.uid:5}/{values['U']:>8})   Gid: ({entry.gid:5}/{values['G']:>8})\n"
                f"Modify: {values['y']}\n"
            )
    return status


def _stat_values(path: str, entry: Stat) -> dict[str, str]:
    """What the letters of a format stand for. There is one time for a file: access and change count as modification."""
    seconds = str(entry.mtime // SECOND)
    return {
        "n": path, "s": str(entry.size), "a": f"{entry.mode & 0o7777:o}", "A": permissions(entry), "F": _KINDS[entry.kind],
        "u": str(entry.uid), "g": str(entry.gid), "U": _user(entry.uid), "G": _user(entry.gid), "i": str(entry.inode),
        "Y": seconds, "X": seconds, "Z": seconds, "y": strftime("%Y-%m-%d %H:%M:%S.%N %z", entry.mtime),
        "h": "1", "b": str(-(-entry.size // 512)), "B": "512", "%": "%",
    }  # fmt: skip


def _filled(template: str, values: dict[str, str]) -> str:
    return re.sub(r"%(.)", lambda match: values.get(match[1], "?"), template)


class _LsFlags(Flags):
    all = switch("-a", "--all")
    almost_all = switch("-A", "--almost-all")
    directory = switch("-d")
    long = switch("-l")
    numeric = switch("-n")
    classify = switch("-F")
    slash = switch("-p")
    by_time = switch("-t")
    by_size = switch("-S")
    reverse = switch("-r")
    recursive = switch("-R")
    without_effect = switch("-1", "-h", "-i", "-L", "-C", "--color")


def ls(call: Call) -> Process:
    """`ls [-1aAdlhRtr] [path ...]`: one name a line, as when it writes to a pipe."""
    given = _LsFlags.parse(call.argv[1:])
    status, blocks = 0, []
    paths = given.operands or ["."]
    if given.recursive:
        paths = yield from _directories(call, paths)
    for path in paths:
        entry = yield GetStat(absolute(call, path), relies_on="any")
        if isinstance(entry, Errno):
            entry = yield GetStat(absolute(call, path), follow=False)  # a link that leads nowhere is listed, too
        if isinstance(entry, Errno):
            status = yield from complain(call, f"{path}: {entry}")
            continue
        names: tuple[str, ...] | Errno = (path,)
        inside = entry.kind == "dir" and not given.directory
        if inside:
            names = yield from _names(absolute(call, path), given)
        if isinstance(names, Errno):
            status = yield from complain(call, f"can't open '{path}': {names}")
            continue
        base = absolute(call, path) if inside else call.cwd
        blocks.append((path, (yield from _block(base, names, entry, given, total=inside and base != call.cwd))))
    titled = len(paths) > 1 or given.recursive
    yield from out("\n".join(f"{path}:\n{text}" if titled and text else text for path, text in blocks if text))
    return status


def _names(directory: str, given: _LsFlags) -> Effects[tuple[str, ...] | Errno]:
    """The names in a directory that are shown."""
    names = yield ListDir(directory)
    if isinstance(names, Errno):
        return names
    shown = tuple(n for n in names if not n.startswith(".") or given.all or given.almost_all)
    return (".", "..", *shown) if given.all else shown


def _block(base: str, names: tuple[str, ...], default: Stat, given: _LsFlags, *, total: bool) -> Effects[str]:
    """The lines for some names in a directory; `default` stands for an entry that has gone meanwhile."""
    entries = []
    for name in names:
        entry = yield GetStat(posixpath.normpath(posixpath.join(base, name)), follow=False)
        entries.append((name, entry if isinstance(entry, Stat) else default))
    if given.by_time:
        entries.sort(key=lambda e: -e[1].mtime)
    if given.by_size:
        entries.sort(key=lambda e: -e[1].size)
    if given.reverse:
        entries.reverse()
    head = f"total {sum(-(-e.size // 1024) for _, e in entries)}\n" if given.long and total else ""
    return head + "".join(_listed(name, entry, given) for name, entry in entries)


def _directories(call: Call, paths: list[str]) -> Effects[list[str]]:
    """What `-R` lists: each path, and every directory below it."""
    directories = []
    for path in paths:
        root = absolute(call, path)
        entries = yield from descend(root)
        below = (posixpath.join(path, posixpath.relpath(name, root)) for name, stat in entries[1:] if stat.kind == "dir")
        directories += [path, *below]
    return directories


def _listed(name: str, entry: Stat, given: _LsFlags) -> str:
    mark = "/" if entry.kind == "dir" and (given.classify or given.slash) else ""
    if not given.long and not given.numeric:
        return f"{name}{mark}\n"
    arrow = f" -> {entry.target}" if entry.kind == "link" else ""
    when = strftime("%b %e %H:%M", entry.mtime)
    return f"{permissions(entry)}    1 {_user(entry.uid):<8} {_user(entry.gid):<8} {entry.size:9} {when} {name}{mark}{arrow}\n"


class _MountpointFlags(Flags):
    quiet = switch("-q")
    without_effect = switch("-d", "-x")


def mountpoint(call: Call) -> Process:
    """`mountpoint [-q] path`: every directory that exists counts as one: scripts wait with it for a mount that a real node would make."""
    given = _MountpointFlags.parse(call.argv[1:])
    path = given.operands[0] if given.operands else "/"
    entry = yield GetStat(absolute(call, path))
    mounted = isinstance(entry, Stat) and entry.kind == "dir"
    if not given.quiet:
        yield Write(1, f"{path} is {'' if mounted else 'not '}a mountpoint\n")
    return int(not mounted)


COMMANDS: dict[str, Program] = {"ls": ls, "mountpoint": mountpoint, "stat": stat}
