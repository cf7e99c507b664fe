"""What a running container does between its start and its end: waits for peers, prints, is interpreted, is stopped, says last words."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from simulator.container.answers import Answer
from simulator.container.behavior import Behavior, Closes, Ends, Opens
from simulator.container.birth import Birth, Who
from simulator.container.catalogue import process_of
from simulator.container.exits import BY_KILL, BY_PROGRAM, BY_TERM, SIGKILL_EXIT, Exit, reason_of
from simulator.container.expansion import expand
from simulator.container.identity import identity
from simulator.container.instance import Instance, listener
from simulator.container.interior import Inside, Shells
from simulator.container.plan import plan
from simulator.container.queries import CONNECTED, Asked, Heard
from simulator.container.status import ContainerRecord, State
from simulator.container.termination_message import last_words
from simulator.engine import Engine, Order, Process
from simulator.journal.journal import Journal
from simulator.journal.records import NO_CAUSE, Cause, Fact, LogLine
from simulator.objects.kinds import key_of
from simulator.units import SECOND


class Dialer(Protocol):
    """Who knows what a name and a port lead to."""

    def answer(self, namespace: str, node: str, host: str, port: str) -> str:
        """What a pod of that namespace on that node hears that connects now: `CONNECTED`, or what is wrong."""


class Registry(Protocol):
    """Who keeps the containers of a node."""

    node: str

    def replace(self, live: Instance, record: ContainerRecord) -> None:
        """A container has another record."""

    def mates(self, live: Instance) -> list[Instance]:
        """The running containers that share its network, itself included."""

    def address(self, live: Instance) -> str:
        """The address of its pod."""

    def tell(self, uid: str) -> None:
        """Something about a pod changed."""


class Life:
    """Plays the containers of one node."""

    def __init__(self, engine: Engine, journal: Journal, dialer: Dialer, shells: Shells, registry: Registry) -> None:
        self._engine = engine
        self._journal = journal
        self._dialer = dialer
        self._shells = shells
        self._registry = registry

    def start(self, live: Instance) -> None:
        """A container starts with its `run`."""
        live.behavior = Behavior(live.run, self._engine.streams, ("run", *live.stream, live.record.name, str(live.attempt)))
        self._registry.replace(live, live.record._replace(state=State.RUNNING, started_at=self._engine.now))
        origin = {name: value for name, value in live.program.origin._asdict().items() if value}
        self._fact("container.program", live, run=live.attempt, origin=origin, plan=plan(live.run, live.behavior))
        self._fact("container.started", live, run=live.attempt)
        self._engine.start(self._play(live, live.behavior))

    def execute(self, live: Instance, command: list[str], timeout: int | None) -> Process[Answer]:
        """Run a command in a running container, at most for `timeout` nanoseconds (None: as long as it takes)."""
        # Nothing of a described container is known but what its Scenario says: its files are not there to be looked at.
        if live.program.described and not live.run.argv:
            return Answer(0, "", 0)
        outcome = yield from self._inside(live).processes.run(tuple(command), timeout)
        return Answer(SIGKILL_EXIT if outcome.code is None else outcome.code, outcome.output, 0, in_time=outcome.code is not None)

    def stop(self, live: Instance, grace: int | None) -> None:
        """SIGTERM, then SIGKILL after `grace` nanoseconds (None: nobody will send it)."""
        behavior = live.behavior
        live.is_stopping = True
        seconds = {} if grace is None else {"grace": grace / SECOND}
        self._fact("container.signalled", live, run=live.attempt, signal="TERM", **seconds)
        if live.inside is not None and live.inside.processes.interprets:
            live.inside.processes.signal("TERM")
            self._kill_after(live, grace)
        elif behavior is None or behavior.work.ignores_term or (grace is not None and behavior.work.term_delay > grace):
            self._kill_after(live, grace)
        else:
            self._end_after(live, behavior.work.term_delay, behavior.work.term_exit)

    def _end_after(self, live: Instance, delay: int, exit_: Exit) -> None:
        live.timers.append(self._engine.call_after(delay, partial(self._end_as, live, exit_), Order.WORLD))

    def _end_as(self, live: Instance, exit_: Exit) -> None:
        self.end(live, exit_.code, exit_.reason, exit_.message, by=exit_.by)

    def _kill_after(self, live: Instance, grace: int | None) -> None:
        if grace is not None and live.is_running:
            live.timers.append(self._engine.call_after(grace, partial(self._kill_at_deadline, live), Order.WORLD))

    def _kill_at_deadline(self, live: Instance) -> None:
        """The grace period is over. A process that ends at this very instant is not killed, described or interpreted."""
        if live.inside is not None:
            live.inside.processes.advance()
        self.kill(live, SIGKILL_EXIT, "Error", BY_KILL)

    def kill(self, live: Instance, exit_code: int, reason: str, by: str) -> None:
        """A container is ended from outside, at once."""
        if live.is_running:
            self._fact("container.signalled", live, run=live.attempt, signal="KILL")
        self.end(live, exit_code, reason, by=by)

    def end(self, live: Instance, exit_code: int, reason: str, message: str = "", *, by: str) -> None:
        """A container ends; nothing happens when it has ended before. `by`: why it ends."""
        if live.record.state is State.EXITED:
            return
        for timer in live.timers:
            timer.cancel()
        message = self._last_words(live, exit_code, message)
        if live.inside is not None:
            live.inside.processes.close()
        if live.behavior is not None:
            live.behavior.ended_at = self._engine.now
        self._registry.replace(
            live,
            live.record._replace(state=State.EXITED, finished_at=self._engine.now, exit_code=exit_code, reason=reason, message=message),
        )
        self._fact("container.exited", live, by, run=live.attempt, exitCode=exit_code, reason=reason)
        for tell in live.exited:
            tell()

    # ---- what its run says

    def _play(self, live: Instance, behavior: Behavior) -> Process[None]:
        yield from self._await_peers(live, behavior)
        if not live.is_running:
            return
        behavior.origin = self._engine.now
        for at, line in behavior.logs:
            if at == 0:
                self._log(live, line)
            else:
                live.timers.append(self._engine.call_after(at, partial(self._log, live, line), Order.WORLD))
        if not live.run.argv:
            self._follow(live, behavior)
        self._registry.tell(live.pod.metadata.uid)
        if live.run.argv:
            self._interpret(live)

    def _follow(self, live: Instance, behavior: Behavior) -> None:
        """Play a described run: its work begins now, and its edges are timers."""
        for edge in behavior.work.edges:
            match edge:
                case Ends(at, exit_):
                    self._end_after(live, at, exit_)
                case Opens(0, rule):
                    self._port(live, rule.port, True)
                case Opens(at, rule):
                    live.timers.append(self._engine.call_after(at, partial(self._port, live, rule.port, True), Order.WORLD))
                case Closes(at, port):
                    live.timers.append(self._engine.call_after(at, partial(self._port, live, port, False), Order.WORLD))

    def _port(self, live: Instance, port: int, opens: bool) -> None:
        self._fact("container.listens" if opens else "container.closed", live, run=live.attempt, port=port)

    def _await_peers(self, live: Instance, behavior: Behavior) -> Process[None]:
        """Ask for the hosts that the run waits for, one after the other, each in its own rhythm."""
        namespace, node = live.pod.metadata.namespace, self._registry.node
        asked = self._asked(live)
        for wait in behavior.run.wait_for:
            host, port = expand(wait.host, live.env), expand(wait.port, live.env)
            while live.is_running:
                answer = self._dialer.answer(namespace, node, host, port)
                asked.heard(Heard(answer, answer == CONNECTED, host, int(port) if port.isdigit() else 0))
                if answer == CONNECTED:
                    break
                yield self._engine.sleep(wait.period.draw(self._engine.streams, "wait", *live.stream), Order.OBSERVE)

    # ---- what the shell makes of it

    def _interpret(self, live: Instance) -> None:
        run = live.run
        # References in scripts of a Scenario are the shell's; those in a container's command are the kubelet's.
        argv = tuple(expand(word, live.env) for word in run.argv) if run.command else run.argv

        def ended(code: int) -> None:
            self._end_as(live, live.work_exit or self._exit_of_script(live, code))

        self._inside(live).processes.begin(argv, partial(self._log, live), ended)

    def _exit_of_script(self, live: Instance, code: int) -> Exit:
        """How a script ends that did not end as its container's own work. The run's reason and message are about an end by itself."""
        if live.is_stopping:
            return Exit(code, reason_of(code), "", BY_TERM)
        return Exit(code, live.run.reason or reason_of(code), live.run.message, BY_PROGRAM)

    def _inside(self, live: Instance) -> Inside:
        """What is inside of a container, made when first needed."""
        if live.inside is None:
            assert live.behavior is not None
            pod, node = live.pod, self._registry.node
            name = node if pod.spec.host_network else pod.spec.hostname or pod.metadata.name

            def heard_by(port: int) -> Behavior | None:
                return listener(self._registry.mates(live), port, self._engine.now)

            who = identity(live.container, pod, name, self._registry.address(live))
            birth = Birth(
                container=live.container,
                behavior=live.behavior,
                env=live.env,
                mounts=live.mounts,
                identity=who,
                listener=heard_by,
                asked=self._asked(live),
                port=partial(self._port, live),
                ended=partial(setattr, live, "work_exit"),
            )
            live.inside = self._shells.inside(Who(*live.place, live.record.name, node, live.record.attempt), birth)
            if not live.run.argv:
                live.inside.processes.stand_in(process_of(live.container.image), partial(self._stop_from_inside, live))
        return live.inside

    def _stop_from_inside(self, live: Instance) -> None:
        """A command in the container stops it; the command is over before the container is."""
        self._engine.call_after(0, lambda: self.stop(live, None), Order.OBSERVE)

    # ---- what it leaves

    def _last_words(self, live: Instance, exit_code: int, message: str) -> str:
        """The termination message: what was said to be one, else what stands in the file, else what the log says."""
        if live.record.started_at is None:
            return message
        path = live.container.termination_message_path
        if live.inside is not None and path and not message:
            text = live.inside.files.read(path)
            message = text if isinstance(text, str) else ""
        return last_words(message, list(live.log), live.container.termination_message_policy, exit_code)

    def _log(self, live: Instance, line: str) -> None:
        live.log.append(line)
        self._journal.append(LogLine(self._engine.now, line, "", self._registry.node, *live.place, live.record.name, live.attempt))

    def _asked(self, live: Instance) -> Asked:
        return Asked(lambda heard: self._fact("container.waits", live, run=live.attempt, **heard))

    def _fact(self, what: str, live: Instance, why: str = "", /, **data: object) -> None:
        cause = Cause(int(live.pod.metadata.resource_version or 0), why) if why else NO_CAUSE
        self._journal.append(Fact(self._engine.now, what, key_of(live.pod), {"container": live.record.name, **data}, cause))
