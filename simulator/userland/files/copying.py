"""Copying and moving: cp, mv, install, cat, tee, truncate, dd's commonest use."""

from __future__ import annotations

import posixpath
from collections.abc import Generator
from typing import Any

from simulator.process.effects import Call, Close, Effect, GetStat, Link, Move, Open, Program, Read, Remove, SetAttributes, Stat, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend, make_dirs, read_all, read_file, write_file
from simulator.process.problems import NotSimulatedError
from simulator.process.world import ImageFile
from simulator.userland.flags import integer
from simulator.userland.kubectl.letters import long_options, options, own_up
from simulator.userland.streams import Gen, complain, inputs


def _target(call: Call, source: str, to: str) -> Generator[Effect, Any, str]:
    stat = yield GetStat(absolute(call, to))
    into = isinstance(stat, Stat) and stat.kind == "dir"
    if source.rstrip("/").endswith("/.") or source == ".":
        return absolute(call, to)
    return posixpath.join(absolute(call, to), posixpath.basename(source.rstrip("/"))) if into else absolute(call, to)


def _copy_one(call: Call, source: str, stat: Stat, to: str) -> Generator[Effect, Any, Errno | None]:
    there = yield GetStat(to)
    if stat.kind == "dir":
        if not (isinstance(there, Stat) and there.kind == "dir") and (problem := (yield from make_dirs(to, stat.mode | 0o200))) is not None:
            return problem
        return None
    if stat.kind == "link":
        yield Remove(to)
        linked: Errno | None = yield Link(to, stat.target)
        return linked
    text = yield from read_file(call, source)
    failed = text if isinstance(text, Errno) else (yield from write_file(to, text))
    if failed is None and isinstance(there, Errno):
        yield SetAttributes(to, mode=stat.mode)
    return failed


def cp(call: Call) -> Gen:
    """`cp [-rfnapuLT] source ... target`. A source that only the image has is taken from there."""
    flags = "rRafpndvuLPTHlx"
    long = long_options("recursive=r archive=a force=f no-clobber=n preserve=p verbose=v update=u dereference=L")
    chosen = options(call.argv[1:], flags, "t", long, lenient=True)
    yield from own_up(call, chosen)
    sources = chosen.rest if "t" in chosen else chosen.rest[:-1]
    to = chosen.get("t") or (chosen.rest[-1] if chosen.rest else "")
    if not sources or not to:
        return (yield from complain(call, "missing file operand"))
    recursive, status = bool({"r", "R", "a"} & set(chosen)), 0
    for source in sources:
        path = absolute(call, source)
        target = yield from (_target(call, source, to) if "T" not in chosen else _as_given(call, to))
        if "n" in chosen and isinstance((yield GetStat(target)), Stat):
            continue
        found = yield from descend(path)
        if not found:
            status = (yield from _from_image(call, source, target)) or status
            continue
        top = yield GetStat(path)
        if isinstance(top, Stat) and top.kind == "dir" and not recursive:
            status = yield from complain(call, f"omitting directory '{source}'")
            continue
        follow = not recursive or "L" in chosen
        for below, stat in found:
            real = (yield GetStat(below)) if stat.kind == "link" and follow else stat
            failed = real if isinstance(real, Errno) else (yield from _copy_one(call, below, real, target + below[len(path) :]))
            if failed is not None:
                status = yield from complain(call, f"can't create '{target + below[len(path) :]}': {failed}")
                break
    return status


def _as_given(call: Call, to: str) -> Generator[Effect, Any, str]:
    yield from ()
    return absolute(call, to)


def _from_image(call: Call, source: str, target: str) -> Gen:
    text = yield ImageFile(absolute(call, source))
    if text is None:
        return (yield from complain(call, f"can't stat '{source}': {Errno.ENOENT}"))
    failed = yield from write_file(target, text)
    if failed is not None:
        return (yield from complain(call, f"can't create '{target}': {failed}"))
    yield SetAttributes(target, mode=0o755)
    return 0


def mv(call: Call) -> Gen:
    """`mv [-fn] source ... target`: renames, or copies and removes between volumes."""
    chosen = options(call.argv[1:], "fnvuT", "t", {"force": "f", "no-clobber": "n", "verbose": "v"})
    sources = chosen.rest if "t" in chosen else chosen.rest[:-1]
    to = chosen.get("t") or (chosen.rest[-1] if chosen.rest else "")
    status = 0
    for source in sources:
        target = yield from _target(call, source, to)
        if "n" in chosen and isinstance((yield GetStat(target)), Stat):
            continue
        failed = yield Move(absolute(call, source), target)
        if failed is Errno.EXDEV:
            copied = yield from cp(Call(("cp", "-a", absolute(call, source), target), call.env, call.cwd))
            for below, _ in reversed((yield from descend(absolute(call, source))) if copied == 0 else []):
                yield Remove(below)
            status = copied or status
        elif failed is not None:
            status = yield from complain(call, f"can't rename '{source}': {failed}")
    return status if sources else (yield from complain(call, "missing file operand"))


def install(call: Call) -> Gen:
    """`install [-d] [-m mode] source ... target`."""
    chosen = options(call.argv[1:], "dDvcp", "mog", long_options("mode=m owner=o group=g directory=d"))
    if "d" in chosen:
        for path in chosen.rest:
            if (failed := (yield from make_dirs(absolute(call, path)))) is not None:
                return (yield from complain(call, f"cannot create directory '{path}': {failed}"))
        return 0
    if "D" in chosen and chosen.rest:
        yield from make_dirs(posixpath.dirname(absolute(call, chosen.rest[-1])))
    status = yield from cp(Call(("cp", *chosen.rest), call.env, call.cwd))
    if status == 0 and chosen.get("m", "").isdigit():
        target = yield from _target(call, chosen.rest[0], chosen.rest[-1])
        yield SetAttributes(target, mode=int(chosen["m"], 8))
    return status


def cat(call: Call) -> Gen:
    """`cat [-n] [file ...]`: standard input is passed on as it comes."""
    chosen = options(call.argv[1:], "nuvetAE")
    if {"v", "e", "t", "A", "E"} & set(chosen):
        raise NotSimulatedError("showing special characters")
    status, number = 0, 0
    for path in chosen.rest or ["-"]:
        fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
        if isinstance(fd, Errno):
            status = yield from complain(call, f"can't open '{path}': {fd}")
            continue
        while text := (yield Read(fd, "line" if "n" in chosen else "some")):
            if isinstance(text, Errno):
                status = yield from complain(call, f"read error: {text}")
                break
            number += 1
            yield Write(1, f"{number:6}\t{text}" if "n" in chosen else text)
        if fd:
            yield Close(fd)
    return status


def tee(call: Call) -> Gen:
    """`tee [-a] file ...`."""
    chosen = options(call.argv[1:], "ai", "", {"append": "a"})
    fds, status = [], 0
    for path in chosen.rest:
        fd = yield Open(absolute(call, path), "a" if "a" in chosen else "w")
        if isinstance(fd, Errno):
            status = yield from complain(call, f"{path}: {fd}")
        else:
            fds.append(fd)
    while (text := (yield Read(0))) and not isinstance(text, Errno):
        for fd in (1, *fds):
            yield Write(fd, text)
    return status


def truncate(call: Call) -> Gen:
    """`truncate -s size file ...`."""
    chosen = options(call.argv[1:], "c", "s", {"size": "s"})
    if not chosen.get("s", "").isdigit():
        raise NotSimulatedError(f"size {chosen.get('s')!r}")
    size = int(chosen["s"])
    for path in chosen.rest:
        text = yield from read_file(call, path)
        failed = yield from write_file(absolute(call, path), (text if isinstance(text, str) else "")[:size].ljust(min(size, 1 << 20), "\0"))
        if failed is not None:
            return (yield from complain(call, f"{path}: {failed}"))
    return 0


def envsubst(call: Call) -> Gen:
    """`envsubst ['$A $B'] < template`."""
    import re

    text = yield from read_all()
    only = set(re.findall(r"\$\{?(\w+)\}?", call.argv[1])) if len(call.argv) > 1 else None

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return call.env.get(name, "") if only is None or name in only else match[0]

    yield Write(1, re.sub(r"\$(?:\{(\w+)\}|([A-Za-z_]\w*))", value, text))
    return 0


def base64(call: Call) -> Gen:
    """`base64 [-d] [-w columns] [file]`."""
    from base64 import b64decode, b64encode
    from binascii import Error

    chosen = options(call.argv[1:], "di", "w", {"decode": "d", "wrap": "w"})
    found, status = yield from inputs(call, chosen.rest)
    data = "".join(text for _, text in found).encode("utf-8", "surrogateescape")
    if "d" in chosen:
        try:
            yield Write(1, b64decode(b"".join(data.split()), validate="i" not in chosen).decode("utf-8", "surrogateescape"))
        except Error:
            return (yield from complain(call, "invalid input"))
        return status
    text, width = b64encode(data).decode(), integer(chosen.get("w", "76"))
    lines = [text[i : i + width] for i in range(0, len(text), width)] if width else [text]
    yield Write(1, "\n".join(lines) + ("\n" if width else ""))
    return status


def digest(call: Call) -> Gen:
    """md5sum, sha1sum, sha256sum, sha512sum (without -c)."""
    import hashlib

    chosen = options(call.argv[1:], "bts", "", {"status": "s"})
    found, status = yield from inputs(call, chosen.rest)
    for path, text in found:
        value = hashlib.new(call.name.removesuffix("sum"), text.encode("utf-8", "surrogateescape"), usedforsecurity=False)
        yield Write(1, f"{value.hexdigest()}  {path}\n")
    return status


COMMANDS: dict[str, Program] = {
    "base64": base64,
    "cat": cat,
    "cp": cp,
    "envsubst": envsubst,
    "install": install,
    "md5sum": digest,
    "mv": mv,
    "sha1sum": digest,
    "sha224sum": digest,
    "sha256sum": digest,
    "sha384sum": digest,
    "sha512sum": digest,
    "tee": tee,
    "truncate": truncate,
}
