"""The tests of find: names, kinds, sizes, ages, owners, modes (POSIX XCU, find, OPERANDS; GNU's additions)."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable

import msgspec

from simulator.process.effects import Stat
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.shell.regex.pattern import compiled
from simulator.shell.regex.posix import reason
from simulator.units import DAY, MINUTE


class Entry(msgspec.Struct, frozen=True):
    """A file that is tested: `path` from the root, `shown` as find prints it, `top` the path that find was given."""

    path: str
    shown: str
    top: str
    depth: int
    stat: Stat

    @property
    def name(self) -> str:
        """Its last part."""
        return posixpath.basename(self.path)


Test = Callable[[int, Entry, str], bool]
"""Of the time now (ns since the epoch), a file, and the test's argument."""

KINDS = {"f": "file", "d": "dir", "l": "link", "c": "device"}
_SIZES = {"c": 1, "w": 2, "b": 512, "": 512, "k": 1024, "M": 1024**2, "G": 1024**3}


def _compares(number: int, text: str) -> bool:
    """`+n`: more than n, `-n`: less, `n`: exactly."""
    try:
        limit = int(text.lstrip("+-"))
    except ValueError:
        raise UsageError(f"invalid number '{text}'") from None
    if text[0] == "+":
        return number > limit
    return number < limit if text[0] == "-" else number == limit


def _size(_: int, entry: Entry, text: str) -> bool:
    """Sizes are rounded up to the unit before they compare: any file with something in it is larger than `-size -1M`."""
    unit = text[-1] if text[-1] in _SIZES else ""
    return _compares(-(-entry.stat.size // _SIZES[unit]), text.removesuffix(unit) if unit else text)


def _mode(_: int, entry: Entry, text: str) -> bool:
    """`-perm -mode`: all of these bits, `/mode`: any of them, `mode`: exactly these."""
    if not re.fullmatch(r"[-/]?[0-7]+", text):
        raise NotSimulatedError(f"-perm {text}")
    mode, bits = entry.stat.mode & 0o7777, int(text.lstrip("-/"), 8)
    if text[0] == "-":
        return mode & bits == bits
    return bool(mode & bits) if text[0] == "/" else mode == bits


def _owner(number: int, text: str) -> bool:
    return number == 0 if text == "root" else text.isdigit() and number == int(text)


def _matches(pattern: str, text: str, *, flags: int = 0) -> bool:
    r"""Emacs' syntax, find's default, writes groups as `\(` and alternatives as `\|`."""
    try:
        return compiled(re.sub(r"\\([|()+?{}])", r"\1", pattern), flags).fullmatch(text) is not None
    except re.error as error:
        raise UsageError(f"bad regex '{pattern}': {reason(error)}") from None


TESTS: dict[str, Test] = {
    "-gid": lambda _, entry, text: _compares(entry.stat.gid, text),
    "-group": lambda _, entry, text: _owner(entry.stat.gid, text),
    "-iname": lambda _, entry, text: fnmatch.fnmatchcase(entry.name.lower(), text.lower()),
    "-ipath": lambda _, entry, text: fnmatch.fnmatchcase(entry.shown.lower(), text.lower()),
    "-iregex": lambda _, entry, text: _matches(text, entry.shown, flags=re.IGNORECASE),
    "-mmin": lambda now, entry, text: _compares((now - entry.stat.mtime) // MINUTE, text),
    "-mtime": lambda now, entry, text: _compares((now - entry.stat.mtime) // DAY, text),
    "-name": lambda _, entry, text: fnmatch.fnmatchcase(entry.name, text),
    "-path": lambda _, entry, text: fnmatch.fnmatchcase(entry.shown, text),
    "-perm": _mode,
    "-regex": lambda _, entry, text: _matches(text, entry.shown),
    "-size": _size,
    "-type": lambda _, entry, text: entry.stat.kind in [KINDS.get(letter) for letter in text.split(",")],
    "-uid": lambda _, entry, text: _compares(entry.stat.uid, text),
    "-user": lambda _, entry, text: _owner(entry.stat.uid, text),
}
# A file has one time here: access and change of status count as its modification.
TESTS |= {"-wholename": TESTS["-path"], "-cmin": TESTS["-mmin"], "-ctime": TESTS["-mtime"], "-amin": TESTS["-mmin"]}
PERMISSIONS = {"-readable": 0o444, "-writable": 0o222, "-executable": 0o111}
