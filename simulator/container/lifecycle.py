"""From the start of a container to its end: it waits for its peers, follows its run or is interpreted, and is stopped or ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from simulator.container.answers import Answer, Opened, Streams
from simulator.container.behavior import Behavior, Closes, Ends, Opens
from simulator.container.birth import Birth, Who
from simulator.container.catalogue import is_base, known, process_of
from simulator.container.container_table import ContainerTable
from simulator.container.exits import BY_KILL, BY_PROGRAM, BY_TERM, Exit, reason_of
from simulator.container.expansion import expand
from simulator.container.facts import ContainerFacts
from simulator.container.identity import identity
from simulator.container.instance import Instance
from simulator.container.interior import Interior, InteriorFactory
from simulator.container.memory_limits import OUT_OF_MEMORY_AFTER, OUT_OF_MEMORY_EXIT, exceeds
from simulator.container.program import Listen
from simulator.container.queries import CONNECTED, QueryLog, QueryResult
from simulator.container.site import file_answer
from simulator.container.sockets import Sockets
from simulator.container.status import State
from simulator.container.termination_message import termination_message
from simulator.engine import Engine, Order, Process, Timer
from simulator.images.contents import is_impossible
from simulator.objects.process import SIGKILL_EXIT

if TYPE_CHECKING:
    from simulator.container.surroundings import Dialer

KILL_WINS = 0.5
"""The share of containers that are killed when they need as long as their grace period (recorded: both, neither more often)."""


class Lifecycle:
    """Plays the containers of one node."""

    def __init__(self, engine: Engine, facts: ContainerFacts, dialer: Dialer, interiors: InteriorFactory, table: ContainerTable) -> None:
        self._engine = engine
        self._facts = facts
        self._dialer = dialer
        self._interiors = interiors
        self._table = table
        self._sockets = Sockets(table, facts, interiors)

    # ---- start

    def start(self, instance: Instance) -> None:
        """Start a container, which then does what its `run` says."""
        behavior = Behavior(instance.run, self._engine.streams, ("run", *instance.stream, instance.record.name, str(instance.attempt)))
        instance.behavior = behavior
        self._table.update(instance, instance.record._replace(state=State.RUNNING, started_at=self._engine.now))
        self._facts.started(instance)
        self._engine.start(self._play(instance, behavior))

    def _play(self, instance: Instance, behavior: Behavior) -> Process[None]:
        yield from self._wait_for_peers(instance, behavior)
        if not instance.is_running:
            return
        behavior.origin = self._engine.now
        self._print(instance, behavior)
        for at, creation in behavior.creations:
            self._after(instance, at, partial(self._dialer.create, instance.pod, creation))
        self.watch_memory(instance)
        if not instance.run.argv:
            self._follow(instance, behavior)
        self._table.notify(instance.pod.metadata.uid)
        if instance.run.argv:
            self._interpret(instance)

    def watch_memory(self, instance: Instance) -> None:
        """End the container when its work takes more memory than it may have: now, or later if that is still so then."""
        full = instance.full_at
        if full is not None and full <= self._engine.now:
            self.end(instance, OUT_OF_MEMORY_EXIT)
        elif full is not None:
            self._after(instance, full - self._engine.now, partial(self.watch_memory, instance))

    def _wait_for_peers(self, instance: Instance, behavior: Behavior) -> Process[None]:
        """Try to connect to the peers that the run waits for, one after the other, each with its own period."""
        namespace, queries = instance.pod.metadata.namespace, self._query_log(instance)
        for wait in behavior.run.wait_for:
            host, port = expand(wait.host, instance.env), expand(wait.port, instance.env)
            while instance.is_running:
                answer = self._dialer.answer(namespace, self._table.node, host, port)
                queries.record(QueryResult(answer, answer == CONNECTED, host, int(port) if port.isdigit() else 0))
                if answer == CONNECTED:
                    break
                yield self._engine.sleep(wait.period.draw(self._engine.streams, "wait", *instance.stream), Order.OBSERVE)

    def _query_log(self, instance: Instance) -> QueryLog:
        return QueryLog(partial(self._facts.queried, instance))

    def _print(self, instance: Instance, behavior: Behavior) -> None:
        """Print the lines of the run, each at its time. Those of the first instant come first: the run may end in that instant."""
        for at, line in behavior.logs:
            if at == 0:
                self._facts.printed(instance, line)
            else:
                self._after(instance, at, partial(self._facts.printed, instance, line))

    def _after(self, instance: Instance, delay: int, action: Callable[[], object]) -> None:
        """Do something later, if the container still runs."""
        instance.timers.append(self._engine.call_after(delay, action, Order.WORLD))

    # ---- the driver of described runs

    def _follow(self, instance: Instance, behavior: Behavior) -> None:
        """Begin the work of a described run: each of its edges is a timer. What an unknown program writes is unknown, too."""
        if instance.program.is_unknown:
            self._write_unknown(instance)
        for edge in behavior.work.edges:
            match edge:
                case Ends(at, exit_):
                    self._after(instance, at, partial(self.end, instance, exit_))
                case Opens(0, rule):
                    self._open(instance, rule)
                case Opens(at, rule):
                    self._after(instance, at, partial(self._open, instance, rule))
                case Closes(at, port):
                    self._after(instance, at, partial(self._sockets.close, instance, port))

    def _open(self, instance: Instance, rule: Listen) -> None:
        """Open a port of a described run. If another container has it, the program ends as its kind of server does."""
        opened = Opened("grpc" if rule.grpc else "http", self._site(instance), rule.guessed)
        if self._sockets.open(instance, rule.port, opened) or instance.is_stopping:
            return
        from simulator.container.failures import bind_failure

        for timer in instance.timers:
            timer.cancel()
        failure = bind_failure(process_of(instance.container.image), rule.port)
        for at, line in failure.log:
            self._after(instance, at, partial(self._facts.printed, instance, line))
        self._after(instance, failure.takes, partial(self.end, instance, failure.exit))

    def _site(self, instance: Instance) -> Callable[[str], Answer | None] | None:
        """What a web server of the catalogue sends: the files of the volume at its document root; None: that is the image's, or unknown."""
        entry = None if instance.program.described else known(instance.container.image)
        if entry is None or not entry.root or all(mount.path.rstrip("/") != entry.root for mount in instance.mounts):
            return None
        return lambda path: file_answer(self._interior(instance).files, entry.root, path, lists=entry.process != "nginx")

    # ---- the driver of interpreted runs

    def _interpret(self, instance: Instance) -> None:
        """Start the command line or script of a run as process 1. Where it ends in the run's work, `work` plays the edges."""
        run = instance.run
        # References in the script of a Scenario are the shell's; those in a container's command are the kubelet's.
        argv = tuple(expand(word, instance.env) for word in run.argv) if run.command else run.argv

        def ended(code: int) -> None:
            self.end(instance, instance.work_exit or self._script_exit(instance, code))

        self._interior(instance).processes.begin(argv, partial(self._facts.printed, instance), ended)

    def _script_exit(self, instance: Instance, code: int) -> Exit:
        """The exit of a script that did not end in the run's work."""
        if instance.is_stopping:
            return Exit(code, reason_of(code), "", BY_TERM)
        return Exit(code, instance.run.reason or reason_of(code), instance.run.message, BY_PROGRAM)

    def _interior(self, instance: Instance) -> Interior:
        """The files and processes of a container, created on first use."""
        if instance.interior is None:
            who = Who(*instance.pod_name, instance.record.name, self._table.node, instance.record.attempt)
            instance.interior = self._interiors.create(who, self._birth(instance))
            if not instance.run.argv:
                stop = partial(self._stop_from_inside, instance)
                instance.interior.processes.begin_described(process_of(instance.container.image), stop)
        return instance.interior

    def _birth(self, instance: Instance) -> Birth:
        assert instance.behavior is not None
        pod = instance.pod
        user = None if is_base(instance.container.image) else instance.image_user()
        return Birth(
            container=instance.container,
            pod=pod,
            behavior=instance.behavior,
            env=instance.env,
            mounts=instance.mounts,
            identity=identity(instance.container, pod, self._table.node, self._table.address_of(instance), user),
            listener=partial(self._table.local_listener, instance.record.id),
            executables=instance.executables,
            queries=self._query_log(instance),
            open_port=partial(self._sockets.open, instance),
            close_port=partial(self._sockets.close, instance),
            out_of_memory=partial(self._out_of_memory, instance),
            work_ended=partial(setattr, instance, "work_exit"),
            writes_unknown=partial(self._write_unknown, instance),
        )

    def _out_of_memory(self, instance: Instance, amount: int) -> bool:
        """Let the kernel kill a container whose processes want more memory than it may have."""
        if not exceeds(instance.container, amount):
            return False
        self._after(instance, OUT_OF_MEMORY_AFTER, partial(self.kill, instance, OUT_OF_MEMORY_EXIT))
        return True

    def _write_unknown(self, instance: Instance) -> None:
        """A program that podsim does not know may write anything into the volumes of its container, tools for other containers, say."""
        for mount in instance.mounts:
            self._interiors.trees.mark_unknown(mount, f"a volume that {instance.record.name} writes")

    def _stop_from_inside(self, instance: Instance) -> None:
        """Stop a container on behalf of a command in it. The command ends before the container does."""
        self._engine.call_after(0, lambda: self.terminate(instance, None), Order.OBSERVE)

    def exec_error(self, instance: Instance, command: list[str]) -> str:
        """runc's error for a command that cannot be started in a running container; empty when it can."""
        if instance.program.described and not instance.run.argv:
            return f'exec: "{command[0]}": executable file not found in $PATH' if is_impossible(command[0]) else ""
        interior = self._interior(instance)
        return interior.processes.lookup_error(tuple(command))

    def execute(self, instance: Instance, command: list[str], timeout: int | None, streams: Streams | None = None) -> Process[Answer]:
        """Run a command in a running container, for at most `timeout` nanoseconds (None: without a limit)."""
        # The Scenario is all that is known of a described container: it has no files to look at.
        if instance.program.described and not instance.run.argv:
            return Answer(0, "", 0)
        outcome = yield from self._interior(instance).processes.run(tuple(command), timeout, streams)
        return Answer(SIGKILL_EXIT if outcome.code is None else outcome.code, outcome.output, 0, in_time=outcome.code is not None)

    # ---- end

    def terminate(self, instance: Instance, grace: int | None) -> None:
        """Send SIGTERM, unless that was done before; `grace`: nanoseconds until SIGKILL follows (None: it does not)."""
        if instance.is_stopping:
            return
        behavior = instance.behavior
        instance.is_stopping = True
        self._facts.signalled(instance, "TERM", grace)
        if instance.interior is not None and instance.interior.processes.interprets:
            instance.interior.processes.signal("TERM")
        elif behavior is not None and not behavior.work.ignores_term:
            self._after(instance, behavior.work.term_delay, partial(self.end, instance, behavior.work.term_exit))

    def stop(self, instance: Instance, grace: int) -> Timer:
        """Send SIGTERM, and SIGKILL after `grace` nanoseconds. When a container needs exactly as long, either may come first."""
        work = None if instance.behavior is None else instance.behavior.work
        is_tie = not instance.is_stopping and work is not None and work.term_delay == grace
        kills_first = is_tie and self._engine.streams.coin(KILL_WINS, "deadline", *instance.stream, instance.record.name)
        deadline = self._kill_after(instance, grace) if kills_first else None
        self.terminate(instance, grace)
        return deadline or self._kill_after(instance, grace)

    def _kill_after(self, instance: Instance, grace: int) -> Timer:
        return self._engine.call_after(grace, partial(self._kill_at_deadline, instance), Order.WORLD)

    def _kill_at_deadline(self, instance: Instance) -> None:
        """The grace period is over. An interpreted process that ends by itself in this instant is not killed."""
        if not instance.is_running:
            return
        if instance.interior is not None:
            instance.interior.processes.advance()
        self.kill(instance, Exit(SIGKILL_EXIT, reason_of(SIGKILL_EXIT), "", BY_KILL))

    def kill(self, instance: Instance, exit_: Exit) -> None:
        """Send SIGKILL, which ends a container at once."""
        if instance.is_running:
            self._facts.signalled(instance, "KILL")
        self.end(instance, exit_)

    def end(self, instance: Instance, exit_: Exit) -> None:
        """End a container, unless it has ended already."""
        if instance.record.state is State.EXITED:
            return
        for timer in instance.timers:
            timer.cancel()
        message = self._termination_message(instance, exit_)
        if instance.interior is not None:
            instance.interior.processes.close()
        if instance.behavior is not None:
            instance.behavior.ended_at = self._engine.now
        ended = instance.record._replace(
            state=State.EXITED, finished_at=self._engine.now, exit_code=exit_.code, reason=exit_.reason, message=message
        )
        self._table.update(instance, ended)
        self._facts.exited(instance, exit_)
        for callback in instance.exit_callbacks:
            callback()

    def _termination_message(self, instance: Instance, exit_: Exit) -> str:
        """The message of the terminated state: the exit's own, else that of the termination file, else, by policy, the end of the log."""
        if instance.record.started_at is None:
            return exit_.message
        written = exit_.message
        path = instance.container.termination_message_path
        if instance.interior is not None and path and not written:
            text = instance.interior.files.read(path)
            written = text if isinstance(text, str) else ""
        return termination_message(written, list(instance.log), instance.container.termination_message_policy, exit_.code)
