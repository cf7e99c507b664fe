"""What containers that nobody described are assumed to do. Each assumption is noted once, with how to override it."""

from __future__ import annotations

from typing import NamedTuple

from simulator.container.catalogue import LISTENS_AFTER, Entry, known, reference, size_of
from simulator.container.program import Image, Listen, Origin, Program, Run
from simulator.engine.durations import Duration, Fixed
from simulator.journal.store import Store
from simulator.objects.base import JSON
from simulator.objects.container import Container, probes_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_regular_init
from simulator.objects.service import Service
from simulator.scenario import write
from simulator.scenario.commands import described, interpreted
from simulator.scenario.service_waits import waits
from simulator.scenario.spec import ImageSpec, PullSpec
from simulator.units import MILLISECOND, SECOND, format_duration, format_rate

INIT_TAKES: Duration = Fixed(1 * SECOND)
JOB_TAKES: Duration = Fixed(5 * SECOND)
WAITED: Duration = Fixed(100 * MILLISECOND)


class Assumption(NamedTuple):
    """Something that was assumed: of what, what, why, and what says otherwise.

    `override` is YAML in one line: an item of `spec.programs`, a key of `spec` (`images: ...`, `cluster: ...`), or a manifest.
    """

    subject: str
    text: str
    reason: str
    override: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.text} ({self.reason})"


class Guess(NamedTuple):
    """What a container does as far as can be told: its run, that in words, why, and who knows it."""

    run: Run
    text: str
    reason: str
    kind: str = "assumed"


class Inferred(NamedTuple):
    """A container of a workload for which something was inferred."""

    namespace: str
    workload: str
    container: Container
    guess: Guess


class Inference:
    """Infers programs and images; `assumptions` holds what was inferred, in the order in which it was first needed."""

    def __init__(self, store: Store, pulls: PullSpec = PullSpec()) -> None:  # noqa: B008 (a frozen value)
        self._store = store
        self._pulls = pulls
        self._programs: dict[tuple[str, ...], Program] = {}
        self._places: dict[tuple[str, ...], tuple[int, int]] = {}
        """Where each container's entries are in `inferred` and `assumptions`."""
        self._noted: set[tuple[str, str]] = set()
        self.images: dict[str, Image] = {}
        self.inferred: list[Inferred] = []
        self.assumptions: list[Assumption] = []

    def program(self, pod: Pod, container: Container, workload: str) -> Program:
        """What a container is assumed to do; all pods of a workload do the same."""
        key = _key(pod, container, workload)
        if key not in self._programs:
            guess = self._guess(pod, container)
            self._places[key] = len(self.inferred), len(self.assumptions)
            self.inferred.append(Inferred(pod.metadata.namespace, workload, container, guess))
            self.assumptions.append(
                Assumption(f"{workload} {container.name}", guess.text, guess.reason, _override(workload, container, guess))
            )
            self._programs[key] = Program((guess.run,), origin=Origin(guess.kind, text=guess.text, reason=guess.reason))
        return self._programs[key]

    def resolve(self, pod: Pod, name: str, workload: str, run: Run) -> None:
        """Correct the run that was assumed of a container, so that its override says what the container did.

        Nothing is corrected of a container that a Scenario describes.
        """
        containers = (*pod.spec.init_containers, *pod.spec.containers)
        container = next(container for container in containers if container.name == name)
        places = self._places.get(_key(pod, container, workload))
        if places is not None:
            index, assumption = places
            guess = self.inferred[index].guess._replace(run=run)
            self.inferred[index] = self.inferred[index]._replace(guess=guess)
            self.assumptions[assumption] = self.assumptions[assumption]._replace(override=_override(workload, container, guess))

    def image(self, name: str) -> Image:
        """What is assumed of an image."""
        if name not in self.images:
            size, entry, there = size_of(name), known(name), self._is_expected_there(name)
            image = self.images[name] = Image(cached=there, size=size, pull=self._pulls.takes(size), again=Fixed(self._pulls.latency))
            source = "nothing is known of it" if entry is None else f"the size of {entry.name} in the catalogue"
            text = f"a pull takes {format_duration(image.pull.median())}: {_megabytes(size)} at {format_rate(self._pulls.bandwidth)}"
            if there:
                text, source = "is on every node", "imagePullPolicy is Never: somebody loads it there"
            override = f"images: {write.flow({name: write.image(ImageSpec(there, size))})}"
            self.assumptions.append(Assumption(f"image {name}", text, source, override))
        return self.images[name]

    def _is_expected_there(self, name: str) -> bool:
        """Whether nobody who runs an image lets the kubelet pull it: a manifest that never works is hardly what was meant."""
        pods = self._store.typed(Pod)
        users = [one for pod in pods for one in (*pod.spec.init_containers, *pod.spec.containers) if one.image == name]
        return bool(users) and all(one.image_pull_policy == "Never" for one in users)

    def note(self, subject: str, text: str, reason: str, override: str) -> None:
        """Something that was assumed while the run went on; said once."""
        if (subject, text) not in self._noted:
            self._noted.add((subject, text))
            self.assumptions.append(Assumption(subject, text, reason, override))

    def described(self, pod: Pod, name: str, workload: str) -> str:
        """What to write so that nothing in a container is interpreted any more, and nothing has to be assumed of it."""
        containers = (*pod.spec.init_containers, *pod.spec.containers)
        run = next((self.work(pod, container) for container in containers if container.name == name), Run())
        return write.flow(program_data(workload, name, run, interpret=False))

    def work(self, pod: Pod, container: Container) -> Run:
        """What a container's own work is taken to be, where a script comes to a command that nobody knows."""
        return work_of(pod, container).run

    def _guess(self, pod: Pod, container: Container) -> Guess:
        """What a container does: its command line if that can be interpreted, else what init containers wait for, else its work."""
        argv = interpreted(pod, container)
        if argv:
            return Guess(work_of(pod, container).run._replace(command=argv, assumed=True), *described(argv), kind="command")
        if is_regular_init(pod, container):
            found = waits(container, self._store.typed(Service, pod.metadata.namespace))
            if found:
                names = ", ".join(f"{wait.host}:{wait.port}" for wait, _ in found)
                run = Run(exit_after=WAITED, wait_for=tuple(wait for wait, _ in found))
                return Guess(run, f"waits for {names}, then ends with 0", found[0][1])
        return work_of(pod, container)


def _key(pod: Pod, container: Container, workload: str) -> tuple[str, ...]:
    """What all pods of a workload have in common that do the same."""
    return pod.metadata.namespace, workload, container.name, container.image, *container.command, "", *container.args


def _override(workload: str, container: Container, guess: Guess) -> str:
    return write.flow(program_data(workload, container.name, guess.run, interpret=True))


def program_data(workload: str, container: str, run: Run, *, interpret: bool, namespace: str = "") -> JSON:
    """The item of `programs` that describes one container of a workload."""
    match = {"workload": workload, "container": container, **({"namespace": namespace} if namespace else {})}
    return {"match": match, **({"interpret": True} if interpret else {}), "runs": [write.run(run)]}


def work_of(pod: Pod, container: Container) -> Guess:
    """What a container does that is not interpreted."""
    entry = known(container.image)
    is_main = not any(container.name == other.name for other in pod.spec.init_containers)
    in_job = is_main and any(owner.kind == "Job" for owner in pod.metadata.owner_references)
    # Who gives no command gets what the image is made for. Words behind it may make a server do something that ends, where it should.
    has_end = in_job or is_regular_init(pod, container)
    if entry is not None and entry.starts_with(container.command, container.args) and not (has_end and _says_more(entry, container)):
        return _of_image(entry, container)
    if is_regular_init(pod, container):
        return Guess(Run(exit_after=INIT_TAKES), Run(exit_after=INIT_TAKES).in_words, "an init container")
    if in_job:
        return Guess(Run(exit_after=JOB_TAKES), Run(exit_after=JOB_TAKES).in_words, "the pod of a Job")
    ports = _ports(container)
    if ports:
        run = _with_grpc(Run(listen=tuple(Listen(port, LISTENS_AFTER) for port in ports)), container)
        return Guess(run, run.in_words, "ports and probes in its spec")
    return Guess(Run(), Run().in_words, "a main container without ports")


def _says_more(entry: Entry, container: Container) -> bool:
    """Whether words follow the name of an image's program; those of a shell are a script, which is interpreted."""
    return bool(container.args) or (entry.does == "serves" and bool(container.command[1:]))


def _of_image(entry: Entry, container: Container) -> Guess:
    has_input = bool(container.stdin or container.tty)
    run = _with_grpc(entry.run(_ports(container), has_input=has_input), container)
    reason = f"the image {reference(container.image)[0]} is {entry.name} in the catalogue"
    if entry.does == "shell":
        reason += ", a shell with an input" if has_input else ", a shell without a command and without an input"
    return Guess(run, run.in_words, reason, kind="image")


def _with_grpc(run: Run, container: Container) -> Run:
    """Ports that a gRPC probe asks serve the health protocol."""
    asked = {probe.port for probe in probes_of(container) if probe.grpc is not None}
    return run._replace(listen=tuple(rule._replace(grpc=rule.port in asked) for rule in run.listen))


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.3g} MB"


def _ports(container: Container) -> list[int]:
    """Ports that the spec declares or that its probes ask."""
    named = {port.name: port.container_port for port in container.ports if port.name}
    ports = [port.container_port for port in container.ports]
    for probe in probes_of(container):
        asked = probe.port
        if isinstance(asked, str):
            asked = named.get(asked)
        if asked is not None:
            ports.append(asked)
    return list(dict.fromkeys(ports))
