"""What a running container does between its start and its end: waits for peers, prints, is interpreted, is stopped, says last words."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from simulator.container.answers import Answer, Behavior, Window
from simulator.container.asked import CONNECTED, Asked, Heard
from simulator.container.catalogue import process_of
from simulator.container.expansion import expand
from simulator.container.identity import identity
from simulator.container.instance import Instance, listener
from simulator.container.last_words import last_words
from simulator.container.plan import plan
from simulator.container.shells import Birth, Inside, Shells, Who
from simulator.container.status import ContainerRecord, State
from simulator.engine import Engine, Order, Process
from simulator.journal.journal import Journal
from simulator.journal.records import NO_CAUSE, Cause, Fact, LogLine
from simulator.objects.kinds import key_of
from simulator.units import SECOND

SIGKILL_EXIT = 137
BY_PROGRAM, BY_TERM, BY_KILL, BY_ACTION, BY_RUNTIME = "program", "SIGTERM", "SIGKILL", "action", "start failed"
"""Why containers end: their own work is done, they were asked to, they were made to, somebody outside did it, they never came up."""


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
        # What the shell interprets opens its ports and ends by itself.
        observed = live.run._replace(listen=(), exit_after=None) if live.run.argv else live.run
        live.behavior = Behavior(observed, self._engine.streams, ("run", *live.stream, live.record.name, str(live.attempt)))
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
            self._kill_after(live, grace)
            live.inside.processes.signal("TERM")
        elif behavior is None or behavior.run.term.ignore or (grace is not None and behavior.term_delay > grace):
            self._kill_after(live, grace)
        else:
            code = behavior.run.term.exit_code
            reason = "Completed" if code == 0 else "Error"
            live.timers.append(self._engine.call_after(behavior.term_delay, lambda: self.end(live, code, reason, by=BY_TERM), Order.WORLD))

    def _kill_after(self, live: Instance, grace: int | None) -> None:
        if grace is not None:
            live.timers.append(self._engine.call_after(grace, lambda: self.kill(live, SIGKILL_EXIT, "Error", BY_KILL), Order.WORLD))

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
        run = live.run
        for at, line in behavior.logs:
            live.timers.append(self._engine.call_after(at, partial(self._log, live, line), Order.WORLD))
        if behavior.exit_after is not None:
            reason = run.reason or ("Completed" if run.exit_code == 0 else "Error")
            end = self._engine.now + behavior.exit_after
            finish = partial(self.end, live, run.exit_code, reason, run.message, by=BY_PROGRAM)
            live.timers.append(self._engine.call_at(end, finish, Order.WORLD))
        for rule, window in behavior.listening:
            self._listen(live, rule.port, window)
        self._registry.tell(live.pod.metadata.uid)
        if run.argv:
            self._interpret(live)

    def _listen(self, live: Instance, port: int, window: Window) -> None:
        """Note when a port opens and closes, as its rule has it."""
        for offset, opens in ((window.begin, True), (window.end, False)):
            if offset == 0:
                self._port(live, port, opens)
            elif offset is not None:
                live.timers.append(self._engine.call_after(offset, partial(self._port, live, port, opens), Order.WORLD))

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
            by = BY_TERM if live.is_stopping else BY_PROGRAM
            self.end(live, code, run.reason or ("Completed" if code == 0 else "Error"), run.message, by=by)

        self._inside(live).processes.begin(argv, partial(self._log, live), ended)

    def _inside(self, live: Instance) -> Inside:
        """What is inside of a container, made when first needed."""
        if live.inside is None:
            assert live.behavior is not None
            pod, node = live.pod, self._registry.node
            name = node if pod.spec.host_network else pod.spec.hostname or pod.metadata.name

            def heard_by(port: int) -> Behavior | None:
                return listener(self._registry.mates(live), port, self._engine.now)

            port = partial(self._port, live)
            who = identity(live.container, pod, name, self._registry.address(live))
            birth = Birth(live.container, live.run, live.behavior, live.env, live.mounts, who, heard_by, self._asked(live), port)
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
