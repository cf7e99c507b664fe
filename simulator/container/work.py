"""Processes that are not interpreted: steps that succeed, the work of a run, and process 1 of a described run."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence

from simulator.container.behavior import Closes, Edge, Ends, Opens, Work
from simulator.container.catalogue import Entry
from simulator.container.exits import Exit
from simulator.container.program import Listen as PortRule
from simulator.container.program import Run, Term
from simulator.engine.durations import Fixed
from simulator.process.effects import Call, GetPid, Handle, Listen, Process, Program, Sleep, Step, StopListening, Write
from simulator.process.tasks import INIT
from simulator.process.world import OwnServer

ENDING = ("TERM", "QUIT", "INT")


def at_once(_: Call) -> Process:
    """A step that succeeds and takes no time."""
    yield Step()
    return 0


def server_run(run: Run, entry: Entry, named: Sequence[int], *, moves: bool = False) -> Run:
    """The run of a server that a script starts: what the container's run gives, and for the rest what the catalogue gives for its image.

    Assumed ports, and those that its command line names, open after the catalogue's time. With `moves`, something may let it listen
    elsewhere than usual.
    """
    usual = entry.run(moves=moves)
    listen = run.listen
    if run.assumed:
        certain = {*named, *(() if moves else entry.ports)}
        listen = tuple(rule._replace(from_=entry.listens_after, guessed=rule.guessed and rule.port not in certain) for rule in run.listen)
    listen = listen or tuple(PortRule(port, entry.listens_after) for port in named) or usual.listen
    return run._replace(listen=listen, term=run.term or usual.term, exit_after=None if run.assumed else run.exit_after)


def own_server_run(run: Run, server: OwnServer) -> Run:
    """The run of a server whose command line gives its port: what the container's run gives, and for the rest what the server does."""
    listen = run.listen or (PortRule(server.port, Fixed(server.after)),)
    return run._replace(listen=listen, term=run.term or Term(exit_code=server.term_status))


def beside(work: Work) -> Work:
    """The work of a server that is not process 1: the end of the run is that of process 1."""
    return work._replace(exit_after=None)


def work_process(work: Callable[[int], Work], now: Callable[[], int], ended: Callable[[Exit], object], root: str = "") -> Program:
    """A process that does the work of a run: it opens and closes ports, ends after its time, or runs until it is stopped.

    Args:
        work: Returns the work, given the pid.
        now: The clock, in nanoseconds.
        ended: Called with its exit if it is process 1.
        root: The document root of a web server, whose files it sends if volumes provide some.
    """

    def body(call: Call) -> Process:
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
                    if (yield Listen(rule.port, "grpc" if rule.grpc else "http", root or None, rule.guessed)) is not None:
                        return (yield from cannot_bind(call.name, rule.port))
                case Closes(_, port):
                    yield StopListening(port)
                case Ends(_, exit_):
                    if pid == INIT:
                        ended(exit_)
                    return exit_.code

    return body


def fails(run: Run) -> Program:
    """A program that prints what a run prints, and ends as that does."""

    def body(_: Call) -> Process:
        yield Write(2, "".join(f"{rule.line}\n" for rule in run.log))
        return run.exit_code

    return body


def cannot_bind(name: str, port: int) -> Process:
    """The end of a server whose port another program has. It ends early when it is stopped."""
    from simulator.container.failures import bind_failure

    failure, at = bind_failure(name, port), 0
    for due, line in failure.log:
        if not (yield Sleep(due - at)):
            break
        at = due
        yield Write(2, f"{line}\n")
    else:
        yield Sleep(failure.takes - at)
    return failure.exit.code


def first_process(stop: Callable[[], object]) -> Process:
    """Process 1 of a described run: a signal from a command in the container stops the container."""
    for signal in ENDING:
        yield Handle(signal, "handle")
    while True:
        yield Sleep(None)
        yield Step()
        stop()
