"""Running other commands, as the tools do that are given one: in their place, or as a child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.process.effects import Call, Close, Effects, Pipe, Process, Read, Rename, Spawn, WaitFor
from simulator.process.errno import Errno
from simulator.userland.launch import launch


def become(call: Call, argv: Sequence[str], env: Mapping[str, str] | None = None, cwd: str | None = None) -> Process:
    """Run another command in this process, as execve(2) does: env, nice and tini leave nothing of themselves behind."""
    other = Call(tuple(argv), call.env if env is None else env, cwd or call.cwd)
    yield Rename(other.argv)
    return (yield from launch(other, "last", f"{call.name}: "))


def start(
    call: Call, argv: Sequence[str], *, place: str = "step", cwd: str | None = None, fds: Mapping[int, int] | None = None
) -> Effects[int]:
    """Start another command as a child; its pid.

    Args:
        call: The command that starts it: its environment and working directory, and its name before "not found".
        argv: The child's command line.
        place: What it is to the container (see `UnknownCommand`); "condition" when something depends on how it ends.
        cwd: Its working directory, if not this command's own.
        fds: Its descriptors that differ from this command's (child's number to parent's).
    """
    other = Call(tuple(argv), call.env, cwd or call.cwd)
    pid: int = yield Spawn(launch(other, place, f"{call.name}: "), other.argv, fds or {})
    return pid


def run(
    call: Call, argv: Sequence[str], *, place: str = "step", cwd: str | None = None, fds: Mapping[int, int] | None = None
) -> Effects[int]:
    """Run another command as a child and wait for it: its exit code. The arguments are those of `start`."""
    pid = yield from start(call, argv, place=place, cwd=cwd, fds=fds)
    ended = yield WaitFor((pid,))
    return int(ended[1]) if ended else 0


def output_of(call: Call, argv: Sequence[str], *, place: str = "step") -> Effects[tuple[int, str]]:
    """Run another command: its exit code and what it printed. It may not print more than a pipe holds (64 KiB) at one instant."""
    reader, writer = yield Pipe()
    status = yield from run(call, argv, place=place, fds={1: writer})
    yield Close(writer)
    text = ""
    while (chunk := (yield Read(reader))) and not isinstance(chunk, Errno):
        text += chunk
    yield Close(reader)
    return status, text
