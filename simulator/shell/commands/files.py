"""Making, removing and describing files: mkdir, rm, touch, ln, chmod, stat, ls and their kin."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any

from simulator.shell.commands.basics import Gen, NotSimulatedError, complain, full, long_options, options, out
from simulator.shell.commands.clock import stamp, strftime
from simulator.shell.effects import (
    Call,
    Close,
    Effect,
    GetStat,
    Link,
    ListDir,
    MakeDir,
    Now,
    Open,
    Remove,
    SetAttributes,
    Stat,
    Write,
)
from simulator.shell.errno import Errno
from simulator.shell.world import ImageFile

_WHO = re.compile(r"([ugoa]*)([-+=])([rwxXst]*)")
_KINDS = {"file": "regular file", "dir": "directory", "link": "symbolic link", "device": "character special file"}


def descend(path: str) -> Generator[Effect, Any, list[tuple[str, Stat]]]:
    """A path and everything below it, parents first; links are not followed. Empty when it does not exist."""
    stat = yield GetStat(path, follow=False)
    if not isinstance(stat, Stat):
        return []
    found = [(path, stat)]
    if stat.kind == "dir":
        names = yield ListDir(path)
        for name in names if isinstance(names, tuple) else ():
            found += yield from descend(posixpath.join(path, name))
    return found


def make_dirs(path: str, mode: int = 0o755) -> Generator[Effect, Any, Errno | None]:
    """`mkdir -p`."""
    stat = yield GetStat(path)
    if isinstance(stat, Stat):
        return None if stat.kind == "dir" else Errno.EEXIST
    parent = posixpath.dirname(path)
    if parent != path and (problem := (yield from make_dirs(parent))) is not None:
        return problem
    result: Errno | None = yield MakeDir(path, mode)
    return result


def mkdir(call: Call) -> Gen:
    """`mkdir [-p] [-m mode] directory ...`."""
    chosen = options(call.argv[1:], "pv", "m", {"parents": "p", "mode": "m", "verbose": "v"})
    mode = int(chosen["m"], 8) if chosen.get("m", "").isdigit() else 0o755
    status = 0
    for path in chosen.rest:
        made = (yield from make_dirs(full(call, path), mode)) if "p" in chosen else (yield MakeDir(full(call, path), mode))
        if isinstance(made, Errno):
            status = yield from complain(call, f"can't create directory '{path}': {made}")
    return status if chosen.rest else (yield from complain(call, "missing operand"))


def rmdir(call: Call) -> Gen:
    """`rmdir directory ...`."""
    chosen = options(call.argv[1:], "p", "", {"ignore-fail-on-non-empty": "p"})
    status = 0
    for path in chosen.rest:
        stat = yield GetStat(full(call, path), follow=False)
        failed = stat if isinstance(stat, Errno) else Errno.ENOTDIR if stat.kind != "dir" else (yield Remove(full(call, path)))
        if isinstance(failed, Errno) and not (failed is Errno.ENOTEMPTY and "p" in chosen):
            status = yield from complain(call, f"'{path}': {failed}")
    return status


def rm(call: Call) -> Gen:
    """`rm [-rf] path ...`."""
    chosen = options(call.argv[1:], "rRfvid", "", long_options("recursive=r force=f verbose=v dir=d"))
    recursive, force, status = "r" in chosen or "R" in chosen, "f" in chosen, 0
    for path in chosen.rest:
        found = yield from descend(full(call, path))
        if not found:
            status = status if force else (yield from complain(call, f"can't remove '{path}': {Errno.ENOENT}"))
        elif found[0][1].kind == "dir" and not recursive:
            status = yield from complain(call, f"'{path}' is a directory")
        else:
            for below, _ in reversed(found):
                failed = yield Remove(below)
                if failed is not None:
                    status = yield from complain(call, f"can't remove '{path}': {failed}")
                    break
    return status


def touch(call: Call) -> Gen:
    """`touch [-c] [-d when] file ...`."""
    chosen = options(call.argv[1:], "acmh", "drt", {"no-create": "c", "date": "d", "reference": "r"})
    moment = yield Now()
    if "d" in chosen:
        moment = stamp(chosen["d"], moment)
    elif "r" in chosen or "t" in chosen:
        raise NotSimulatedError("option -r or -t")
    status = 0
    for path in chosen.rest:
        stat = yield GetStat(full(call, path))
        if isinstance(stat, Errno):
            if "c" in chosen:
                continue
            fd = yield Open(full(call, path), "a")
            if isinstance(fd, Errno):
                status = yield from complain(call, f"{path}: {fd}")
                continue
            yield Close(fd)
        failed = yield SetAttributes(full(call, path), mtime=moment)
        if failed is not None:
            status = yield from complain(call, f"{path}: {failed}")
    return status


def ln(call: Call) -> Gen:
    """`ln -s [-f] target link`; a hard link is made as a symbolic one, which reads the same."""
    chosen = options(call.argv[1:], "sfnvT", "t", {"symbolic": "s", "force": "f", "no-dereference": "n"})
    paths = [*chosen.rest, *([chosen["t"]] if "t" in chosen else [])]
    if len(paths) == 1:
        paths.append(posixpath.basename(paths[0]))
    *targets, link = paths
    stat = yield GetStat(full(call, link), follow="n" not in chosen)
    into = isinstance(stat, Stat) and stat.kind == "dir" and "T" not in chosen
    for target in targets:
        path = full(call, posixpath.join(link, posixpath.basename(target)) if into else link)
        if "f" in chosen:
            yield Remove(path)
        failed = yield Link(path, target if "s" in chosen else full(call, target))
        if failed is not None:
            return (yield from complain(call, f"{link}: {failed}"))
    return 0


def readlink(call: Call) -> Gen:
    """`readlink [-f] path`; also `realpath`."""
    chosen = options(call.argv[1:], "fenmqsz", "", {"canonicalize": "f"})
    resolve = "f" in chosen or "e" in chosen or call.name == "realpath"
    for given in chosen.rest:
        path = full(call, given)
        stat = yield GetStat(path, follow=False)
        if not resolve and not (isinstance(stat, Stat) and stat.kind == "link"):
            return 1
        for _ in range(40):
            if not (isinstance(stat, Stat) and stat.kind == "link"):
                break
            path = stat.target if not resolve else posixpath.normpath(posixpath.join(posixpath.dirname(path), stat.target))
            stat = (yield GetStat(path, follow=False)) if resolve else None
        yield from out(path + ("" if "n" in chosen else "\n"))
    return 0


def changed_mode(mode: int, text: str) -> int:
    """What `chmod text` makes of a mode. Raises ValueError."""
    if text.isdigit():
        return int(text, 8)
    for clause in text.split(","):
        match = _WHO.fullmatch(clause)
        if match is None:
            raise ValueError(text)
        who, op, letters = match.groups()
        bits = sum({"r": 4, "w": 2, "x": 1, "X": 1 if mode & 0o111 else 0}.get(c, 0) for c in set(letters))
        for shift in {"u": (6,), "g": (3,), "o": (0,)}.get(who, (6, 3, 0)) if len(who) < 2 else [{"u": 6, "g": 3, "o": 0}[w] for w in who]:
            mode = mode & ~(7 << shift) if op == "=" else mode
            mode = mode & ~(bits << shift) if op == "-" else mode | bits << shift
    return mode


def chmod(call: Call) -> Gen:
    """`chmod [-R] mode path ...`. A path that only the image has is left alone."""
    args = list(call.argv[1:])
    # a mode may look like an option: -x
    flags = {c for a in args if re.fullmatch(r"-[Rvfc]+|--recursive", a) for c in ("R" if a == "--recursive" else a[1:])}
    rest = [a for a in args if not re.fullmatch(r"-[Rvfc]+|--recursive|--", a)]
    if len(rest) < 2:
        return (yield from complain(call, "missing operand"))
    status = 0
    for path in rest[1:]:
        found = yield from _attribute_targets(call, path, recursive="R" in flags)
        if found is None:
            status = yield from complain(call, f"{path}: {Errno.ENOENT}")
        for below, stat in found or ():
            try:
                failed = yield SetAttributes(below, mode=changed_mode(stat.mode, rest[0]))
            except ValueError:
                return (yield from complain(call, f"invalid mode '{rest[0]}'"))
            if failed is not None:
                status = yield from complain(call, f"{path}: {failed}")
    return status


def _attribute_targets(call: Call, path: str, *, recursive: bool) -> Generator[Effect, Any, list[tuple[str, Stat]] | None]:
    found = yield from descend(full(call, path))
    if not found:
        return None if (yield ImageFile(full(call, path))) is None else []
    return found if recursive else found[:1]


def chown(call: Call) -> Gen:
    """`chown [-R] user[:group] path ...`; names other than root count as 1000. Also chgrp."""
    chosen = options(call.argv[1:], "RhvfLHPc", "", {"recursive": "R", "no-dereference": "h", "from": "c"})
    if len(chosen.rest) < 2:
        return (yield from complain(call, "missing operand"))
    owner, _, group = chosen.rest[0].replace(".", ":", 1).partition(":")
    if call.name == "chgrp":
        owner, group = "", owner
    status = 0
    for path in chosen.rest[1:]:
        found = yield from _attribute_targets(call, path, recursive="R" in chosen)
        if found is None:
            status = yield from complain(call, f"{path}: {Errno.ENOENT}")
        for below, _ in found or ():
            failed = yield SetAttributes(below, uid=_identity(owner), gid=_identity(group))
            if failed is not None:
                status = yield from complain(call, f"{path}: {failed}")
    return status


def _identity(text: str) -> int | None:
    return None if not text else int(text) if text.isdigit() else 0 if text == "root" else 1000


def _user(number: int) -> str:
    return "root" if number == 0 else str(number)


def permissions(stat: Stat) -> str:
    """`-rw-r--r--`."""
    letters = "".join(c if stat.mode >> (8 - i) & 1 else "-" for i, c in enumerate("rwxrwxrwx"))
    return {"dir": "d", "link": "l", "device": "c"}.get(stat.kind, "-") + letters


def stat(call: Call) -> Gen:
    """`stat [-c format] file ...`: name, size, mode, times."""
    chosen = options(call.argv[1:], "Lft", "c", {"format": "c", "printf": "c", "dereference": "L"})
    status = 0
    for path in chosen.rest:
        found = yield GetStat(full(call, path), follow="L" in chosen)
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
            yield from out(re.sub(r"%(.)", lambda m, v=values: v.get(m[1], "?"), chosen["c"]) + "\n")
        else:
            yield from out(
                f"  File: {path}\n  Size: {found.size:<10}\tBlocks: {values['b']:<10} IO Block: 4096   {values['F']}\n"
                f"Access: (0{values['a']}/{values['A']})  Uid: ({found.uid:5}/{values['U']:>8})   Gid: ({found.gid:5}/{values['G']:>8})\n"
                f"Modify: {values['y']}\n"
            )
    return status


def ls(call: Call) -> Gen:
    """`ls [-1aAdlhRtr] [path ...]`: one name a line, as when it writes to a pipe."""
    chosen = options(call.argv[1:], "1aAdlhFtrRinpLSC", "", {"all": "a", "almost-all": "A", "color": "1"})
    if "R" in chosen:
        raise NotSimulatedError("option -R")
    status, blocks = 0, []
    for path in chosen.rest or ["."]:
        stat = yield GetStat(full(call, path))
        if isinstance(stat, Errno):
            stat = yield GetStat(full(call, path), follow=False)
        if isinstance(stat, Errno):
            status = yield from complain(call, f"{path}: {stat}")
            continue
        names: tuple[str, ...] = (path,)
        base = call.cwd
        if stat.kind == "dir" and "d" not in chosen:
            base = full(call, path)
            names = tuple(n for n in (yield ListDir(base)) if not n.startswith(".") or "a" in chosen or "A" in chosen)
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
    many = len(chosen.rest) > 1
    yield from out("\n".join(f"{path}:\n{text}" if many and text else text for path, text in blocks if text))
    return status


def _listed(name: str, stat: Stat, chosen: dict[str, str]) -> str:
    mark = "/" if stat.kind == "dir" and ("F" in chosen or "p" in chosen) else ""
    if "l" not in chosen and "n" not in chosen:
        return f"{name}{mark}\n"
    arrow = f" -> {stat.target}" if stat.kind == "link" else ""
    when = strftime("%b %e %H:%M", stat.mtime)
    return f"{permissions(stat)}    1 {_user(stat.uid):<8} {_user(stat.gid):<8} {stat.size:9} {when} {name}{mark}{arrow}\n"


def find(call: Call) -> Gen:
    """`find path ... [-name p] [-type t] [-maxdepth n] [-mindepth n] [-path p] [-empty] [-print] [-delete]`."""
    import fnmatch

    args = list(call.argv[1:])
    roots = []
    while args and not args[0].startswith(("-", "!", "(")):
        roots.append(args.pop(0))
    tests: list[tuple[str, str]] = []
    while args:
        name = args.pop(0)
        if name in ("-name", "-iname", "-type", "-maxdepth", "-mindepth", "-path") and args:
            tests.append((name, args.pop(0)))
        elif name in ("-print", "-delete", "-empty"):
            tests.append((name, ""))
        else:
            raise NotSimulatedError(f"expression {name}")
    status = 0
    for root in roots or ["."]:
        found = yield from descend(full(call, root))
        if not found:
            status = yield from complain(call, f"{root}: {Errno.ENOENT}")
        matched = []
        for path, entry in found:
            shown = root + path[len(full(call, root)) :] if full(call, root) != "/" else path
            depth = shown[len(root) :].strip("/").count("/") + (shown != root)
            name = posixpath.basename(path)
            checks = {
                "-name": lambda p, n=name: fnmatch.fnmatchcase(n, p),
                "-iname": lambda p, n=name: fnmatch.fnmatchcase(n.lower(), p.lower()),
                "-path": lambda p, s=shown: fnmatch.fnmatchcase(s, p),
                "-type": lambda p, e=entry: {"f": "file", "d": "dir", "l": "link"}.get(p) == e.kind,
                "-maxdepth": lambda p, d=depth: d <= int(p),
                "-mindepth": lambda p, d=depth: d >= int(p),
                "-empty": lambda _, e=entry: e.kind == "file" and e.size == 0,
            }
            if all(checks[t](p) for t, p in tests if t in checks):
                matched.append((path, shown))
        if ("-delete", "") in tests:
            for path, _ in reversed(matched):
                yield Remove(path)
        else:
            yield from out("".join(shown + "\n" for _, shown in matched))
    return status


def mountpoint(call: Call) -> Gen:
    """`mountpoint [-q] path`: every directory that exists counts as one."""
    chosen = options(call.argv[1:], "qdx")
    path = chosen.rest[0] if chosen.rest else "/"
    found = yield GetStat(full(call, path))
    good = isinstance(found, Stat) and found.kind == "dir"
    if "q" not in chosen:
        yield Write(1, f"{path} is {'' if good else 'not '}a mountpoint\n")
    return int(not good)
