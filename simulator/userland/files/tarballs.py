"""Archives as bytes, for those that leave a container or come into one (`kubectl cp`). They are in memory: no file of the host is read."""

from __future__ import annotations

import io
import tarfile
from typing import NamedTuple

from simulator.units import SECOND


class Entry(NamedTuple):
    """One member: its name, what it is (file, dir or link), its bits, time (nanoseconds), content, or target of a link."""

    name: str
    kind: str
    mode: int
    mtime: int
    text: str = ""
    target: str = ""


_TYPES = {"file": tarfile.REGTYPE, "dir": tarfile.DIRTYPE, "link": tarfile.SYMTYPE}


def packed(entries: list[Entry]) -> str:
    """The archive as text (see `Write`)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for entry in entries:
            data = entry.text.encode(errors="surrogateescape")
            member = tarfile.TarInfo(entry.name)
            member.type, member.mode, member.mtime = _TYPES[entry.kind], entry.mode, entry.mtime // SECOND
            member.linkname, member.size = entry.target, len(data) if entry.kind == "file" else 0
            member.uname = member.gname = "root"
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue().decode(errors="surrogateescape")


def unpacked(text: str) -> list[Entry] | None:
    """The members of an archive; None when it is none, or ends too early."""
    entries = []
    try:
        with tarfile.open(fileobj=io.BytesIO(text.encode(errors="surrogateescape")), mode="r:") as archive:
            for member in archive:
                kind = "dir" if member.isdir() else "link" if member.issym() else "file" if member.isreg() else ""
                if not kind:
                    continue
                content = archive.extractfile(member) if kind == "file" else None
                data = b"" if content is None else content.read()
                time = int(member.mtime) * SECOND
                entries.append(Entry(member.name, kind, member.mode, time, data.decode(errors="surrogateescape"), member.linkname))
    except (tarfile.TarError, ValueError, EOFError):
        return None
    return entries
