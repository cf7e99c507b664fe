"""Which tools an image has: BusyBox' in a certain release, GNU's, or unknown ones. What images are built on is in `simulator.images`."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from simulator.images.contents import contents
from simulator.images.reference import reference
from simulator.userland.busybox.release import GLIBC, MUSL, NEWEST, UCLIBC, Busybox, Version

_LATEST_PATCH: dict[tuple[int, int], int] = {
    (1, 24): 2, (1, 25): 1, (1, 26): 2, (1, 27): 2, (1, 28): 4, (1, 29): 3, (1, 30): 1, (1, 31): 1, (1, 32): 1, (1, 33): 1, (1, 34): 1,
    (1, 36): 1,
}  # fmt: skip
"""The patch release that a tag without one means (docker-library/busybox); 0 for the minors that are not here."""
_GLIBC_BY_DEFAULT: Version = (1, 34, 1)
"""The first release whose image without a suffix is built with glibc; the ones before are built with uclibc (docker-library/busybox)."""

_ALPINE: dict[tuple[int, int], Version] = {
    (3, 3): (1, 24, 2), (3, 4): (1, 24, 2), (3, 5): (1, 25, 1), (3, 6): (1, 26, 2), (3, 7): (1, 27, 2), (3, 8): (1, 28, 4),
    (3, 9): (1, 29, 3), (3, 10): (1, 30, 1), (3, 11): (1, 31, 1), (3, 12): (1, 31, 1), (3, 13): (1, 32, 1), (3, 14): (1, 33, 1),
    (3, 15): (1, 34, 1), (3, 16): (1, 35, 0), (3, 17): (1, 35, 0), (3, 18): (1, 36, 1), (3, 19): (1, 36, 1), (3, 20): (1, 36, 1),
    (3, 21): (1, 37, 0), (3, 22): (1, 37, 0), (3, 23): (1, 37, 0),
}  # fmt: skip
"""The BusyBox of each Alpine release (pkgs.alpinelinux.org, main/busybox)."""
_VERSION = re.compile(r"^v?(\d+)\.(\d+)(?:\.(\d+))?(?=$|[-_])")
_ALPINE_TAG = re.compile(r"(?:^|-)alpine-?(\d+\.\d+)?")
_SLIM_TAG = re.compile(r"(?:^|-)(?:slim|bookworm|bullseye|buster|stretch|trixie|jammy|focal|noble|debian|ubuntu)")


class Kind(Enum):
    """Whose tools they are."""

    BUSYBOX = "BusyBox"
    GNU = "GNU"
    UNKNOWN = "unknown"


class Tools(NamedTuple):
    """The tools of an image; `busybox` is the release when they are BusyBox'."""

    kind: Kind
    busybox: Busybox | None = None


UNKNOWN = Tools(Kind.UNKNOWN)


@lru_cache(maxsize=1024)
def tools_of(image: str) -> Tools:
    """The tools that the image of this name has. An image that podsim does not know may have either."""
    repository, tag = reference(image)
    base = contents(image).base
    if base == "busybox":
        return Tools(Kind.BUSYBOX, _busybox(tag if repository.endswith("busybox") else "latest"))
    alpine = _VERSION.match(tag) if repository == "alpine" else _ALPINE_TAG.search(tag)
    if base == "alpine" or (base == "unknown" and alpine is not None):
        return Tools(Kind.BUSYBOX, Busybox(_of_alpine(alpine), MUSL))
    if base in ("debian", "rpm") or (base == "unknown" and _SLIM_TAG.search(tag)):
        return Tools(Kind.GNU)
    return UNKNOWN


def _busybox(tag: str) -> Busybox:
    """The release and the C library of a tag; a tag without a number is the newest."""
    match = _VERSION.match(tag)
    if match is None:
        version = NEWEST
    else:
        major, minor = int(match[1]), int(match[2])
        version = major, minor, int(match[3]) if match[3] else _LATEST_PATCH.get((major, minor), 0)
    suffix = next((libc for libc in (GLIBC, UCLIBC, MUSL) if libc in tag), "")
    return Busybox(version, suffix or (GLIBC if version >= _GLIBC_BY_DEFAULT else UCLIBC))


def _of_alpine(match: re.Match[str] | None) -> Version:
    """The BusyBox of an Alpine release; of the newest known one when none is named, or one that is newer still."""
    newest = max(_ALPINE)
    if match is None or match[1] is None:
        return _ALPINE[newest]
    numbers = re.findall(r"\d+", match[0])
    release = (int(numbers[0]), int(numbers[1]))
    return _ALPINE.get(release, _ALPINE[newest] if release > newest else _ALPINE[min(_ALPINE)])
