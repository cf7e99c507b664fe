"""Modes and owners: chmod, chown, chgrp."""

from __future__ import annotations

import re

from simulator.process.effects import Call, Effects, Process, Program, SetAttributes, Stat
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, descend
from simulator.userland.flags import Flags, switch
from simulator.userland.processes.identity import number_of
from simulator.userland.streams import complain

_CLAUSE = re.compile(r"([ugoa]*)([-+=])([rwxXst]*)")
_SHIFTS = {"u": 6, "g": 3, "o": 0}
_SET_UID, _SET_GID, _STICKY = 0o4000, 0o2000, 0o1000


def changed_mode(mode: int, text: str) -> int:
    """What `chmod text` makes of a mode (POSIX XCU, chmod, EXTENDED DESCRIPTION). Raises ValueError."""
    if text.isdigit():
        return int(text, 8)
    for clause in text.split(","):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            raise ValueError(text)
        mode = _changed(mode, *match.groups())
    return mode


def _changed(mode: int, who: str, op: str, letters: str) -> int:
    """One clause, `who op letters`. Without a who all three classes are meant; the umask is not subtracted here."""
    bits = sum(_bit(letter, mode) for letter in set(letters))
    for shift in _classes(who):
        mode = mode & ~(7 << shift) if op == "=" else mode
        mode = mode & ~(bits << shift) if op == "-" else mode | bits << shift
    set_ids = sum(bit for bit, shift in ((_SET_UID, _SHIFTS["u"]), (_SET_GID, _SHIFTS["g"])) if shift in _classes(who))
    special = (set_ids if "s" in letters else 0) | (_STICKY if "t" in letters else 0)
    if op == "=":
        return mode if "s" in letters else mode & ~set_ids
    return mode | special if op == "+" else mode & ~special


def _bit(letter: str, mode: int) -> int:
    """`X` is x for what already has an x bit for any class (and for directories on Linux, which have one)."""
    return {"r": 4, "w": 2, "x": 1, "X": 1 if mode & 0o111 else 0}.get(letter, 0)


def _classes(who: str) -> tuple[int, ...]:
    """How far the bits of each class are shifted; `a`, or none, is all of them."""
    if not who or "a" in who:
        return tuple(_SHIFTS.values())
    return tuple(_SHIFTS[letter] for letter in who)


def _entries(call: Call, path: str, *, recursive: bool) -> Effects[list[tuple[str, Stat]] | None]:
    """What a path means: itself, with -R all below it too; None: there is no such path."""
    entries = yield from descend(absolute(call, path))
    if not entries:
        return None
    return entries if recursive else entries[:1]


class _ChmodFlags(Flags):
    recursive = switch("-R", "--recursive")
    without_effect = switch("-v", "-f", "-c")


def chmod(call: Call) -> Process:
    """`chmod [-R] mode path ...`."""
    # A mode may look like an option (`chmod -x file`), so only words that are options are given to the parser.
    options = [a for a in call.argv[1:] if re.fullmatch(r"-[Rvfc]+|--recursive", a)]
    operands = [a for a in call.argv[1:] if a not in options and a != "--"]
    recursive = _ChmodFlags.parse(options).recursive
    if len(operands) < 2:
        return (yield from complain(call, "missing operand"))
    mode, *paths = operands
    status = 0
    for path in paths:
        entries = yield from _entries(call, path, recursive=recursive)
        if entries is None:
            status = yield from complain(call, f"{path}: {Errno.ENOENT}")
        for below, stat in entries or ():
            try:
                failed = yield SetAttributes(below, mode=changed_mode(stat.mode, mode))
            except ValueError:
                return (yield from complain(call, f"invalid mode '{mode}'"))
            if failed is not None:
                status = yield from complain(call, f"{path}: {failed}")
    return status


class _ChownFlags(Flags):
    recursive = switch("-R", "--recursive")
    without_effect = switch("-h", "--no-dereference", "-v", "-f", "-L", "-H", "-P", "-c", "--from")


def chown(call: Call) -> Process:
    """`chown [-R] user[:group] path ...`; names that /etc/passwd does not know count as 1000. Also chgrp."""
    given = _ChownFlags.parse(call.argv[1:])
    if len(given.operands) < 2:
        return (yield from complain(call, "missing operand"))
    owner, _, group = given.operands[0].replace(".", ":", 1).partition(":")
    if call.name == "chgrp":
        owner, group = "", owner
    uid, gid = (yield from number_of("passwd", owner)), (yield from number_of("group", group))
    status = 0
    for path in given.operands[1:]:
        entries = yield from _entries(call, path, recursive=given.recursive)
        if entries is None:
            status = yield from complain(call, f"{path}: {Errno.ENOENT}")
        for below, _ in entries or ():
            failed = yield SetAttributes(below, uid=uid, gid=gid)
            if failed is not None:
                status = yield from complain(call, f"{path}: {failed}")
    return status


COMMANDS: dict[str, Program] = {"chgrp": chown, "chmod": chmod, "chown": chown}
