"""Making, removing and marking files: mkdir, rm, touch, ln, chmod and their kin."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any

from simulator.process.effects import (
    Call,
    Close,
    Effect,
    GetStat,
    Link,
    MakeDir,
    Now,
    Open,
    Program,
    Remove,
    SetAttributes,
    Stat,
)
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend, make_dirs
from simulator.process.problems import NotSimulatedError
from simulator.process.world import ImageFile
from simulator.userland.kubectl.letters import long_options, options
from simulator.userland.processes.clock import stamp
from simulator.userland.processes.identity import number_of
from simulator.userland.streams import Gen, complain, out

_WHO = re.compile(r"([ugoa]*)([-+=])([rwxXst]*)")


def mkdir(call: Call) -> Gen:
    """`mkdir [-p] [-m mode] directory ...`."""
    chosen = options(call.argv[1:], "pv", "m", {"parents": "p", "mode": "m", "verbose": "v"})
    status = 0
    for path in chosen.rest:
        made = (yield from make_dirs(absolute(call, path))) if "p" in chosen else (yield MakeDir(absolute(call, path)))
        if made is None and "m" in chosen:
            made = yield SetAttributes(absolute(call, path), mode=changed_mode(0o777, chosen["m"]))
        if isinstance(made, Errno):
            status = yield from complain(call, f"can't create directory '{path}': {made}")
    return status if chosen.rest else (yield from complain(call, "missing operand"))


def rmdir(call: Call) -> Gen:
    """`rmdir directory ...`."""
    chosen = options(call.argv[1:], "p", "", {"ignore-fail-on-non-empty": "p"})
    status = 0
    for path in chosen.rest:
        stat = yield GetStat(absolute(call, path), follow=False)
        failed = stat if isinstance(stat, Errno) else Errno.ENOTDIR if stat.kind != "dir" else (yield Remove(absolute(call, path)))
        if isinstance(failed, Errno) and not (failed is Errno.ENOTEMPTY and "p" in chosen):
            status = yield from complain(call, f"'{path}': {failed}")
    return status


def rm(call: Call) -> Gen:
    """`rm [-rf] path ...`."""
    chosen = options(call.argv[1:], "rRfvid", "", long_options("recursive=r force=f verbose=v dir=d"))
    recursive, force, status = "r" in chosen or "R" in chosen, "f" in chosen, 0
    for path in chosen.rest:
        found = yield from descend(absolute(call, path))
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
        stat = yield GetStat(absolute(call, path))
        if isinstance(stat, Errno):
            if "c" in chosen:
                continue
            fd = yield Open(absolute(call, path), "a")
            if isinstance(fd, Errno):
                status = yield from complain(call, f"{path}: {fd}")
                continue
            yield Close(fd)
        failed = yield SetAttributes(absolute(call, path), mtime=moment)
        if failed is not None:
            status = yield from complain(call, f"{path}: {failed}")
    return status


def ln(call: Call) -> Gen:
    """`ln -s [-f] target link`; a hard link is made as a symbolic one, which reads the same."""
    chosen = options(call.argv[1:], "sfnvT", "t", {"symbolic": "s", "force": "f", "no-dereference": "n"})
    paths = [*chosen.rest, *([chosen["t"]] if "t" in chosen else [])]
    if not paths:
        return (yield from complain(call, "missing operand"))
    if len(paths) == 1:
        paths.append(posixpath.basename(paths[0]))
    *targets, link = paths
    stat = yield GetStat(absolute(call, link), follow="n" not in chosen)
    into = isinstance(stat, Stat) and stat.kind == "dir" and "T" not in chosen
    for target in targets:
        path = absolute(call, posixpath.join(link, posixpath.basename(target)) if into else link)
        if "f" in chosen:
            yield Remove(path)
        failed = yield Link(path, target if "s" in chosen else absolute(call, target))
        if failed is not None:
            return (yield from complain(call, f"{link}: {failed}"))
    return 0


def readlink(call: Call) -> Gen:
    """`readlink [-f] path`; also `realpath`."""
    chosen = options(call.argv[1:], "fenmqsz", "", {"canonicalize": "f"})
    resolve = "f" in chosen or "e" in chosen or call.name == "realpath"
    for given in chosen.rest:
        path = absolute(call, given)
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
        if op == "=" and "s" not in letters and mode & 0o6000:
            mode &= ~((0o4000 if "u" in who or "a" in who or not who else 0) | (0o2000 if "g" in who or "a" in who or not who else 0))
        if "s" in letters and op != "=":
            special = (0o4000 if "u" in who or not who else 0) | (0o2000 if "g" in who or not who else 0)
            mode = mode | special if op == "+" else mode & ~special
        if "t" in letters and op != "=":
            mode = mode | 0o1000 if op == "+" else mode & ~0o1000
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
    found = yield from descend(absolute(call, path))
    if not found:
        return None if (yield ImageFile(absolute(call, path))) is None else []
    return found if recursive else found[:1]


def chown(call: Call) -> Gen:
    """`chown [-R] user[:group] path ...`; names that /etc/passwd does not know count as 1000. Also chgrp."""
    chosen = options(call.argv[1:], "RhvfLHPc", "", {"recursive": "R", "no-dereference": "h", "from": "c"})
    if len(chosen.rest) < 2:
        return (yield from complain(call, "missing operand"))
    owner, _, group = chosen.rest[0].replace(".", ":", 1).partition(":")
    if call.name == "chgrp":
        owner, group = "", owner
    numbers = ((yield from number_of("passwd", owner)), (yield from number_of("group", group)))
    status = 0
    for path in chosen.rest[1:]:
        found = yield from _attribute_targets(call, path, recursive="R" in chosen)
        if found is None:
            status = yield from complain(call, f"{path}: {Errno.ENOENT}")
        for below, _ in found or ():
            failed = yield SetAttributes(below, uid=numbers[0], gid=numbers[1])
            if failed is not None:
                status = yield from complain(call, f"{path}: {failed}")
    return status


COMMANDS: dict[str, Program] = {
    "chgrp": chown,
    "chmod": chmod,
    "chown": chown,
    "ln": ln,
    "mkdir": mkdir,
    "readlink": readlink,
    "realpath": readlink,
    "rm": rm,
    "rmdir": rmdir,
    "touch": touch,
    "unlink": rm,
}
