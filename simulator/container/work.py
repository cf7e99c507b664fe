"""The processes that do what scripts cannot show: steps that succeed, a container's own work, and process 1 of an image."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence

from simulator.container.behavior import Closes, Edge, Ends, Opens, Work
from simulator.container.catalogue import Entry
from simulator.container.exits import Exit
from simulator.container.program import Listen as PortRule
from simulator.container.program import Run, Term
from simulator.engine.durations import Fixed
from simulator.process.effects import Call, GetPid, Handle, Listen, Process, Program, Sleep, Step, StopListening
from simulator.process.tasks import INIT
from simulator.process.world import OwnServer

ENDING = ("TERM", "QUIT", "INT")


def at_once(_: Call) -> Process:
    """A step that takes no time and goes well."""
    yield Step()
    return 0


def server_run(run: Run, entry: Entry, named: Sequence[int]) -> Run:
    """What a server that a script starts does: what the run says of it, else what the catalogue says of its image.

    Ports that are assumed, or that its command line names, open when the catalogue says.
    """
    usual = entry.run()
    listen = run.listen
    if run.assumed:
        listen = tuple(rule._replace(from_=entry.listens_after) for rule in run.listen)
    listen = listen or tuple(PortRule(port, entry.listens_after) for port in named) or usual.listen
    return run._replace(listen=listen, term=run.term or usual.term, exit_after=None if run.assumed else run.exit_after)


def own_server_run(run: Run, server: OwnServer) -> Run:
    """What a server does that tells its port itself, where the run says something else of it."""
    listen = run.listen or (PortRule(server.port, Fixed(server.after)),)
    return run._replace(listen=listen, term=run.term or Term(exit_code=server.term_status))


def beside(work: Work) -> Work:
    """The work of a server which is not the process that the container ends with: `exitAfter` is about that one."""
    return work._replace(exit_after=None)


def work_process(work: Callable[[int], Work], now: Callable[[], int], ended: Callable[[Exit], object], root: str = "") -> Program:
    """A process that does its work: opens and closes ports, ends after its time, or runs until it is stopped.

    Args:
        work: What it does, given its pid.
        now: The clock, in nanoseconds.
        ended: Called when it ends as process 1.
        root: The directory whose files a web server sends, where volumes have put some.
    """

    def body(_: Call) -> Process:
        pid, _parent = yield GetPid()
        does, began = work(pid), now()
        for signal in ENDING:
            yield Handle(signal, "ignore" if does.ignores_term else "handle")
        edges: list[Edge] = list(does.edges)
        while True:
            if not (yield Sleep(edges[0].at - (now() - began) if edges else None)):
                yield Step()
                insort(edges, Ends(now() - began + does.term_delay, does.term_exit), key=lambda edge: edge.at)
                continue
            match edges.pop(0):
                case Opens(_, rule):
                    yield Listen(rule.port, "grpc" if rule.grpc else "http", root or None)
                case Closes(_, port):
                    yield StopListening(port)
                case Ends(_, exit_):
                    if pid == INIT:
                        ended(exit_)
                    return exit_.code

    return body


def first_process(stop: Callable[[], object]) -> Process:
    """Process 1 of a container whose run is described in other ways: a signal from inside stops the container."""
    for signal in ENDING:
        yield Handle(signal, "handle")
    while True:
        yield Sleep(None)
        yield Step()
        stop()
