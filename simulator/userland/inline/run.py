"""Programs in other languages on the command line (`python -c`, `node -e`, ...): what they wait for is read from their text, and named."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simulator.process.effects import Call, Close, Effect, GetStat, Program, Sleep, Stat, Write
from simulator.process.fileio import absolute, read_all, read_file
from simulator.process.world import Address, Connect, HttpRequest, HttpResponse, NetError, Resolve
from simulator.units import SECOND, format_duration
from simulator.userland.inline.reading import Reading, Want, read_program
from simulator.userland.streams import Gen

_TEXT_OPTIONS = {"node": ("-e", "--eval", "-p"), "nodejs": ("-e", "--eval", "-p"), "perl": ("-e", "-E"), "php": ("-r",), "ruby": ("-e",)}
_PYTHON_OPTIONS = ("-c",)
CONNECT_TIMEOUT = 5 * SECOND
"""For programs whose own time-out is not read."""


def guess(call: Call) -> Generator[Effect, Any, tuple[Program | None, str]]:
    """What a program seems to do, and in words; None: that cannot be read."""
    text = yield from _text(call)
    reading = read_program(text, call.env) if text else None
    if reading is None:
        return None, ""
    if not reading.wants:
        return _sleeper(reading.sleeps), f"sleeps {format_duration(reading.sleeps)} and ends with 0, as its text reads"
    things = " and ".join(map(str, reading.wants))
    what = f"waits for {things}" if reading.tries != 1 else f"succeeds when {things} {'is' if len(reading.wants) == 1 else 'are'} there"
    return _follower(reading), f"{what}, as its text reads"


def _sleeper(length: int) -> Program:
    def command(_: Call) -> Gen:
        yield Sleep(length)
        return 0

    return command


def _text(call: Call) -> Generator[Effect, Any, str]:
    """The program's text, where the command line, a file or standard input has it."""
    options = _TEXT_OPTIONS.get(call.name, _PYTHON_OPTIONS)
    args = list(call.argv[1:])
    texts = [
        args[at + 1]
        for at, arg in enumerate(args[:-1])
        if arg in options or (arg[:1] == "-" and arg[-1:] in "ce" and arg[-2:] == options[0])
    ]
    if texts:
        return "\n".join(texts)
    operands = [arg for arg in args if not arg.startswith("-") or arg == "-"]
    if "-m" in args:
        return ""
    if not operands or operands[0] == "-":
        return (yield from read_all())
    found = yield GetStat(absolute(call, operands[0]))
    if not isinstance(found, Stat) or not found.size:
        return ""
    text = yield from read_file(call, operands[0])
    return text if isinstance(text, str) else ""


def _follower(reading: Reading) -> Program:
    """Need one thing after the other, as often as the program tries."""
    return lambda call: _follow(call, reading)


def _follow(call: Call, reading: Reading) -> Gen:
    for want in reading.wants:
        tries = 0
        while problem := (yield from _missing(call, want)):
            tries += 1
            if reading.tries is not None and tries >= reading.tries:
                yield Write(2, f"{call.name}: {want}: {problem}\n")
                return 1
            yield Sleep(max(reading.pause, SECOND // 1000))
    return 0


def _missing(call: Call, want: Want) -> Generator[Effect, Any, str]:
    """Why a thing is not there; empty when it is."""
    if want.kind == "file":
        return "" if isinstance((yield GetStat(absolute(call, want.name))), Stat) else "No such file or directory"
    if want.kind == "dns":
        found = yield Resolve(want.name)
        return "" if isinstance(found, Address) else found.value
    if want.kind == "http":
        answer = yield HttpRequest("GET", want.name, timeout=CONNECT_TIMEOUT)
        if isinstance(answer, HttpResponse):
            return "" if answer.status < 400 else f"HTTP Error {answer.status}"
        return str(answer.value)
    made = yield Connect(want.name, want.port, CONNECT_TIMEOUT)
    if isinstance(made, NetError):
        return made.value
    yield Close(made)
    return ""
