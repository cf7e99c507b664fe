"""What commands rely on while their answer is tested: that paths of unknown content exist, or that they are missing."""

from __future__ import annotations

from simulator.process.effects import Effects, Process
from simulator.process.fileio import GetGoal, ReverseReliance
from simulator.shell.interp.control import Leave


def hoping_for_failure(command: Effects[int]) -> Effects[int]:
    """Run a command with whose failure the script continues."""
    yield ReverseReliance()
    try:
        status = yield from command
    except Leave:
        yield ReverseReliance()
        raise
    yield ReverseReliance()
    return status


def relying_on_presence(process: Process) -> Process:
    """Run a process whose output is tested, and not whether it succeeds."""
    if not (yield GetGoal()):
        yield ReverseReliance()
    return (yield from process)
