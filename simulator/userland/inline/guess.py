"""Programs in other languages on the command line (`python -c`, `node -e`, ...): what they need is read from their text, and named."""

from __future__ import annotations

import re

from simulator.api.authorization.tokens import TOKEN_PATH
from simulator.process.effects import Call, Close, Effects, GetStat, Process, Program, Sleep, Stat, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, read_all, read_file
from simulator.process.world import Address, ApiGet, Connect, HttpRequest, HttpResponse, NetError, Resolve
from simulator.units import MILLISECOND, SECOND, format_duration
from simulator.userland.inline.needs import Need, Reading
from simulator.userland.inline.reading import read_program

_PYTHON_OPTIONS = ("-c",)
_TEXT_OPTIONS = {"node": ("-e", "--eval", "-p"), "nodejs": ("-e", "--eval", "-p"), "perl": ("-e", "-E"), "php": ("-r",), "ruby": ("-e",)}
"""The options that are followed by a program, by interpreter; Python's are the default."""
_COMPILED = ("go", "java")
CONNECT_TIMEOUT = 5 * SECOND
"""For programs whose own timeout is not read. Assumed."""
_SHORTEST_PAUSE = MILLISECOND
"""A program that tries again at once would stop simulated time."""


def guess(call: Call) -> Effects[tuple[Program | None, str]]:
    """What a program seems to do, and in words; None: that cannot be read."""
    text = yield from _text(call)
    reading = read_program(text, call.env) if text else None
    if reading is None:
        return None, ""
    if not reading.needs:
        return _sleeper(reading.sleeps), f"sleeps {format_duration(reading.sleeps)} and ends with 0, as its text reads"
    things = " and ".join(map(str, reading.needs))
    if reading.tries != 1:
        return _follower(reading), f"waits for {things}, as its text reads"
    return _follower(reading), f"succeeds when {things} {'is' if len(reading.needs) == 1 else 'are'} there, as its text reads"


def _text(call: Call) -> Effects[str]:
    """The program's text, where the command line, a file or standard input has it."""
    options = _TEXT_OPTIONS.get(call.name, _PYTHON_OPTIONS)
    args = call.argv[1:]
    if call.name == "go":
        args = args[1:] if args[:1] == ("run",) else ()
    texts = [args[at + 1] for at, arg in enumerate(args[:-1]) if arg in options or _is_cluster_with(options[0], arg)]
    if texts:
        return "\n".join(texts)
    if "-m" in args:
        return ""  # a module of Python, which no text shows
    operands = [arg for arg in args if not arg.startswith("-") or arg == "-"]
    if not args and call.name in _COMPILED:
        return ""  # `go build`, `java Main`: what is compiled is in no text
    if not operands or operands[0] == "-":
        return (yield from read_all())
    stat = yield GetStat(absolute(call, operands[0]))
    if not isinstance(stat, Stat) or not stat.size:
        return ""
    text = yield from read_file(call, operands[0])
    return text if isinstance(text, str) else ""


def _is_cluster_with(option: str, arg: str) -> bool:
    """`-uc`, `-we`: the option that a program follows is the last of several letters."""
    return re.fullmatch(rf"-[A-Za-z]+{option[1:]}", arg) is not None


def _sleeper(length: int) -> Program:
    def command(_: Call) -> Process:
        yield Sleep(length)
        return 0

    return command


_PYTHON = {
    NetError.REFUSED.value: "ConnectionRefusedError: [Errno 111] Connection refused",
    NetError.TIMED_OUT.value: "TimeoutError: timed out",
    NetError.UNREACHABLE.value: "OSError: [Errno 113] No route to host",
    NetError.UNKNOWN_NAME.value: "socket.gaierror: [Errno -2] Name or service not known",
    **dict.fromkeys(
        (NetError.NO_DNS.value, NetError.DNS_REFUSED.value, NetError.DNS_FAILED.value),
        "socket.gaierror: [Errno -3] Temporary failure in name resolution",
    ),
}
"""The last line of a traceback, by what went wrong."""


def _follower(reading: Reading) -> Program:
    """Need one thing after the other, as often as the program tries."""

    def command(call: Call) -> Process:
        for need in reading.needs:
            tries = 0
            while problem := (yield from _missing(call, need)):
                tries += 1
                if reading.tries is not None and tries >= reading.tries:
                    is_python = call.name.startswith("python") and need.kind in ("tcp", "dns") and problem in _PYTHON
                    yield Write(2, f"{_PYTHON[problem]}\n" if is_python else f"{call.name}: {need}: {problem}\n")
                    return 1
                yield Sleep(max(reading.pause, _SHORTEST_PAUSE))
        return 0

    return command


def _missing(call: Call, need: Need) -> Effects[str]:
    """Why a thing cannot be reached; empty when it can."""
    if need.kind == "file":
        return "" if isinstance((yield GetStat(absolute(call, need.name), relies_on="any")), Stat) else "No such file or directory"
    if need.kind == "api":
        kind, _, name = need.name.partition("/")
        answer = yield ApiGet(kind, name or None, need.namespace, verb=need.verb, subresource=need.subresource)
        return answer if isinstance(answer, str) else "not found" if answer is None else ""
    if need.kind == "dns":
        answer = yield Resolve(need.name)
        return "" if isinstance(answer, Address) else answer.value
    if need.kind == "http":
        headers: tuple[tuple[str, str], ...] = ()
        if need.token:
            token = yield from read_file(call, f"{TOKEN_PATH}/token")
            if isinstance(token, Errno):
                return str(token)
            headers = (("Authorization", f"Bearer {token}"),)
        answer = yield HttpRequest("GET", need.name, headers, timeout=CONNECT_TIMEOUT)
        if isinstance(answer, HttpResponse):
            return "" if answer.status < 400 else f"HTTP Error {answer.status}"
        return str(answer.value)
    made = yield Connect(need.name, need.port, CONNECT_TIMEOUT)
    if isinstance(made, NetError):
        return made.value
    yield Close(made)
    return ""
