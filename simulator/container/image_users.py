"""The users of widely used images: what `USER` of their Dockerfile says, as the runtime reports it to the kubelet.

The data is in `image_users.json`: each user with its images and its source. Only images of those very repositories are listed, because
another image of the same name may have another user. It is read when a container must not run as root.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from simulator.images.reference import reference
from simulator.objects.globs import glob_matches

FILE = Path(__file__).with_name("image_users.json")


class ImageUsers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user (a number or a name; `0` for an image without one) and its images: globs of repositories, with a `:` also of the tag."""

    user: str
    images: tuple[str, ...]
    source: str


@cache
def rows() -> tuple[ImageUsers, ...]:
    """Every row, in the order in which they are tried."""
    return msgspec.json.decode(FILE.read_bytes(), type=tuple[ImageUsers, ...])


@cache
def user_of(image: str) -> str | None:
    """The user of an image as it is written in a manifest; None when it is unknown."""
    repository, tag = reference(image)
    for row in rows():
        for name in row.images:
            glob, _, tags = name.partition(":")
            if glob_matches(repository, glob) and glob_matches(tag, tags or "*"):
                return row.user
    return None
