"""Describing files: stat, ls, mountpoint."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any

from simulator.process.effects import Call, Effect, GetStat, ListDir, Program, Stat, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend
from simulator.process.strftime import strftime
from simulator.userland.kubectl.letters import options
from simulator.userland.streams import Gen, complain, out

_KINDS = {"file": "regular file", "dir": "directory", "link": "symbolic link", "device": "character special file"}


def _user(number: int) -> str:
    return "root" if number == 0 else str(number)


def permissions(stat: Stat) -> str:
    """`-rw-r--r--`."""
    letters = [c if stat.mode >> (8 - i) & 1 else "-" for i, c in enumerate("rwxrwxrwx")]
    for bit, at, low in ((0o4000, 2, "s"), (0o2000, 5, "s"), (0o1000, 8, "t")):
        if stat.mode & bit:
            letters[at] = low if letters[at] == "x" else low.upper()
    return {"dir": "d", "link": "l", "device": "c"}.get(stat.kind, "-") + "".join(letters)


def stat(call: Call) -> Gen:
    """`stat [-c format] file ...`: name, size, mode, times."""
    chosen = options(call.argv[1:], "Lft", "c", {"format": "c", "printf": "c", "dereference": "L"})
    status = 0
    for path in chosen.rest:
        found = yield GetStat(absolute(call, path), follow="L" in chosen)
        if isinstance(found, Errno):
            status = yield from complain(call, f"can't stat '{path}': {found}")
            continue
        seconds = found.mtime // 10**9
        values = {
            "n": path, "s": str(found.size), "a": f"{found.mode & 0o7777:o}", "A": permissions(found), "F": _KINDS[found.kind],
            "u": str(found.uid), "g": str(found.gid), "U": _user(found.uid), "G": _user(found.gid), "i": str(found.inode),
            "Y": str(seconds), "X": str(seconds), "Z": str(seconds), "y": strftime("%Y-%m-%d %H:%M:%S.%N %z", found.mtime),
            "h": "1", "b": str(-(-found.size // 512)), "B": "512", "%": "%",
        }  # fmt: skip
        if "c" in chosen:
            yield from out(_filled(chosen["c"], values) + "\n")
        else:
            yield from out(
                f"  File: {path}\n  Size: {found.size:<10}\tBlocks: {values['b']:<10} IO Block: 4096   {values['F']}\n"
                f"Access: (0{values['a']}/{values['A']})  Uid: ({found.uid:5}/{values['U']:>8})   Gid: ({found.gid:5}/{values['G']:>8})\n"
                f"Modify: {values['y']}\n"
            )
    return status


def _filled(template: str, values: dict[str, str]) -> str:
    return re.sub(r"%(.)", lambda match: values.get(match[1], "?"), template)


def ls(call: Call) -> Gen:
    """`ls [-1aAdlhRtr] [path ...]`: one name a line, as when it writes to a pipe."""
    chosen = options(call.argv[1:], "1aAdlhFtrRinpLSC", "", {"all": "a", "almost-all": "A", "color": "1"})
    status, blocks = 0, []
    paths = chosen.rest or ["."]
    if "R" in chosen:
        paths = yield from _directories(call, paths)
    for path in paths:
        stat = yield GetStat(absolute(call, path))
        if isinstance(stat, Errno):
            stat = yield GetStat(absolute(call, path), follow=False)
        if isinstance(stat, Errno):
            status = yield from complain(call, f"{path}: {stat}")
            continue
        names: tuple[str, ...] = (path,)
        base = call.cwd
        if stat.kind == "dir" and "d" not in chosen:
            base = absolute(call, path)
            listed = yield ListDir(base)
            if isinstance(listed, Errno):
                status = yield from complain(call, f"can't open '{path}': {listed}")
                continue
            names = tuple(n for n in listed if not n.startswith(".") or "a" in chosen or "A" in chosen)
            if "a" in chosen:
                names = (".", "..", *names)
        entries = []
        for name in names:
            entry = yield GetStat(posixpath.normpath(posixpath.join(base, name)), follow=False)
            entries.append((name, entry if isinstance(entry, Stat) else stat))
        if "t" in chosen:
            entries.sort(key=lambda e: -e[1].mtime)
        if "S" in chosen:
            entries.sort(key=lambda e: -e[1].size)
        if "r" in chosen:
            entries.reverse()
        head = f"total {sum(-(-e.size // 1024) for _, e in entries)}\n" if "l" in chosen and base != call.cwd else ""
        blocks.append((path, head + "".join(_listed(n, e, chosen) for n, e in entries)))
    many = len(paths) > 1 or "R" in chosen
    yield from out("\n".join(f"{path}:\n{text}" if many and text else text for path, text in blocks if text))
    return status


def _directories(call: Call, paths: list[str]) -> Generator[Effect, Any, list[str]]:
    """What `-R` lists: each path, and every directory below it."""
    found = []
    for path in paths:
        root = absolute(call, path)
        below = yield from descend(root)
        found += [path, *(posixpath.join(path, posixpath.relpath(name, root)) for name, stat in below[1:] if stat.kind == "dir")]
    return found


def _listed(name: str, stat: Stat, chosen: dict[str, str]) -> str:
    mark = "/" if stat.kind == "dir" and ("F" in chosen or "p" in chosen) else ""
    if "l" not in chosen and "n" not in chosen:
        return f"{name}{mark}\n"
    arrow = f" -> {stat.target}" if stat.kind == "link" else ""
    when = strftime("%b %e %H:%M", stat.mtime)
    return f"{permissions(stat)}    1 {_user(stat.uid):<8} {_user(stat.gid):<8} {stat.size:9} {when} {name}{mark}{arrow}\n"


def mountpoint(call: Call) -> Gen:
    """`mountpoint [-q] path`: every directory that exists counts as one."""
    chosen = options(call.argv[1:], "qdx")
    path = chosen.rest[0] if chosen.rest else "/"
    found = yield GetStat(absolute(call, path))
    good = isinstance(found, Stat) and found.kind == "dir"
    if "q" not in chosen:
        yield Write(1, f"{path} is {'' if good else 'not '}a mountpoint\n")
    return int(not good)


COMMANDS: dict[str, Program] = {
    "ls": ls,
    "mountpoint": mountpoint,
    "stat": stat,
}
