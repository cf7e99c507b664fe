"""Entries of directories: mkdir, rmdir, rm, touch, ln, readlink."""

from __future__ import annotations

import posixpath

from simulator.process.effects import Call, Close, GetStat, Link, MakeDir, Now, Open, Process, Program, Remove, SetAttributes, Stat
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend, make_dirs
from simulator.process.problems import NotSimulatedError
from simulator.userland.files.modes import changed_mode
from simulator.userland.flags import Flags, switch, value
from simulator.userland.processes.clock import parse_date
from simulator.userland.streams import complain, out

_MOST_LINKS = 40
"""Symbolic links that Linux follows on one path (MAXSYMLINKS)."""


class _MkdirFlags(Flags):
    parents = switch("-p", "--parents")
    mode = value("-m", "--mode")
    without_effect = switch("-v", "--verbose")


def mkdir(call: Call) -> Process:
    """`mkdir [-p] [-m mode] directory ...`."""
    given = _MkdirFlags.parse(call.argv[1:])
    status = 0
    for path in given.operands:
        made = (yield from make_dirs(absolute(call, path))) if given.parents else (yield MakeDir(absolute(call, path)))
        if made is None and given.mode is not None:
            made = yield SetAttributes(absolute(call, path), mode=changed_mode(0o777, given.mode))
        if isinstance(made, Errno):
            status = yield from complain(call, f"can't create directory '{path}': {made}")
    return status if given.operands else (yield from complain(call, "missing operand"))


class _RmdirFlags(Flags):
    ignore_non_empty = switch("-p", "--ignore-fail-on-non-empty")


def rmdir(call: Call) -> Process:
    """`rmdir directory ...`."""
    given = _RmdirFlags.parse(call.argv[1:])
    status = 0
    for path in given.operands:
        stat = yield GetStat(absolute(call, path), follow=False)
        if isinstance(stat, Errno):
            failed = stat
        else:
            failed = Errno.ENOTDIR if stat.kind != "dir" else (yield Remove(absolute(call, path)))
        if isinstance(failed, Errno) and not (failed is Errno.ENOTEMPTY and given.ignore_non_empty):
            status = yield from complain(call, f"'{path}': {failed}")
    return status


class _RmFlags(Flags):
    recursive = switch("-r", "-R", "--recursive")
    force = switch("-f", "--force")
    without_effect = switch("-v", "--verbose", "-i", "-d", "--dir")


def rm(call: Call) -> Process:
    """`rm [-rf] path ...`."""
    given = _RmFlags.parse(call.argv[1:])
    status = 0
    for path in given.operands:
        entries = yield from descend(absolute(call, path), "" if given.force else "any" if given.recursive else "file")
        if not entries:
            yield Remove(absolute(call, path))
            status = status if given.force else (yield from complain(call, f"can't remove '{path}': {Errno.ENOENT}"))
        elif entries[0][1].kind == "dir" and not given.recursive:
            status = yield from complain(call, f"'{path}' is a directory")
        else:
            for below, _ in reversed(entries):
                failed = yield Remove(below)
                if failed is not None:
                    status = yield from complain(call, f"can't remove '{path}': {failed}")
                    break
    return status


class _TouchFlags(Flags):
    no_create = switch("-c", "--no-create")
    date = value("-d", "--date")
    reference = value("-r", "--reference")
    stamp = value("-t")
    without_effect = switch("-a", "-m", "-h")


def touch(call: Call) -> Process:
    """`touch [-c] [-d when] file ...`."""
    given = _TouchFlags.parse(call.argv[1:])
    moment = yield Now()
    if given.date is not None:
        moment = parse_date(given.date, moment)
    elif given.reference is not None or given.stamp is not None:
        raise NotSimulatedError("option -r or -t")
    status = 0
    for path in given.operands:
        stat = yield GetStat(absolute(call, path))
        if isinstance(stat, Errno):
            if given.no_create:
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


class _LnFlags(Flags):
    symbolic = switch("-s", "--symbolic")
    force = switch("-f", "--force")
    no_dereference = switch("-n", "--no-dereference")
    as_given = switch("-T")
    into = value("-t")
    without_effect = switch("-v")


def ln(call: Call) -> Process:
    """`ln -s [-f] target link`; a hard link is made as a symbolic one, which reads the same."""
    given = _LnFlags.parse(call.argv[1:])
    paths = [*given.operands, *([given.into] if given.into is not None else [])]
    if not paths:
        return (yield from complain(call, "missing operand"))
    if len(paths) == 1:
        paths.append(posixpath.basename(paths[0]))
    *targets, link = paths
    stat = yield GetStat(absolute(call, link), follow=not given.no_dereference)
    into = isinstance(stat, Stat) and stat.kind == "dir" and not given.as_given
    for target in targets:
        path = absolute(call, posixpath.join(link, posixpath.basename(target)) if into else link)
        if given.force:
            yield Remove(path)
        failed = yield Link(path, target if given.symbolic else absolute(call, target))
        if failed is not None:
            return (yield from complain(call, f"{link}: {failed}"))
    return 0


class _ReadlinkFlags(Flags):
    canonicalize = switch("-f", "-e", "--canonicalize")
    no_newline = switch("-n")
    without_effect = switch("-m", "-q", "-s", "-z")


def readlink(call: Call) -> Process:
    """`readlink [-f] path`; also `realpath`."""
    given = _ReadlinkFlags.parse(call.argv[1:])
    resolves = given.canonicalize or call.name == "realpath"
    for operand in given.operands:
        path = absolute(call, operand)
        stat = yield GetStat(path, follow=False)
        if not resolves and not (isinstance(stat, Stat) and stat.kind == "link"):
            return 1
        for _ in range(_MOST_LINKS):
            if not (isinstance(stat, Stat) and stat.kind == "link"):
                break
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), stat.target)) if resolves else stat.target
            stat = (yield GetStat(path, follow=False)) if resolves else None
        yield from out(path + ("" if given.no_newline else "\n"))
    return 0


COMMANDS: dict[str, Program] = {
    "ln": ln,
    "mkdir": mkdir,
    "readlink": readlink,
    "realpath": readlink,
    "rm": rm,
    "rmdir": rmdir,
    "touch": touch,
    "unlink": rm,
}
