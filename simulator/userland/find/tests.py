"""What find asks of a file: names, kinds, sizes, ages, owners, modes."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable

import msgspec

from simulator.process.effects import Stat
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.units import SECOND


class Found(msgspec.Struct, frozen=True):
    """A file that is asked: `path` from the root, `shown` as find prints it, `top` the path that find was given."""

    path: str
    shown: str
    top: str
    depth: int
    stat: Stat

    @property
    def name(self) -> str:
        """Its last part."""
        return posixpath.basename(self.path)


Test = Callable[[int, Found, str], bool]
"""Of the time now (ns since the epoch), a file, and the test's argument."""

KINDS = {"f": "file", "d": "dir", "l": "link", "c": "device"}
_SIZES = {"c": 1, "w": 2, "b": 512, "": 512, "k": 1024, "M": 1024**2, "G": 1024**3}
_DAY, _MINUTE = 86400 * SECOND, 60 * SECOND


def _number(value: int, wanted: str) -> bool:
    """`+n`: more than n, `-n`: less, `n`: exactly."""
    try:
        limit = int(wanted.lstrip("+-"))
    except ValueError:
        raise UsageError(f"invalid number '{wanted}'") from None
    return value > limit if wanted[0] == "+" else value < limit if wanted[0] == "-" else value == limit


def _size(_: int, found: Found, wanted: str) -> bool:
    unit = wanted[-1] if wanted[-1] in _SIZES else ""
    return _number(-(-found.stat.size // _SIZES[unit]), wanted.removesuffix(unit) if unit else wanted)


def _mode(_: int, found: Found, wanted: str) -> bool:
    if not re.fullmatch(r"[-/]?[0-7]+", wanted):
        raise NotSimulatedError(f"-perm {wanted}")
    mode, bits = found.stat.mode & 0o7777, int(wanted.lstrip("-/"), 8)
    return mode & bits == bits if wanted[0] == "-" else bool(mode & bits) if wanted[0] == "/" else mode == bits


def _owner(number: int, wanted: str) -> bool:
    return number == (0 if wanted == "root" else int(wanted) if wanted.isdigit() else -1)


def _matches(pattern: str, text: str, *, flags: int = 0) -> bool:
    return re.fullmatch(re.sub(r"\\([|()+?{}])", r"\1", pattern), text, flags) is not None


TESTS: dict[str, Test] = {
    "-gid": lambda _, found, value: _number(found.stat.gid, value),
    "-group": lambda _, found, value: _owner(found.stat.gid, value),
    "-iname": lambda _, found, value: fnmatch.fnmatchcase(found.name.lower(), value.lower()),
    "-ipath": lambda _, found, value: fnmatch.fnmatchcase(found.shown.lower(), value.lower()),
    "-iregex": lambda _, found, value: _matches(value, found.shown, flags=re.IGNORECASE),
    "-mmin": lambda now, found, value: _number((now - found.stat.mtime) // _MINUTE, value),
    "-mtime": lambda now, found, value: _number((now - found.stat.mtime) // _DAY, value),
    "-name": lambda _, found, value: fnmatch.fnmatchcase(found.name, value),
    "-path": lambda _, found, value: fnmatch.fnmatchcase(found.shown, value),
    "-perm": _mode,
    "-regex": lambda _, found, value: _matches(value, found.shown),
    "-size": _size,
    "-type": lambda _, found, value: found.stat.kind in [KINDS.get(letter) for letter in value.split(",")],
    "-uid": lambda _, found, value: _number(found.stat.uid, value),
    "-user": lambda _, found, value: _owner(found.stat.uid, value),
}
TESTS |= {"-wholename": TESTS["-path"], "-cmin": TESTS["-mmin"], "-ctime": TESTS["-mtime"], "-amin": TESTS["-mmin"]}
PERMISSIONS = {"-readable": 0o444, "-writable": 0o222, "-executable": 0o111}
