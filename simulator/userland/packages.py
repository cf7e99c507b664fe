"""Package managers: what they install is there afterwards. Repositories outside the cluster are assumed to answer.

Programs go into the system; the libraries of a project (`npm ci`, `pip install --target`) are unknown content of a directory.
"""

from __future__ import annotations

from itertools import pairwise

from simulator.images.contents import contents
from simulator.process.effects import Call, Effects, GetStat, MarkUnknown, Process, Program, Sleep, Stat, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, make_dirs, write_file
from simulator.process.world import ImageName, InstallPackages
from simulator.units import SECOND, format_duration

_INSTALLS = {
    "apk": ("add",),
    "apt-get": ("install",),
    "composer": ("install", "require", "update"),
    "dnf": ("install",),
    "gem": ("install",),
    "npm": ("install", "i", "add", "ci", "clean-install"),
    "pip": ("install",),
    "pnpm": ("add", "install", "i"),
    "yarn": ("add", "global", "install"),
}
"""The verbs that install packages, by manager."""
_SAME = {"apt": "apt-get", "microdnf": "dnf", "pip3": "pip", "yum": "dnf"}
_REFRESHES = {"apk": ("update",), "apt-get": ("update",), "dnf": ("makecache", "update", "upgrade")}
"""The verbs that only fetch lists of packages."""
_TAKES = {
    "apk": (SECOND, SECOND),
    "apt-get": (4 * SECOND, 2 * SECOND),
    "dnf": (15 * SECOND, 3 * SECOND),
    "gem": (3 * SECOND, 3 * SECOND),
    "pip": (2 * SECOND, 2 * SECOND),
}
"""How long a manager takes, and each package that it installs. Assumed: what fast repositories need for small packages."""
_PROJECT_TAKES = (5 * SECOND, 2 * SECOND)
"""The same for the libraries of a project: npm, pnpm, yarn and composer."""
_WITH_VALUE = {
    "apk": ("-X", "--repository", "-t", "--virtual", "-p", "--root", "--keys-dir"),
    "apt-get": ("-o", "-t", "--target-release", "-c"),
    "pip": ("-r", "-i", "--index-url", "--extra-index-url", "-c", "-t", "--target", "--trusted-host", "--prefix"),
}
"""Options whose value is a word of its own."""
_LIBRARIES = {"composer": "vendor", "npm": "node_modules", "pnpm": "node_modules", "yarn": "node_modules"}
_TARGETS = ("-t", "--target", "--prefix")
_LISTS = "/var/lib/apt/lists/partial"
"""The directory that `apt-get update` fills. Images of Debian and Ubuntu come without lists."""


def manager(call: Call) -> Process:
    """`apt-get install name...`, `apk add name...` and their kin; every other verb changes nothing that containers notice."""
    name = _SAME.get(call.name, call.name)
    verb, *names = _operands(name, call) or ["install" if name == "yarn" else ""]
    installs = verb in _INSTALLS[name]
    if not installs and verb not in _REFRESHES.get(name, ()):
        return 0
    refused = yield from _refusal(call, name, verb, names)
    if refused:
        return refused
    packages = tuple(word.partition("=")[0].partition("~")[0].partition("@")[0] or word for word in names) if installs else ()
    base, each = _TAKES.get(name, _PROJECT_TAKES)
    takes = base + each * len(packages)
    if not installs:
        yield Unsupported(call.name, f"{verb} takes {format_duration(takes)}")
        yield Sleep(takes)
        return 0
    yield Unsupported(call.name, f"takes {format_duration(takes)} and installs the programs of {', '.join(packages) or 'the project'}")
    yield Sleep(takes)
    yield InstallPackages(call.name, packages or ("",))
    directory = _directory(name, call)
    return (yield from _fill(call, directory)) if directory else 0


def _operands(name: str, call: Call) -> list[str]:
    operands, skip = [], False
    for word in call.argv[1:]:
        if skip or word.startswith("-"):
            skip = not skip and word in _WITH_VALUE.get(name, ())
            continue
        operands.append(word)
    return operands


def _refusal(call: Call, name: str, verb: str, packages: list[str]) -> Effects[int]:
    """The status of a manager that cannot work here, with its words: without rights, its lists or the file of requirements; else 0."""
    if name == "pip":
        for option, file in pairwise(call.argv):
            if option in ("-r", "--requirement") and (yield GetStat(absolute(call, file), relies_on="file")) is Errno.ENOENT:
                yield Write(2, f"ERROR: Could not open requirements file: [Errno 2] {Errno.ENOENT}: '{file}'\n")
                return 1
    if name == "apk":
        failed = yield from _locked("/lib/apk/db", "lock")
        if failed is not None:
            yield Write(2, f"ERROR: Unable to lock database: {failed}\nERROR: Failed to open apk database: {failed}\n")
            return 99
    if name == "apt-get" and verb == "update":
        failed = yield from _locked("/var/lib/apt/lists", "lock")
        if failed is not None:
            number = 30 if failed is Errno.EROFS else 13
            yield Write(1, "Reading package lists...\n")
            yield Write(2, f"E: Could not open lock file /var/lib/apt/lists/lock - open ({number}: {failed})\n")
            yield Write(2, "E: Unable to lock directory /var/lib/apt/lists/\n")
            return 100
        yield from make_dirs(_LISTS)
    elif name == "apt-get":
        failed = yield from _locked("/var/lib/dpkg", "lock-frontend")
        if failed is not None:
            number = 30 if failed is Errno.EROFS else 13
            yield Write(2, f"E: Could not open lock file /var/lib/dpkg/lock-frontend - open ({number}: {failed})\n")
            yield Write(2, "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n")
            return 100
        known = contents((yield ImageName()))
        if packages and known.base == "debian" and not isinstance((yield GetStat(_LISTS)), Stat):
            yield Write(1, "Reading package lists...\nBuilding dependency tree...\nReading state information...\n")
            yield Write(2, "".join(f"E: Unable to locate package {package}\n" for package in packages))
            return 100
    return 0


def _locked(directory: str, lock: str) -> Effects[Errno | None]:
    """Why a process may not lock a package database; None: it may."""
    failed = yield from make_dirs(directory)
    failed = failed or (yield from write_file(f"{directory}/{lock}", ""))
    return failed if failed in (Errno.EACCES, Errno.EROFS) else None


def _directory(name: str, call: Call) -> str:
    """Where the libraries of a project go; empty: into the system."""
    words = call.argv[1:]
    if name in _LIBRARIES and not {"-g", "--global", "global"} & set(words):
        return absolute(call, _LIBRARIES[name])
    if name == "pip":
        for option, value in zip(words, (*words[1:], ""), strict=True):
            long, equals, glued = option.partition("=")
            if long in _TARGETS:
                return absolute(call, glued if equals else value)
    return ""


def _fill(call: Call, directory: str) -> Process:
    failed = yield from make_dirs(directory)
    if failed is not None:
        yield Write(2, f"{call.name}: {directory}: {failed}\n")
        return 1
    yield MarkUnknown(directory, f"what {call.name} installs")
    return 0


COMMANDS: dict[str, Program] = dict.fromkeys((*_INSTALLS, *_SAME), manager)
