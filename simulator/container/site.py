"""What a web server sends from its document root."""

from __future__ import annotations

import posixpath

from simulator.container.answers import Answer


def file_answer(files: object, root: str, path: str, *, lists: bool = True) -> Answer | None:
    """What a web server with that document root sends for a path; None when the root's content is unknown, as that of an image is.

    `lists`: it lists a directory without an `index.html`, else it refuses it.
    """
    from simulator.container.filesystem import FileSystem
    from simulator.process.effects import Stat

    top = files.stat(root) if isinstance(files, FileSystem) else None
    if not isinstance(files, FileSystem) or not isinstance(top, Stat) or top.unknown:
        return None
    if isinstance(files.stat(posixpath.join(root, ".git")), Stat):
        return None  # a clone: the repository's content is unknown
    place = posixpath.join(root, posixpath.normpath("/" + path).lstrip("/"))
    stat = files.stat(place)
    if isinstance(stat, Stat) and stat.kind == "dir":
        names = files.list(place)
        listing = "".join(f'<li><a href="{name}">{name}</a></li>\n' for name in names) if isinstance(names, tuple) else ""
        text = files.read(posixpath.join(place, "index.html"))
        if not lists and not isinstance(text, str):
            return Answer(403, "403 Forbidden\n", 0)
        return Answer(200, text if isinstance(text, str) else f"<ul>\n{listing}</ul>\n", 0)
    text = files.read(place)
    return Answer(200, text, 0) if isinstance(text, str) else Answer(404, "404 Not Found\n", 0)
