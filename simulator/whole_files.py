"""Writes files whole or not at all: after an error or a full disk, the old file is unchanged and nothing else is left behind.

All files that podsim writes go through here. Results of sweeps and job summaries are the exception: they grow by whole lines.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BufferedWriter
from pathlib import Path

Content = str | bytes | Iterable[str | bytes]


def write_whole(file: str | Path, content: Content, *, private: bool = False) -> None:
    """Write a file under another name in its folder, then rename it. Raises OSError.

    An existing file keeps its mode, and a link stays a link. `private`: only the owner can read the file. Pipes and devices have nothing
    to keep: they are written as they are.
    """
    try:
        mode = Path(file).stat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        with Path(file).open("wb") as out:
            out.writelines(_parts(content))
        return
    target = Path(os.path.realpath(file))
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, os.strerror(13), str(file))
    permissions = 0o600 if private else 0o666
    draft = target.with_name(f".{target.name[:100]}.{os.urandom(4).hex()}")
    try:
        with _nameless(target.parent, permissions) or _named(draft, permissions) as out:
            out.writelines(_parts(content))
            out.flush()
            if not draft.exists():
                # With a `src_dir_fd`, which an absolute path ignores, the link is followed to the file.
                os.link(f"/proc/self/fd/{out.fileno()}", draft, src_dir_fd=out.fileno())
        if mode is not None and not private:
            draft.chmod(stat.S_IMODE(mode))
        draft.replace(target)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(file), None
        raise


def _nameless(folder: Path, permissions: int) -> BufferedWriter | None:
    """A file without a name in that folder, of which nothing is left if this process is killed; None where there are no such files."""
    if not (hasattr(os, "O_TMPFILE") and os.access("/proc/self/fd", os.X_OK)):
        return None
    try:
        return open(os.open(folder, os.O_WRONLY | os.O_TMPFILE, permissions), "wb")  # noqa: PTH123 (a descriptor; the caller closes it)
    except OSError:
        return None


def _named(draft: Path, permissions: int) -> BufferedWriter:
    return open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, permissions), "wb")  # noqa: PTH123


def _parts(content: Content) -> Iterator[bytes]:
    for part in (content,) if isinstance(content, str | bytes) else content:
        yield part.encode() if isinstance(part, str) else part
