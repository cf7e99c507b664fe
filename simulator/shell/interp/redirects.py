"""Redirections (POSIX 2.7): done in order before a command, undone after it when the command ran in the shell's own process."""

from __future__ import annotations

import posixpath
import re

from simulator.process.effects import Close, Dup, Effects, GetStat, Open, Pipe, Stat, Write
from simulator.process.errno import Errno
from simulator.process.unknown_text import UNKNOWN_TEXT
from simulator.process.world import UNRESOLVED, Connect, NetError, lookup_error
from simulator.shell.expand.fields import expand_text
from simulator.shell.interp.shell import Shell
from simulator.shell.syntax.nodes import Redirect

Saved = list[tuple[int, int | None]]
"""What to undo: a descriptor and where its old meaning is kept (None: it was closed)."""

_MODES = {"<": "r", ">": "w", ">|": "w", ">>": "a", "<>": "+", "&>": "w", "&>>": "a"}
_NETWORK = re.compile(r"/dev/(tcp|udp)/([^/]*)/(.*)")


class RedirectError(Exception):
    """The redirection failed; the text is the message that the shell prints."""


def apply(shell: Shell, redirects: tuple[Redirect, ...], saved: Saved) -> Effects[None]:
    """Do them, noting in `saved` what to undo. Raises RedirectError; what was done before it is in `saved`.

    In order, since POSIX gives `2>&1 >file` and `>file 2>&1` different meanings.
    """
    for redirect in redirects:
        text = yield from expand_text(shell, redirect.target)
        fd = _default_fd(redirect.op) if redirect.fd is None else redirect.fd
        yield from _save(fd, saved)
        if redirect.op in ("<<", "<<<"):
            yield from _here(text if redirect.op == "<<" else text + "\n", fd)
        elif redirect.op in ("<&", ">&") and (text == "-" or text.rstrip("-").isdigit()):
            yield from _duplicate(text, fd)
        elif redirect.op in ("&>", "&>>", ">&"):
            yield from _file(shell, text, _MODES.get(redirect.op, "w"), fd)
            yield from _save(2, saved)
            yield Dup(fd, 2)  # bash: `>& file` without a digit means both streams
        elif redirect.op == "<&":
            raise RedirectError(f"{text}: ambiguous redirect")
        else:
            if redirect.op == ">" and "C" in shell.variables.options:
                yield from _keep(shell, text)
            yield from _file(shell, text, _MODES[redirect.op], fd)


def _default_fd(op: str) -> int:
    return 0 if op[0] == "<" else 1


def undo(saved: Saved) -> Effects[None]:
    """Give every descriptor its old meaning back, the last change first: one descriptor may have been redirected twice."""
    for fd, kept in reversed(saved):
        if kept is None:
            yield Close(fd)
        else:
            yield Dup(kept, fd)
            yield Close(kept)


def _save(fd: int, saved: Saved) -> Effects[None]:
    kept = yield Dup(fd)
    saved.append((fd, None if isinstance(kept, Errno) else kept))


def _duplicate(text: str, fd: int) -> Effects[None]:
    if text == "-":
        yield Close(fd)
        return
    source = int(text.rstrip("-"))
    if isinstance((yield Dup(source, fd)), Errno):
        raise RedirectError(f"{source}: {Errno.EBADF}")
    if text.endswith("-") and source != fd:
        yield Close(source)  # `>&5-` moves the descriptor


def _file(shell: Shell, path: str, mode: str, fd: int) -> Effects[None]:
    if shell.bash and (network := _NETWORK.fullmatch(path)):
        yield from _connection(shell, path, network[2], network[3], fd)
        return
    full = posixpath.normpath(posixpath.join(shell.cwd, path)) if path else ""
    opened: int | Errno = Errno.ENOENT
    if full:
        opened = yield Open(full, mode, fd)
    if isinstance(opened, Errno):
        raise RedirectError(shell.cannot_open(path, opened, mode))
    if mode == "r":
        stat = yield GetStat(full)
        if isinstance(stat, Stat) and stat.unknown and not stat.size:
            yield from _here(f"{UNKNOWN_TEXT}\n", fd)


def _keep(shell: Shell, path: str) -> Effects[None]:
    """`set -C`: `>` does not overwrite a regular file; devices are exempt (POSIX 2.7.2)."""
    stat = yield GetStat(posixpath.normpath(posixpath.join(shell.cwd, path)))
    if isinstance(stat, Stat) and stat.kind == "file":
        raise RedirectError(f"{path}: cannot overwrite existing file" if shell.bash else f"cannot create {path}: File exists")


def _connection(shell: Shell, path: str, host: str, port: str, fd: int) -> Effects[None]:
    """bash's /dev/tcp/host/port and /dev/udp: no file, but a connection that bash opens itself. dash has no such thing."""
    made = yield Connect(host, int(port) if port.isdigit() else 0)
    if isinstance(made, NetError):
        if made in UNRESOLVED:
            raise RedirectError(f"{host}: {lookup_error(made)}\n{shell.prefix}{path}: Invalid argument")
        reason = "Connection timed out" if made is NetError.TIMED_OUT else made.value
        yield Write(2, f"{shell.variables.name}: connect: {reason}\n")
        raise RedirectError(f"{path}: {reason}")
    yield Dup(made, fd)
    yield Close(made)


def _here(text: str, fd: int) -> Effects[None]:
    """A here-document is a pipe with the text in it: a pipe takes one write of any length when it is empty."""
    reader, writer = yield Pipe()
    yield Dup(reader, fd)
    yield Close(reader)
    yield Write(writer, text)
    yield Close(writer)
