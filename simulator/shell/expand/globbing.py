"""File names that match a pattern (POSIX 2.13.3), in the simulated file system."""

from __future__ import annotations

import posixpath

from simulator.process.effects import Effects, GetStat, ListDir, Stat
from simulator.shell.expand.pattern import Pieces, is_pattern, regex
from simulator.shell.regex.pattern import compiled


def _components(pieces: Pieces) -> list[Pieces]:
    """The pattern between its slashes: a slash is matched by no wildcard, so each directory is listed on its own."""
    parts: list[list[tuple[str, bool]]] = [[]]
    for text, quoted in pieces:
        first, *rest = text.split("/")
        parts[-1].append((first, quoted))
        parts += [[(name, quoted)] for name in rest]
    return [tuple(p) for p in parts]


def file_names(pieces: Pieces, cwd: str, *, hidden: bool = False) -> Effects[list[str]]:
    """The paths that match, sorted; none if nothing does (the shell then keeps the pattern).

    Args:
        pieces: The pattern with its quoting.
        cwd: The directory that relative patterns start from.
        hidden: Also names with a leading dot, which else need one in the pattern.
    """
    paths = [""]
    components = _components(pieces)
    for number, component in enumerate(components):
        last = number == len(components) - 1
        literal = "".join(text for text, _ in component)
        following: list[str] = []
        for prefix in paths:
            if not is_pattern(component):
                following.append(prefix + literal + ("" if last else "/"))
                continue
            names = yield ListDir(posixpath.join(cwd, prefix) if prefix else cwd)
            if not isinstance(names, tuple):
                continue  # no directory, or one that may not be read
            expression = compiled(regex(component, names=True))
            visible = [name for name in names if hidden or not name.startswith(".") or literal.startswith(".")]
            following += [prefix + name + ("" if last else "/") for name in visible if expression.fullmatch(name)]
        paths = following
    stats: dict[str, object] = {}
    for path in paths:
        stats[path] = yield GetStat(posixpath.join(cwd, path), follow=False)
    return sorted(path for path, stat in stats.items() if isinstance(stat, Stat))
