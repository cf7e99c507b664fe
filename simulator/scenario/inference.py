"""What containers that nobody described are assumed to do. Each assumption is noted once, with how to override it."""

from __future__ import annotations

import re
from typing import NamedTuple

from simulator.container.program import Image, Listen, Origin, Program, Run, Wait
from simulator.engine.durations import Duration, Fixed
from simulator.journal.store import Store
from simulator.objects.container import Container, Probe
from simulator.objects.pod import Pod
from simulator.objects.service import Service
from simulator.scenario.commands import described, interpreted
from simulator.units import MILLISECOND, SECOND

INIT_TAKES: Duration = Fixed(1 * SECOND)
JOB_TAKES: Duration = Fixed(5 * SECOND)
LISTENS_AFTER: Duration = Fixed(1 * SECOND)
ASKS_EVERY: Duration = Fixed(1 * SECOND)
PULL_TAKES: Duration = Fixed(2 * SECOND)
WAITING_NAME = re.compile(r"\b(wait|await)", re.IGNORECASE)
SERVICE_VARIABLE = re.compile(r"\$\(([A-Z][A-Z0-9_]*)_SERVICE_HOST\)")


class Assumption(NamedTuple):
    """Something that was assumed: of what, what, why, and the Scenario snippet that says otherwise."""

    subject: str
    text: str
    reason: str
    override: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.text} ({self.reason})"


class Inference:
    """Infers programs and images; `assumptions` holds what was inferred, in the order in which it was first needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._programs: dict[tuple[str, ...], Program] = {}
        self._noted: set[tuple[str, str]] = set()
        self._images: dict[str, Image] = {}
        self.assumptions: list[Assumption] = []

    def program(self, pod: Pod, container: Container, workload: str) -> Program:
        """What a container is assumed to do; all pods of a workload do the same."""
        key = (pod.metadata.namespace, workload, container.name, *container.command, "", *container.args)
        if key not in self._programs:
            run, text, reason, snippet = self._infer(pod, container)
            override = f"{{match: {{workload: {workload}, container: {container.name}}}, runs: [{snippet}]}}"
            self.assumptions.append(Assumption(f"{workload} {container.name}", text, reason, override))
            self._programs[key] = Program((run,), origin=Origin("command" if run.command else "assumed", text=text, reason=reason))
        return self._programs[key]

    def image(self, name: str) -> Image:
        """What is assumed of an image."""
        if name not in self._images:
            self._images[name] = Image(pull=PULL_TAKES)
            override = f'images: {{"{name}": {{cached: false, pull: 2s, size: {Image().size}}}}}'
            self.assumptions.append(Assumption(f"image {name}", "a pull takes 2s", "nothing is known of it", override))
        return self._images[name]

    def note(self, subject: str, text: str, reason: str, override: str) -> None:
        """Something that was assumed while the run went on; said once."""
        if (subject, text) not in self._noted:
            self._noted.add((subject, text))
            self.assumptions.append(Assumption(subject, text, reason, override))

    def work(self, pod: Pod, container: Container) -> Run:
        """What a container's own work is taken to be, where a script comes to a command that nobody knows."""
        return self._work(pod, container)[0]

    def _infer(self, pod: Pod, container: Container) -> tuple[Run, str, str, str]:
        """What a container does: its command line if that can be interpreted, else what init containers wait for, else its work."""
        argv = interpreted(pod, container)
        if argv:
            work, _, _, snippet = self._work(pod, container)
            return work._replace(command=argv), *described(argv), snippet
        if is_init(pod, container):
            waits = self._waits(pod, container)
            if waits:
                names = ", ".join(f"{wait.host}:{wait.port}" for wait, _ in waits)
                inner = ", ".join(f"{{host: {wait.host}, port: {wait.port}, every: 1s}}" for wait, _ in waits)
                run = Run(exit_after=Fixed(100 * MILLISECOND), wait_for=tuple(wait for wait, _ in waits))
                return run, f"waits for {names}, then ends with 0", waits[0][1], f"{{waitFor: [{inner}], exitAfter: 100ms}}"
        return self._work(pod, container)

    def _work(self, pod: Pod, container: Container) -> tuple[Run, str, str, str]:
        if is_init(pod, container):
            return Run(exit_after=INIT_TAKES), "ends with 0 after 1s", "an init container", "{exitAfter: 1s, exitCode: 0}"
        if any(owner.kind == "Job" for owner in pod.metadata.owner_references):
            return Run(exit_after=JOB_TAKES), "ends with 0 after 5s", "the pod of a Job", "{exitAfter: 5s, exitCode: 0}"
        ports = _ports(container)
        if ports:
            asked = {probe.grpc.port for probe in _probes(container) if probe.grpc is not None}
            listens = tuple(Listen(port, LISTENS_AFTER, grpc=port in asked) for port in ports)
            words = (f"{{port: {port}, from: 1s{', grpc: true' if port in asked else ''}}}" for port in ports)
            snippet = "{listen: [" + ", ".join(words) + "]}"
            text = f"runs for ever, listens on {', '.join(map(str, ports))} after 1s and answers its probes"
            return Run(listen=listens), text, "ports and probes in its spec", snippet
        return Run(), "runs for ever", "a main container without ports", "{}"

    def _waits(self, pod: Pod, container: Container) -> list[tuple[Wait, str]]:
        """The Services that an init container waits for, with the reason for each."""
        found: dict[str, tuple[Wait, str]] = {}
        values = [variable.value for variable in container.env]
        words = " ".join([*container.command, *container.args])
        services = [s for s in self._store.typed(Service, pod.metadata.namespace) if s.spec.ports]
        by_variable = {s.metadata.name.upper().replace("-", "_"): s for s in services}
        for name in [match for value in values for match in SERVICE_VARIABLE.findall(value)]:
            service = by_variable.get(name)
            if service is not None:
                found[service.metadata.name] = (_wait(service), f"its environment names the Service {service.metadata.name}")
            elif name != "KUBERNETES":
                host, port = f"$({name}_SERVICE_HOST)", f"$({name}_SERVICE_PORT)"
                found[name] = (
                    Wait(host, port, ASKS_EVERY),
                    f"its environment names a Service by {name}_SERVICE_HOST",
                )
        for service in services:
            name = service.metadata.name
            if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", " ".join([words, *values])):
                found.setdefault(name, (_wait(service), f"its command or environment names the Service {name}"))
        if not found and WAITING_NAME.search(container.name.replace("-", " ").replace("_", " ")):
            for service in services:
                if service.metadata.name in container.name or container.name.partition("-")[2] in service.metadata.name:
                    found[service.metadata.name] = (_wait(service), "its name says that it waits")
        return list(found.values())


def is_init(pod: Pod, container: Container) -> bool:
    """Whether a container has to end before the next one starts."""
    return container.restart_policy != "Always" and any(container.name == other.name for other in pod.spec.init_containers)


def _wait(service: Service) -> Wait:
    return Wait(service.metadata.name, str(service.spec.ports[0].port), ASKS_EVERY)


def _ports(container: Container) -> list[int]:
    """Ports that the spec declares or that its probes ask."""
    named = {port.name: port.container_port for port in container.ports if port.name}
    ports = [port.container_port for port in container.ports]
    for probe in _probes(container):
        asked = _asked(probe)
        if isinstance(asked, str):
            asked = named.get(asked)
        if asked is not None:
            ports.append(asked)
    return list(dict.fromkeys(ports))


def _probes(container: Container) -> list[Probe]:
    return [probe for probe in (container.startup_probe, container.readiness_probe, container.liveness_probe) if probe is not None]


def _asked(probe: Probe) -> int | str | None:
    if probe.http_get is not None:
        return probe.http_get.port
    if probe.tcp_socket is not None:
        return probe.tcp_socket.port
    return probe.grpc.port if probe.grpc is not None else None
