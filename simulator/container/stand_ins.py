"""Processes that stand in for programs which nobody can interpret: steps, a container's real work, and process 1 of an image."""

from __future__ import annotations

from collections.abc import Callable

from simulator.container.program import Run
from simulator.shell.effects import Call, Handle, Listen, Process, Program, Sleep, Step

ENDING = ("TERM", "QUIT", "INT")


def at_once(_: Call) -> Process:
    """A step that takes no time and goes well."""
    yield Step()
    return 0


def work(run: Run) -> Program:
    """What a run says, as a process: opens its ports, ends after its time, or runs until it is told to stop."""

    def body(_: Call) -> Process:
        for signal in ENDING:
            yield Handle(signal, "ignore" if run.term.ignore else "handle")
        now = 0
        for rule in sorted(run.listen, key=lambda rule: rule.from_.median()):
            if not (yield Sleep(rule.from_.median() - now)):
                return (yield from _stop(run))
            now = rule.from_.median()
            yield Listen(rule.port, "grpc" if rule.grpc else "http")
        if run.exit_after is None:
            yield Sleep(None)
            return (yield from _stop(run))
        if not (yield Sleep(run.exit_after.median() - now)):
            return (yield from _stop(run))
        return run.exit_code

    return body


def _stop(run: Run) -> Process:
    yield Step()
    for signal in ENDING:
        yield Handle(signal, "ignore")
    yield Sleep(run.term.delay.median())
    return run.term.exit_code


def first_process(stop: Callable[[], object]) -> Process:
    """Process 1 of a container whose run is described in other ways: whoever signals it from inside stops the container."""
    for signal in ENDING:
        yield Handle(signal, "handle")
    while True:
        yield Sleep(None)
        yield Step()
        stop()
