"""What containers do, written to the journal as facts and log lines."""

from __future__ import annotations

from simulator.container.exits import Exit
from simulator.container.instance import Instance
from simulator.container.plan import plan
from simulator.engine import Engine
from simulator.journal.journal import Journal
from simulator.journal.records import NO_CAUSE, Cause, Fact, LogLine
from simulator.objects.base import JSON
from simulator.objects.kinds import key_of
from simulator.units import SECOND


class ContainerFacts:
    """Writes the facts about the containers of one node."""

    def __init__(self, engine: Engine, journal: Journal, node: str) -> None:
        self._engine = engine
        self._journal = journal
        self._node = node

    def started(self, instance: Instance) -> None:
        """A container started: where its program is described, what it is going to do, and that it runs."""
        assert instance.behavior is not None
        origin = {name: value for name, value in instance.program.origin._asdict().items() if value}
        self._write("container.program", instance, origin=origin, plan=plan(instance.run, instance.behavior))
        self._write("container.started", instance)

    def port_changed(self, instance: Instance, port: int, is_open: bool) -> None:
        """A port began or ceased to accept connections."""
        self._write("container.listens" if is_open else "container.closed", instance, port=port)

    def port_taken(self, instance: Instance, port: int, holder: Instance) -> None:
        """A container could not open a port, because another one, perhaps of another pod, has it."""
        self._write("container.port_taken", instance, port=port, holder=holder.record.name, pod=holder.pod.metadata.name)

    def queried(self, instance: Instance, result: JSON) -> None:
        """The result of a query, as a `QueryLog` publishes it."""
        self._write("container.waits", instance, **result)

    def signalled(self, instance: Instance, signal: str, grace: int | None = None) -> None:
        """A container got a signal; `grace`: nanoseconds until SIGKILL, where that follows."""
        self._write("container.signalled", instance, signal=signal, **({} if grace is None else {"grace": grace / SECOND}))

    def exited(self, instance: Instance, exit_: Exit) -> None:
        """A container ended."""
        self._write("container.exited", instance, exit_.by, exitCode=exit_.code, reason=exit_.reason)

    def printed(self, instance: Instance, line: str) -> None:
        """A container printed a line."""
        instance.log.append(line)
        namespace, pod = instance.pod_name
        self._journal.append(LogLine(self._engine.now, line, "", self._node, namespace, pod, instance.record.name, instance.attempt))

    def _write(self, what: str, instance: Instance, why: str = "", /, **data: object) -> None:
        cause = Cause(int(instance.pod.metadata.resource_version or 0), why) if why else NO_CAUSE
        fields = {"container": instance.record.name, "run": instance.attempt, **data}
        self._journal.append(Fact(self._engine.now, what, key_of(instance.pod), fields, cause))
