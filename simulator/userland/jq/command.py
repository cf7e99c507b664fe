"""jq: paths, pipes, `select`, comparisons and a few functions. Everything else is named as not simulated."""

from __future__ import annotations

import json

from simulator.process.effects import Call, Process, Program, Unsupported
from simulator.process.problems import UsageError
from simulator.process.unknown_text import UNKNOWN_TEXT, is_unknown_text
from simulator.userland.flags import Flags, switch
from simulator.userland.jq.filters import results
from simulator.userland.jq.syntax import parse_filter
from simulator.userland.jq.values import JqError, Json, truth
from simulator.userland.streams import complain, inputs, out

_NO_FIT = 5


class _JqFlags(Flags, missing_status=2):
    raw_output = switch("-r", "--raw-output")
    join_output = switch("-j", "--join-output")
    compact_output = switch("-c", "--compact-output")
    exit_status = switch("-e", "--exit-status")
    slurp = switch("-s", "--slurp")
    null_input = switch("-n", "--null-input")
    without_effect = switch("-M", "--monochrome-output", "-S", "-T", "--tab", "-C")


def jq(call: Call) -> Process:
    """`jq [-r] [-e] [-c] [-s] [-n] filter [file ...]`: 5 when the filter does not fit, 1 under -e when the last answer is false or null."""
    given = _JqFlags.parse(call.argv[1:])
    if not given.operands:
        raise UsageError("no filter", 2)
    filter_ = parse_filter(given.operands[0])
    texts, status = ([("", "null")], 0) if given.null_input else (yield from inputs(call, given.operands[1:]))
    last: Json = None
    if any(is_unknown_text(text) for _, text in texts):
        yield Unsupported(" ".join(call.argv), "what it reads is unknown, so it is assumed to have the fields of the filter")
        yield from out(f"{UNKNOWN_TEXT}\n")
        return 0
    try:
        documents = [document for _, text in texts for document in _documents(text)]
        for document in [documents] if given.slurp else documents:
            for last in results(filter_, document):
                yield from out(_shown(last, given) + ("" if given.join_output else "\n"))
    except json.JSONDecodeError as error:
        return (yield from complain(call, f"error (at <stdin>:{error.lineno}): {error.msg}", _NO_FIT))
    except (JqError, RecursionError) as error:
        return (yield from complain(call, f"error (at <stdin>:0): {error}", _NO_FIT))
    if given.exit_status and not truth(last):
        return 1
    return 2 if status else 0


def _documents(text: str) -> list[Json]:
    """All JSON texts, one after the other."""
    decoder, documents, rest = json.JSONDecoder(), list[Json](), text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        documents.append(value)
        rest = rest[end:].lstrip()
    return documents


def _shown(value: Json, given: _JqFlags) -> str:
    if (given.raw_output or given.join_output) and isinstance(value, str):
        return value
    if given.compact_output:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(value, indent=2, ensure_ascii=False)


COMMANDS: dict[str, Program] = {"jq": jq}
