"""kubectl's JSONPath: `{.items[*].metadata.name}`, filters, ranges of the commonest forms."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

from simulator.process.problems import NotSimulatedError

_STEP = re.compile(r"\.\.?((?:\\.|[\w@/$-])+)|\.\*|\[(?:'([^']*)'|\"([^\"]*)\"|(\*)|(-?\d*):(-?\d*)|(-?\d+)|\?\((.*?)\))\]")
_FILTER = re.compile(r"@(\S*?)\s*(==|!=|<=|>=|<|>)\s*(.+)")


def jsonpath(template: str, value: Any) -> str:
    """The text of a template. Raises NotSimulatedError."""
    return _render(re.split(r"(\{(?:[^{}\"']|\"[^\"]*\"|'[^']*')*\})", template), value, value)[0]


def _render(pieces: list[str], root: Any, current: Any) -> tuple[str, int]:
    """Text up to the end or to `{end}`, and how many pieces that took."""
    out, at = [], 0
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if not piece.startswith("{"):
            out.append(piece)
            continue
        inside = piece[1:-1].strip()
        if inside == "end":
            break
        if inside.startswith("range "):
            items, used = _find(inside[6:].strip(), root, current), 0
            for item in items:
                text, used = _render(pieces[at:], root, item)
                out.append(text)
            at += used if items else _render(pieces[at:], root, {})[1]
        elif inside[:1] in "\"'":
            out.append(json.loads('"' + inside[1:-1].replace("\\'", "'") + '"'))
        else:
            out.append(" ".join(_text(v) for v in _find(inside, root, current)))
    return "".join(out), at


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _find(path: str, root: Any, current: Any) -> list[Any]:
    values = [root if path.startswith("$") else current]
    path = path.removeprefix("$").removeprefix("@")
    path = path if path[:1] in (".", "[", "") else "." + path
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise NotSimulatedError(f"JSONPath {path}")
        values = [found for value in values for found in _step(match, value, root)]
        at = match.end()
    return values


def _step(match: re.Match[str], value: Any, root: Any) -> list[Any]:
    name, single, double, star, first, last, index, condition = match.groups()
    key = name.replace("\\.", ".") if name is not None else single if single is not None else double
    if key is not None:
        if match[0].startswith(".."):
            return _deep(key, value)
        return [value[key]] if isinstance(value, dict) and key in value else []
    if star or match[0] == ".*":
        return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []
    if not isinstance(value, list):
        return []
    if condition is not None:
        return [item for item in value if _holds(condition, item, root)]
    if index is not None:
        return [value[int(index)]] if -len(value) <= int(index) < len(value) else []
    return value[int(first) if first else None : int(last) if last else None]


def _deep(key: str, value: Any) -> list[Any]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    own = [value[key]] if isinstance(value, dict) and key in value else []
    return own + [found for child in children for found in _deep(key, child)]


def _holds(condition: str, item: Any, root: Any) -> bool:
    match = _FILTER.fullmatch(condition.strip())
    if match is None:
        return bool(_find(condition.strip(), root, item))
    found = _find(match[1], root, item)
    wanted: Any = match[3].strip()
    with contextlib.suppress(json.JSONDecodeError):
        wanted = json.loads(wanted.replace("'", '"').replace('\\"', '"'))
    if not found:
        return False
    have = found[0]
    if match[2] in ("==", "!="):
        return bool((have == wanted) == (match[2] == "=="))
    return isinstance(have, int | float) and {"<": have < wanted, "<=": have <= wanted, ">": have > wanted, ">=": have >= wanted}[match[2]]
