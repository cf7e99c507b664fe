"""Archives: tar, unzip, gunzip. What is in an archive file is unknown content when it is unpacked; one that tar pipes has its files."""

from __future__ import annotations

import posixpath
import re

from simulator.process.effects import Call, Effects, GetStat, Link, MarkUnknown, Process, Program, Remove, SetAttributes, Stat, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend, is_unknown, make_dirs, read_all, read_shown, write_file
from simulator.userland.files.tarballs import Entry, packed, unpacked
from simulator.userland.flags import Flags, Unknown, optional, switch, value, values
from simulator.userland.streams import complain

_OLD_STYLE = re.compile(r"[A-Za-z]+")
_WITH_VALUE = "fCTX"
"""Letters of tar whose values follow a cluster of options without a dash, in order: `tar xzfC a.tgz /opt`."""


class _TarFlags(Flags, unknown=Unknown.SKIP):
    extract = switch("-x", "--extract", "--get")
    create = switch("-c", "--create", "-r", "--append", "-u", "--update")
    list = switch("-t", "--list")
    file = value("-f", "--file")
    directory = value("-C", "--directory")
    without_effect_values = values(
        "-T", "--files-from", "-X", "--exclude-from", "--exclude", "--strip-components", "--transform", "--owner"
    )
    without_effect = switch(*(f"-{letter}" for letter in "zjJavpokhOPSUZ"), "--overwrite", "--gzip", "--no-same-owner", "--strip")
    touch = switch("-m", "--touch")
    compress = optional("-I", "--use-compress-program")


def _with_dashes(words: list[str]) -> list[str]:
    """The words with an old-style cluster of options, which has no dash, written as options of their own."""
    if not words or not _OLD_STYLE.fullmatch(words[0]):
        return words
    letters, rest = words[0], words[1:]
    options: list[str] = []
    for letter in letters:
        options.append(f"-{letter}")
        if letter in _WITH_VALUE and rest:
            options.append(rest.pop(0))
    return [*options, *rest]


def tar(call: Call) -> Process:
    """`tar x`, `tar c`, `tar t`: an archive that is missing is an error, and what is unpacked from a file is unknown content.

    An archive that is written to standard output or read from standard input has its files (`kubectl cp`).
    """
    given = _TarFlags.parse(_with_dashes(list(call.argv[1:])))
    archive = given.file or "-"
    if given.create:
        if archive == "-":
            return (yield from _pack(call, given))
        failed = yield from write_file(absolute(call, archive), "")
        if failed is not None:
            return (yield from complain(call, f"can't open '{archive}': {failed}"))
        yield MarkUnknown(absolute(call, archive), "an archive")
        return 0
    if archive == "-":
        return (yield from _unpack_input(call, given))
    if (failed := (yield from _taken(call, archive))) is not None:
        return (yield from complain(call, f"can't open '{archive}': {failed}"))
    if given.list:
        return 0
    return (yield from _unpack(call, archive, given.directory or "."))


def _pack(call: Call, given: _TarFlags) -> Process:
    """Write the files that are named, and what is below them, as an archive to standard output."""
    base = absolute(call, given.directory or ".")
    entries, status, strips = [], 0, False
    for name in given.operands:
        members = yield from descend(posixpath.normpath(posixpath.join(base, name)))
        if not members:
            status = yield from complain(call, f"{name}: {Errno.ENOENT}")
        top = members[0][0] if members else ""
        strips |= name.startswith("/")
        for path, stat in members:
            member = posixpath.join(name, posixpath.relpath(path, top)) if path != top else name
            text = (yield from read_shown(call, path)) if stat.kind == "file" else ""
            kind = stat.kind if stat.kind in ("dir", "link") else "file"
            content = text if isinstance(text, str) else ""
            entries.append(Entry(member.lstrip("/") or ".", kind, stat.mode, stat.mtime, content, stat.target))
    if strips:
        yield Write(2, "tar: removing leading '/' from member names\n")
    yield Write(1, packed(entries))
    if status:
        yield Write(2, "tar: error exit delayed from previous errors\n")
    return status


def _unpack_input(call: Call, given: _TarFlags) -> Process:
    """Write the files of the archive on standard input; what comes from somewhere unknown is unknown content."""
    unknown = yield from is_unknown(call, "/dev/stdin")
    entries = unpacked((yield from read_all()))
    if given.list:
        for entry in entries or ():
            yield Write(1, f"{entry.name}{'/' if entry.kind == 'dir' else ''}\n")
        return 0
    if unknown or entries is None:
        return (yield from _unpack(call, "-", given.directory or "."))
    target = absolute(call, given.directory or ".")
    stat: Stat | Errno = yield GetStat(target, relies_on="dir")
    if isinstance(stat, Errno):
        return (yield from complain(call, f"can't change directory to '{given.directory}': {stat}"))
    for entry in entries:
        # A name with `..` could leave the directory: real tars strip it, too.
        path = posixpath.join(target, posixpath.normpath(f"/{entry.name}").lstrip("/"))
        if (failed := (yield from _put(path, entry, keeps_time=not given.touch))) is not None:
            return (yield from complain(call, f"can't open '{entry.name}': {failed}"))
    return 0


def _put(path: str, entry: Entry, *, keeps_time: bool) -> Effects[Errno | None]:
    """Make one member; what went wrong."""
    if entry.kind == "dir":
        return (yield from make_dirs(path, entry.mode))
    failed = yield from make_dirs(posixpath.dirname(path))
    if failed is None and entry.kind == "link":
        yield Remove(path)
        failed = yield Link(path, entry.target)
    elif failed is None:
        failed = yield from write_file(path, entry.text)
        yield SetAttributes(path, mode=entry.mode, mtime=entry.mtime if keeps_time else None)
    return failed


def _taken(call: Call, archive: str) -> Effects[Errno | None]:
    """Read an archive; why it cannot be read."""
    if archive == "-":
        yield from read_all()
        return None
    stat: Stat | Errno = yield GetStat(absolute(call, archive), relies_on="file")
    return stat if isinstance(stat, Errno) else None


def _unpack(call: Call, archive: str, directory: str) -> Process:
    """Let a directory that exists have the unknown content of an archive."""
    target = absolute(call, directory)
    stat: Stat | Errno = yield GetStat(target, relies_on="dir")
    if isinstance(stat, Errno):
        return (yield from complain(call, f"can't change directory to '{directory}': {stat}"))
    yield MarkUnknown(target, "an archive" if archive == "-" else f"the archive {archive}")
    return 0


class _UnzipFlags(Flags, unknown=Unknown.SKIP):
    directory = value("-d")
    list = switch("-l", "-t", "-v", "-Z")
    without_effect = switch("-o", "-q", "-n", "-j", "-u", "-qq", "-oq", "-qo")


def unzip(call: Call) -> Process:
    """`unzip [-oq] archive [-d directory]`: makes the directory (unzip(1))."""
    given = _UnzipFlags.parse(call.argv[1:])
    if not given.operands:
        return (yield from complain(call, "missing archive"))
    archive = given.operands[0]
    if (failed := (yield from _taken(call, archive))) is not None:
        return (yield from complain(call, f"cannot find or open {archive}: {failed}", 9))
    if given.list:
        return 0
    if given.directory is not None:
        yield from make_dirs(absolute(call, given.directory))
    return (yield from _unpack(call, archive, given.directory or "."))


class _GunzipFlags(Flags, unknown=Unknown.SKIP):
    to_output = switch("-c", "--stdout")
    keep = switch("-k", "--keep")
    without_effect = switch("-f", "-q", "-d", "-v")


def gunzip(call: Call) -> Process:
    """`gunzip [-ck] [file.gz ...]`."""
    given = _GunzipFlags.parse(call.argv[1:])
    status = 0
    for name in given.operands or ["-"]:
        if (failed := (yield from _taken(call, name))) is not None:
            status = yield from complain(call, f"{name}: {failed}")
        elif name != "-" and not given.to_output:
            target = absolute(call, posixpath.splitext(name)[0])
            yield from write_file(target, "")
            yield MarkUnknown(target, f"the archive {name}")
    return status


COMMANDS: dict[str, Program] = {"gunzip": gunzip, "tar": tar, "unzip": unzip}
