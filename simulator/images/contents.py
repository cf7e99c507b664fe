"""Which programs an image has: those of its base distribution, of the packages it installs, and its own.

`executables.json` has the lists, made by `tools/executables.py` from busybox releases and Debian packages. `image_programs.json` says
what images are made of, each row with its source. Of images that are in neither, nothing is known. A Scenario can say more of an image.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from simulator.images.reference import reference
from simulator.objects.globs import glob_matches

LISTS = Path(__file__).with_name("executables.json")
IMAGES = Path(__file__).with_name("image_programs.json")
SYSTEM = frozenset({"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"})
"""The directories of the default PATH."""
SCRATCH = "scratch"
"""The image without anything in it."""
_MANAGERS = {
    "alpine": frozenset({"apk"}),
    "debian": frozenset({"apt", "apt-get", "apt-cache", "dpkg"}),
    "rpm": frozenset({"dnf", "microdnf", "rpm", "tdnf", "yum", "zypper"}),
}
"""The package managers of distributions. An image has only those of its own, whatever else it has."""
_OPERATORS = re.compile(r"[\s|&;<>]")

Has = Literal["yes", "no", "unknown"]
Base = Literal["busybox", "alpine", "debian", "rpm", "none", "unknown"]


class _Lists(msgspec.Struct, frozen=True):
    """Names of programs, separated by blanks: by busybox release (as changes), of Debian, Alpine and small RPM images, by package."""

    busybox: dict[str, str]
    debian: str
    packages: dict[str, str]
    alpine: str
    rpm: str
    apk: dict[str, str]


class _Image(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What images are made of.

    `names`: globs of the repository, or of repository and tag. `packages`: of Debian. `programs`: globs of names in directories of PATH.
    `paths`: programs elsewhere. `partial`: the image may have others. `args_are_command`: the image has no entrypoint, so `args` alone
    are a command.
    """

    names: tuple[str, ...]
    base: Base
    source: str
    packages: str = ""
    programs: str = ""
    paths: str = ""
    partial: bool = False
    args_are_command: bool = False


class Contents(NamedTuple):
    """The programs of an image: names in `directories`, globs of such names, and paths elsewhere.

    `image`: the image as written, or the one that a Scenario says it is like. `partial`: it may have other programs. `stated`: the
    commands that a Scenario says it has. `source`: how its programs are known.
    """

    base: Base
    image: str = ""
    names: frozenset[str] = frozenset()
    globs: tuple[str, ...] = ()
    paths: frozenset[str] = frozenset()
    directories: frozenset[str] = SYSTEM
    partial: bool = False
    args_are_command: bool = False
    stated: frozenset[str] = frozenset()
    source: str = ""

    @property
    def is_known(self) -> bool:
        """Whether podsim has a list of its programs."""
        return self.base != "unknown"

    @property
    def shell(self) -> str:
        """What `sh` is: `dash`, `ash` or `bash`. Assumed to be ash in unknown images."""
        return {"debian": "dash", "rpm": "bash"}.get(self.base, "ash")

    def has(self, command: str) -> Has:
        """Whether it has a program: a name, which is looked up in the default PATH, or an absolute path.

        `unknown` for images that podsim does not know, and for paths outside the directories of PATH.
        """
        if is_impossible(command):
            return "no"
        if command in self.stated or command in self.paths:
            return "yes"
        if not self.is_known:
            return "unknown"
        directory, name = posixpath.split(command)
        if directory and directory not in SYSTEM:
            return "no" if self.base == "none" and not self.partial else "unknown"
        is_reachable = not directory or directory in self.directories
        if is_reachable and (name in self.names or any(glob_matches(name, glob) for glob in self.globs)):
            return "yes"
        return "unknown" if self.partial and not self._is_foreign(name) else "no"

    def _is_foreign(self, name: str) -> bool:
        """Whether a name is the package manager of another distribution."""
        return any(name in names for base, names in _MANAGERS.items() if base != self.base)


@cache
def contents(image: str, like: str = "", stated: tuple[str, ...] = ()) -> Contents:
    """What is known of an image as it is written in a manifest; by a Scenario it has the programs of `like`, and those of `stated`."""
    known = Contents("none", SCRATCH, source="the Scenario") if like == SCRATCH else _of_row(like or image)
    return known._replace(stated=frozenset(stated)) if stated else known


def _of_row(image: str) -> Contents:
    repository, tag = reference(image)
    row = next((row for row in _images() if _names(row, repository, tag)), None)
    if row is None:
        return Contents("unknown", image)
    lists = _lists()
    names = {name for package in row.packages.split() for name in lists.packages.get(package, "").split()}
    match row.base:
        case "busybox":
            names |= _busybox(tag if repository.endswith("busybox") else "latest")
        case "alpine":
            names.update(lists.alpine.split())
        case "debian":
            names.update(lists.debian.split())
        case "rpm":
            names.update(lists.rpm.split())
    own = row.programs.split()
    names |= {name for name in own if "*" not in name}
    # The official images of busybox have all applets in /bin, and one link in /usr/bin.
    only_bin = row.base == "busybox" and not own
    return Contents(
        row.base,
        image,
        frozenset(names),
        tuple(name for name in own if "*" in name),
        frozenset({*row.paths.split(), *(("/usr/bin/env",) if only_bin else ())}),
        frozenset({"/bin"}) if only_bin else SYSTEM | {"/busybox"} if row.base == "busybox" else SYSTEM,
        row.partial,
        row.args_are_command,
        source=row.source,
    )


def is_impossible(command: str) -> bool:
    """Whether a name is that of no program: with a blank or an operator of the shell in it, it is a whole command line."""
    return _OPERATORS.search(command) is not None


def of_package(manager: str, package: str) -> frozenset[str] | None:
    """The programs that a package brings, with those of its dependencies; None: not known."""
    lists = _lists()
    names = (lists.apk if manager == "apk" else lists.packages).get(package)
    if names is None and manager == "apk":
        names = lists.packages.get(package)
    return None if names is None else frozenset({package, *names.split()})


def _names(row: _Image, repository: str, tag: str) -> bool:
    return any(glob_matches(f"{repository}:{tag}" if ":" in glob else repository, glob) for glob in row.names)


def _busybox(tag: str) -> frozenset[str]:
    """The applets of the newest measured release that is not newer than a tag; of the newest one for tags without a number."""
    release_of_tag = _numbers(tag)
    names: set[str] = set()
    for release, changes in _lists().busybox.items():
        if release_of_tag and names and _numbers(release)[: len(release_of_tag)] > release_of_tag:
            break
        for change in changes.split():
            (names.add if change[0] == "+" else names.discard)(change[1:])
    return frozenset(names)


def _numbers(version: str) -> tuple[int, ...]:
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


@cache
def _lists() -> _Lists:
    return msgspec.json.decode(LISTS.read_bytes(), type=_Lists)


@cache
def _images() -> tuple[_Image, ...]:
    return msgspec.json.decode(IMAGES.read_bytes(), type=tuple[_Image, ...])
