"""Copying and moving: cp, mv, install."""

from __future__ import annotations

import posixpath

from simulator.process.effects import Call, Effects, GetStat, Link, MarkUnknown, Move, Process, Program, Remove, SetAttributes, Stat
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend, make_dirs, read_file, write_file
from simulator.userland.flags import Flags, Unknown, report_ignored, switch, value
from simulator.userland.streams import complain


class _IntoFlags(Flags):
    """What cp and mv share: which operands are sources, and where they go."""

    into = value("-t")

    @property
    def sources(self) -> list[str]:
        return self.operands if self.into is not None else self.operands[:-1]

    @property
    def target(self) -> str:
        """The directory of -t, or the last operand; "" for neither."""
        return self.into or (self.operands[-1] if self.operands else "")


class _CpFlags(_IntoFlags, unknown=Unknown.REPORT):
    recursive = switch("-r", "-R", "--recursive")
    archive = switch("-a", "--archive")
    no_clobber = switch("-n", "--no-clobber")
    dereference = switch("-L", "--dereference")
    as_given = switch("-T")
    without_effect = switch("-f", "--force", "-p", "--preserve", "-v", "--verbose", "-u", "--update", "-d", "-P", "-H", "-l", "-x")


def _target_path(call: Call, source: str, to: str) -> Effects[str]:
    """Where a source goes: below `to` if that is a directory, else to `to`. `dir/.` means the content of a directory."""
    stat = yield GetStat(absolute(call, to))
    if source.rstrip("/").endswith("/.") or source == ".":
        return absolute(call, to)
    if isinstance(stat, Stat) and stat.kind == "dir":
        return posixpath.join(absolute(call, to), posixpath.basename(source.rstrip("/")))
    return absolute(call, to)


def cp(call: Call) -> Process:
    """`cp [-rfnapuLT] source ... target`. The copy of something whose content is unknown is unknown, too."""
    given = _CpFlags.parse(call.argv[1:])
    yield from report_ignored(call, given)
    if not given.sources or not given.target:
        return (yield from complain(call, "missing file operand"))
    recursive, status = given.recursive or given.archive, 0
    for source in given.sources:
        path = absolute(call, source)
        target = absolute(call, given.target) if given.as_given else (yield from _target_path(call, source, given.target))
        if given.no_clobber and isinstance((yield GetStat(target)), Stat):
            continue
        entries = yield from descend(path, "any" if recursive else "file")
        if not entries:
            status = yield from complain(call, f"can't stat '{source}': {Errno.ENOENT}")
            continue
        top = yield GetStat(path)
        if isinstance(top, Stat) and top.kind == "dir" and not recursive:
            status = yield from complain(call, f"omitting directory '{source}'")
            continue
        # POSIX XCU, cp: links are followed unless a tree is copied; -a and -r copy them as links, as GNU and busybox do.
        follow = not recursive or given.dereference
        for below, stat in entries:
            real = (yield GetStat(below)) if stat.kind == "link" and follow else stat
            copy = target + below[len(path) :]
            failed = real if isinstance(real, Errno) else (yield from _copy_one(call, below, real, copy))
            if failed is not None:
                status = yield from complain(call, f"can't create '{copy}': {failed}")
                break
    return status


def _copy_one(call: Call, source: str, stat: Stat, to: str) -> Effects[Errno | None]:
    """Copy one entry of a tree, without what is below it."""
    existing = yield GetStat(to)
    if stat.kind == "dir":
        made: Errno | None = None
        if not isinstance(existing, Stat) or existing.kind != "dir":
            made = yield from make_dirs(to, stat.mode | 0o200)  # writable, or nothing could be copied into it
        if made is None and stat.unknown:
            yield MarkUnknown(to, f"a copy of {source}")
        return made
    if stat.kind == "link":
        yield Remove(to)
        linked: Errno | None = yield Link(to, stat.target)
        return linked
    text = yield from read_file(call, source)
    failed = text if isinstance(text, Errno) else (yield from write_file(to, text))
    if failed is None and stat.unknown and not text:
        yield MarkUnknown(to, f"a copy of {source}")
    if failed is None and isinstance(existing, Errno):
        yield SetAttributes(to, mode=stat.mode)  # a file that existed keeps its own mode
    return failed


class _MvFlags(_IntoFlags):
    no_clobber = switch("-n", "--no-clobber")
    without_effect = switch("-f", "--force", "-v", "--verbose", "-u", "-T")


def mv(call: Call) -> Process:
    """`mv [-fn] source ... target`: renames, or copies and removes between volumes."""
    given = _MvFlags.parse(call.argv[1:])
    status = 0
    for source in given.sources:
        target = yield from _target_path(call, source, given.target)
        if given.no_clobber and isinstance((yield GetStat(target)), Stat):
            continue
        path = absolute(call, source)
        yield GetStat(path, follow=False, relies_on="any")
        failed = yield Move(path, target)
        if failed is Errno.EXDEV:  # rename(2) does not leave its volume
            copied = yield from cp(Call(("cp", "-a", path, target), call.env, call.cwd))
            entries = (yield from descend(path)) if copied == 0 else []
            for below, _ in reversed(entries):
                yield Remove(below)
            status = copied or status
        elif failed is not None:
            status = yield from complain(call, f"can't rename '{source}': {failed}")
    return status if given.sources else (yield from complain(call, "missing file operand"))


class _InstallFlags(Flags):
    directory = switch("-d", "--directory")
    make_parents = switch("-D")
    mode = value("-m", "--mode", default="")
    owner = value("-o", "--owner")
    group = value("-g", "--group")
    without_effect = switch("-v", "-c", "-p")


def install(call: Call) -> Process:
    """`install [-d] [-D] [-m mode] source ... target`."""
    given = _InstallFlags.parse(call.argv[1:])
    if given.directory:
        for path in given.operands:
            if (failed := (yield from make_dirs(absolute(call, path)))) is not None:
                return (yield from complain(call, f"cannot create directory '{path}': {failed}"))
        return 0
    if given.make_parents and given.operands:
        yield from make_dirs(posixpath.dirname(absolute(call, given.operands[-1])))
    status = yield from cp(Call(("cp", *given.operands), call.env, call.cwd))
    if status == 0 and given.mode.isdigit():
        target = yield from _target_path(call, given.operands[0], given.operands[-1])
        yield SetAttributes(target, mode=int(given.mode, 8))
    return status


COMMANDS: dict[str, Program] = {"cp": cp, "install": install, "mv": mv}
