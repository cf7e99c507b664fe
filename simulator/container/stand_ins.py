"""Processes that stand in for programs which nobody can interpret: steps, a container's real work, and process 1 of an image."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.container.catalogue import server
from simulator.container.program import Listen as PortRule
from simulator.container.program import Run
from simulator.process.effects import Call, Handle, Listen, Process, Program, Sleep, Step

ENDING = ("TERM", "QUIT", "INT")


def at_once(_: Call) -> Process:
    """A step that takes no time and goes well."""
    yield Step()
    return 0


def serves(run: Run, call: Call, named: Sequence[int]) -> Program | None:
    """A server that a script starts: on the ports of the container's spec, else on those its command line names, else on its usual ones.

    When they open and how it stops, the catalogue knows; None: it does not know that server.
    """
    entry = server(call.argv[0].rpartition("/")[2])
    if entry is None:
        return work(run) if run.listen else None
    made = entry.run()
    ports = [rule.port for rule in run.listen] or named
    listens = tuple(PortRule(port, entry.listens_after) for port in ports) or made.listen
    return work(made._replace(listen=listens), entry.root)


def work(run: Run, root: str = "") -> Program:
    """What a run says, as a process: opens its ports, ends after its time, or runs until it is told to stop.

    A web server sends the files below `root`, where volumes have put some.
    """

    def body(_: Call) -> Process:
        for signal in ENDING:
            yield Handle(signal, "ignore" if run.term.ignore else "handle")
        now = 0
        for rule in sorted(run.listen, key=lambda rule: rule.from_.median()):
            if not (yield Sleep(rule.from_.median() - now)):
                return (yield from _stop(run))
            now = rule.from_.median()
            yield Listen(rule.port, "grpc" if rule.grpc else "http", root or None)
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
