"""Tools that run something again and again, or wait for several things at once: watch, retry, wait-on, wtfc, inotifywait."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from simulator.process.effects import AwaitChange, Call, Close, Effect, Pipe, Program, Read, Sleep, Spawn, WaitFor, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import UsageError
from simulator.units import SECOND
from simulator.userland.clients.peers import address
from simulator.userland.durations import duration
from simulator.userland.kubectl.letters import Options, long_options, options
from simulator.userland.processes.wrappers import run_other
from simulator.userland.streams import Gen, out
from simulator.userland.waits.waiting import arguments, wait_until

MILLISECOND = SECOND // 1000


def _run(call: Call, argv: list[str], fds: dict[int, int] | None = None) -> Generator[Effect, Any, int]:
    """Run a command as a child and wait for it: its status."""
    from simulator.userland.launch import launch

    pid = yield Spawn(launch(Call(tuple(argv), call.env, call.cwd), "condition", f"{call.name}: "), tuple(argv), fds or {})
    ended = yield WaitFor((pid,))
    return int(ended[1]) if ended else 0


def _output(call: Call, argv: list[str]) -> Generator[Effect, Any, tuple[int, str]]:
    """Run a command and catch what it prints."""
    reader, writer = yield Pipe()
    status = yield from _run(call, argv, {1: writer})
    yield Close(writer)
    text = ""
    while (chunk := (yield Read(reader))) and not isinstance(chunk, Errno):
        text += chunk
    yield Close(reader)
    return status, text


def watch(call: Call) -> Gen:
    """`watch [-n seconds] [-g] [-e] command`: with -g until what it prints changes, with -e until it fails, else for ever."""
    long = long_options("interval=n chgexit=g errexit=e no-title=t differences=d exec=x beep=b precise=p color=c equexit=q")
    chosen = options(call.argv[1:], "gtedxbpcwC", "nq", long, stop=True)
    pause = duration(chosen.get("n", "2"))
    if not chosen.rest or pause is None:
        raise UsageError("no command")
    argv = chosen.rest if "x" in chosen else ["sh", "-c", " ".join(chosen.rest)]
    before: str | None = None
    while True:
        status, text = yield from _output(call, argv)
        yield from out(text)
        if "g" in chosen and before is not None and text != before:
            return 0
        if "e" in chosen and status:
            return 8
        before = text
        yield Sleep(pause)


def retry(call: Call) -> Gen:
    """`retry [--times=n] [--delay=seconds] [--until=success] [--] command`: again until it ends well, or n times."""
    chosen = options(
        call.argv[1:], "qv", "tdumw", long_options("times=t delay=d until=u while=w message=m quiet=q max=t attempts=t"), stop=True
    )
    times, pause = chosen.get("t", "0"), duration(chosen.get("d", "1"))
    tries = 0
    while True:
        status = yield from _run(call, chosen.rest)
        tries += 1
        if status == 0 or (times.isdigit() and 0 < int(times) <= tries):
            return status
        yield Sleep(pause or SECOND)


def wtfc(call: Call) -> Gen:
    """`wtfc.sh [-T seconds] [-I seconds] [-S status] command`: until it ends with that status, 1 when the time is up."""
    long = long_options("timeout=T interval=I status=S quiet=q print=P")
    chosen = options(call.argv[1:], "qPV", "TIS", long, stop=True)
    limit, pause = duration(chosen.get("T", "1")), duration(chosen.get("I", "1")) or SECOND
    waited = 0
    while str((yield from _run(call, ["sh", "-c", " ".join(chosen.rest)]))) != chosen.get("S", "0"):
        if limit and waited >= limit:
            return 1
        yield Sleep(pause)
        waited += pause
    return 0


def _milliseconds(text: str) -> int | None:
    """`30000` and `30s`, as wait-on has them."""
    return int(text) * MILLISECOND if text.isdigit() else duration(text)


def wait_on(call: Call) -> Gen:
    """`wait-on [-t ms] [-i ms] resource ...`: tcp:host:port, http(-get)://..., a file; 1 when the time is up. Also wait-port."""
    found, operands, command = arguments(call.argv[1:], {"t", "timeout", "i", "interval", "d", "delay", "w", "window", "v"})
    urls = [_resource(call, word) for word in operands]
    limit = _milliseconds((found.get("t") or found.get("timeout") or [""])[0])
    pause = _milliseconds((found.get("i") or found.get("interval") or ["250"])[0]) or 250 * MILLISECOND
    late = yield from wait_until(urls, limit, pause)
    if late:
        yield Write(2, f"Error: Timed out waiting for: {late}\n")
        return 1
    return (yield from run_other(call, command)) if command else 0


def _resource(call: Call, word: str) -> str:
    if match := re.match(r"(https?)(-get)?://", word):
        return f"{match[1]}://{word[match.end() :]}"
    if word.startswith("tcp:") or re.fullmatch(r"[\w.-]*:\d+", word):
        target = address(word if not word.startswith(":") else f"localhost{word}", 80)
        return f"{target.host}:{target.port}"
    return f"file://{absolute(call, word.removeprefix('file:'))}"


def wait(call: Call) -> Gen:
    """`/wait` of docker-compose-wait: everything that WAIT_HOSTS and WAIT_PATHS name, for WAIT_TIMEOUT seconds (30)."""
    urls = [word.strip() for word in call.env.get("WAIT_HOSTS", "").split(",") if word.strip()]
    urls += [f"file://{word.strip()}" for word in call.env.get("WAIT_PATHS", "").split(",") if word.strip()]
    pause = duration(call.env.get("WAIT_SLEEP_INTERVAL", "1")) or SECOND
    yield Sleep(duration(call.env.get("WAIT_BEFORE", call.env.get("WAIT_BEFORE_HOSTS", "0"))) or 0)
    late = yield from wait_until(urls, duration(call.env.get("WAIT_TIMEOUT", "30")), pause)
    if late:
        yield Write(2, f"[ERROR wait] Timeout! After {call.env.get('WAIT_TIMEOUT', '30')} seconds some hosts are still not reachable\n")
        return 1
    yield Sleep(duration(call.env.get("WAIT_AFTER", call.env.get("WAIT_AFTER_HOSTS", "0"))) or 0)
    command = call.env.get("WAIT_COMMAND", "").split()
    return (yield from run_other(call, command)) if command else 0


def npx(call: Call) -> Gen:
    """`npx [-y] command argument ...`: the command, as if it were installed."""
    chosen: Options = options(call.argv[1:], "yqn", "pc", long_options("yes=y no-install=n package=p quiet=q no=n"), stop=True)
    return (yield from run_other(call, chosen.rest)) if chosen.rest else 0


def inotifywait(call: Call) -> Gen:
    """`inotifywait [-t seconds] [-m] [-r] [-e event] path ...`: until something changes; 2 when the time is up."""
    long = long_options("monitor=m recursive=r quiet=q timeout=t event=e exclude=x format=f timefmt=F include=x")
    chosen = options(call.argv[1:], "mrq", "texfF", long)
    limit = duration(chosen.get("t", "0"))
    while True:
        if not (yield AwaitChange(absolute(call, (chosen.rest or ["."])[0]), limit or None)):
            return 2
        yield from out(f"{(chosen.rest or ['.'])[0]} MODIFY\n")
        if "m" not in chosen:
            return 0


COMMANDS: dict[str, Program] = {
    "inotifywait": inotifywait,
    "npx": npx,
    "retry": retry,
    "wait": wait,
    "wait-on": wait_on,
    "wait-port": wait_on,
    "watch": watch,
    "wtfc": wtfc,
    "wtfc.sh": wtfc,
}
