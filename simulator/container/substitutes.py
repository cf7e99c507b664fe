"""The programs that run in place of commands which podsim cannot interpret: steps that succeed, servers, and the container's own work."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from simulator.container.behavior import Work
from simulator.container.birth import Birth
from simulator.container.catalogue import LISTENS_AFTER, Entry, known, server
from simulator.container.own_ports import may_move, ports_of_text
from simulator.container.program import Listen as PortRule
from simulator.container.program import Run
from simulator.container.wording import shortened
from simulator.container.work import at_once, beside, fails, own_server_run, server_run, work_process
from simulator.engine import Engine
from simulator.process.effects import Call, Program
from simulator.process.tasks import INIT
from simulator.process.world import OwnServer, UnknownCommand
from simulator.userland.serving import blocks, listening_ports, only_prints
from simulator.userland.table import INTERPRETERS

Assume = Callable[[str, str], object]
"""Where an assumption goes: its text, and its reason."""


class Substitutes:
    """Chooses the programs for one container.

    Attributes:
        count: How many commands were replaced without any knowledge of them.
        is_opaque: The container's own work is not interpreted, so its files, processes and further ports are unknown.
    """

    def __init__(self, engine: Engine, birth: Birth, assume: Assume, resolve: Callable[[Run], object]) -> None:
        self._engine = engine
        self._behavior = birth.behavior
        self._run = birth.behavior.run
        self._moves = may_move(birth.container)
        self._container, self._pod = birth.container, birth.pod
        self._work_ended = birth.work_ended
        self._assume = assume
        self._resolve = resolve
        self._writes_unknown = birth.writes_unknown
        self.count = 0
        self.is_opaque = False

    def command(self, request: UnknownCommand) -> Program | None:
        """The program for a command.

        A step does what its text says, else it succeeds at once. The last command of a main container, or one in the background, is the
        container's own work.
        """
        if request.place == "server":
            return self._known_server(request.call)
        command = shortened(" ".join(request.call.argv))
        is_step = request.place in ("step", "condition") or (request.place == "background" and self._run.exit_after is not None)
        endless = blocks(request.call.name, request.call.argv) or self._is_own_server(request.call)
        is_step = is_step and not endless
        if request.guess is not None and (is_step or self._run.exit_after is not None):
            self._assume(f"`{command}` {request.what}", "podsim does not run such programs")
            return request.guess
        self.count += 1
        if is_step:
            self._assume(f"`{command}` exits with 0 at once", "podsim does not know this command")
            return at_once
        run = self._run
        if endless and run.assumed:
            # The image's usual program ends, but not with these words.
            run = run._replace(exit_after=None)
        if not run.listen and run.exit_after is None:
            run = run._replace(listen=_listens(request.call))
        self.is_opaque = True
        self._writes_unknown()
        self._assume(f"`{command}` {run.in_words}", "podsim does not know this command, which is the container's main work")
        return self._own_work(run)

    def _is_own_server(self, call: Call) -> bool:
        """Whether a command is the server that its image is made for, and not only printing something."""
        entry = known(self._container.image)
        if entry is None or entry.does not in ("serves", "runs") or call.name != entry.process or call.name in INTERPRETERS:
            return False
        verb = next((word for word in call.argv[1:2] if word.isalpha()), "")
        return (not verb or verb in entry.verbs) and not only_prints(call.argv)

    def _own_work(self, run: Run) -> Program:
        work = self._behavior.work_of(run)
        return self._process(lambda pid: work)

    def _known_server(self, call: Call) -> Program | None:
        """A server of the catalogue; of one that is not in it, what the run says, or None when that names no ports."""
        entry = server(call.argv[0].rpartition("/")[2])
        if entry is None:
            return self._own_work(self._run) if self._run.listen else None
        if known(self._container.image) is entry:
            from simulator.container.failures import denied

            failure = denied(self._container, self._pod)
            if failure is not None:
                return fails(failure.run)
        return self._process(partial(self._begin_server, entry, ports_in(call.argv)), entry.root)

    def _begin_server(self, entry: Entry, named: list[int], pid: int) -> Work:
        """The work of a server that starts now. An assumption about the container's work is corrected: the catalogue knows better."""
        run = server_run(self._run, entry, named, moves=self._moves)
        if self._run.assumed:
            listen = run.listen if self._run.listen else ()
            self._resolve(self._run._replace(listen=listen, exit_after=None if pid == INIT else self._run.exit_after))
        work = self._behavior.work_of(run)
        return work if pid == INIT else beside(work)

    def own_server(self, request: OwnServer) -> Program | None:
        """The program for a server whose command line gives its port; None, so that it runs as it is, unless a Scenario describes it."""
        run = self._run
        if run.assumed or (not run.listen and run.exit_after is None and run.term is None):
            return None
        work = self._behavior.work_of(own_server_run(run, request))
        return self._process(lambda pid: work if pid == INIT else beside(work), request.root or "")

    def _process(self, work: Callable[[int], Work], root: str = "") -> Program:
        return work_process(work, lambda: self._engine.now, self._work_ended, root)


def _listens(call: Call) -> tuple[PortRule, ...]:
    """What an unknown command listens on. Ports in the text of a program are certain, those of options may be its peers'."""
    certain = ports_of_text(call.argv)
    return tuple(PortRule(port, LISTENS_AFTER, guessed=port not in certain) for port in _named_ports(call))


def _named_ports(call: Call) -> list[int]:
    """The ports of an unknown command: those that its kind of server listens on, else those that its options name."""
    return listening_ports(call.name, call.argv) or ports_in(call.argv) or ports_of_text(call.argv)


def ports_in(argv: tuple[str, ...]) -> list[int]:
    """Ports that a command line names: `--port 8080`, `-p=80`, `--http-port=80`, `--listen :9090`."""
    numbers = re.findall(r"(?:^|\s)-{1,2}(?:\w+[-.])*(?:port|listen|address|addr|bind|p)[= ]\S*?(\d{2,5})(?=\s|$)", " ".join(argv))
    return [int(port) for port in dict.fromkeys(numbers) if int(port) < 65536]
