"""jq for paths: `jq -r .a.b[0]`. Whatever is more than a path is named as not simulated."""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.shell.commands.basics import Gen, NotSimulatedError, UsageProblem, complain, inputs, long_options, options, out
from simulator.shell.effects import Call, Program

_PATH = re.compile(r"\.|(\.(\w+|\"[^\"]+\")|\.?\[(\d+|\"[^\"]+\")?\])+")
_STEP = re.compile(r"\.(\w+)|\.?\[?\"([^\"]+)\"\]?|\.?\[(\d*)\]")


def _step(values: list[Any], match: re.Match[str]) -> list[Any]:
    name, quoted, index = match.groups()
    key = name or quoted
    if key:
        return [v.get(key) if isinstance(v, dict) else None for v in values]
    if index:
        return [v[int(index)] if isinstance(v, list) and int(index) < len(v) else None for v in values]
    return [item for v in values for item in (v.values() if isinstance(v, dict) else v or [])]


def jq(call: Call) -> Gen:
    """`jq [-r] [-e] [-c] path [file ...]`."""
    letters = long_options("raw-output=r exit-status=e compact-output=c monochrome-output=M join-output=j")
    chosen = options(call.argv[1:], "recMSj", "", letters)
    if not chosen.rest:
        raise UsageProblem("no filter", 2)
    path = chosen.rest[0].strip()
    if not _PATH.fullmatch(path):
        raise NotSimulatedError(f"the filter {path!r}")
    found, status = yield from inputs(call, chosen.rest[1:])
    values: list[Any] = []
    for name, text in found:
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            return (yield from complain(call, f"parse error: {error.msg} ({name})", 5))
        results = [document]
        for match in _STEP.finditer(path if path != "." else ""):
            results = _step(results, match)
        values += results
    for value in values:
        raw = isinstance(value, str) and ("r" in chosen or "j" in chosen)
        shown = value if raw else json.dumps(value, indent=None if "c" in chosen else 2, separators=(",", ":") if "c" in chosen else None)
        yield from out(shown + ("" if "j" in chosen else "\n"))
    if "e" in chosen and (not values or values[-1] in (None, False)):
        return 1
    return 2 if status else 0


COMMANDS: dict[str, Program] = {"jq": jq}
