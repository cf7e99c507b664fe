"""Assumptions about containers that no Scenario describes. Each is recorded once, with the line that overrides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.container.catalogue import is_certain, known, size_of
from simulator.container.program import Image, Origin, Program, Run
from simulator.container.start_checks import StartFailure
from simulator.engine.durations import Duration, Fixed
from simulator.journal.store import Store
from simulator.objects.base import JSON
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_regular_init
from simulator.objects.service import Service
from simulator.scenario import write
from simulator.scenario.commands import described, interpreted
from simulator.scenario.service_waits import waits
from simulator.scenario.spec import ImageSpec, PullSpec
from simulator.units import MILLISECOND, format_duration, format_rate

if TYPE_CHECKING:
    from simulator.scenario.guesses import Guess

WAITED: Duration = Fixed(100 * MILLISECOND)


class Assumption(NamedTuple):
    """An assumption: its subject, its text, its reason, and the line that overrides it.

    `override` is YAML in one line: an item of `spec.programs`, a key of `spec` (`images: ...`, `cluster: ...`), or a manifest.
    `kind`: `known` for what is in the catalogue or was interpreted, `startup` and `pull` for how long that takes, `configuration`
    for what the program is given and podsim does not read, else empty.
    """

    subject: str
    text: str
    reason: str
    override: str
    kind: str = ""

    def as_fields(self) -> dict[str, str]:
        """The fields that are not empty, or that every assumption has."""
        return {name: value for name, value in self._asdict().items() if value or name != "kind"}

    def __str__(self) -> str:
        return f"{self.subject}: {self.text} ({self.reason})"


class Inferred(NamedTuple):
    """A container of a workload with the guess about it."""

    namespace: str
    workload: str
    container: Container
    guess: Guess


class Inference:
    """Infers programs and images. `assumptions` are in the order in which they were first needed."""

    def __init__(self, store: Store, pulls: PullSpec = PullSpec()) -> None:  # noqa: B008 (a frozen value)
        self._store = store
        self._pulls = pulls
        self._programs: dict[tuple[str, ...], Program] = {}
        self._places: dict[tuple[str, ...], tuple[int, int]] = {}
        """The indexes of each container's entries in `inferred` and `assumptions`."""
        self._resolved: dict[tuple[str, str, str], Run] = {}
        self._noted: set[tuple[str, str]] = set()
        self._failed: set[tuple[str, ...]] = set()
        """The containers that have not started so far: nothing is assumed of them."""
        self._assumed_programs: dict[str, int] = {}
        """The index in `assumptions` of the assumption about each image's programs."""
        self.images: dict[str, Image] = {}
        self.executables: dict[str, tuple[str, ...]] = {}
        """The programs that images are assumed to have."""
        self.inferred: list[Inferred] = []
        self.assumptions: list[Assumption] = []

    def program(self, pod: Pod, container: Container, workload: str) -> Program:
        """The assumed program of a container; all pods of a workload have the same."""
        key = _key(pod, container, workload)
        if key not in self._programs:
            guess = self._guess(pod, container)
            self._places[key] = len(self.inferred), len(self.assumptions)
            self.inferred.append(Inferred(pod.metadata.namespace, workload, container, guess))
            self.assumptions.append(_assumption(workload, container, guess))
            self._note_doubts(pod, container, workload, guess)
            origin = Origin(guess.kind, text=guess.text, reason=guess.reason)
            self._programs[key] = Program((guess.run,), is_unknown=guess.kind == "assumed", origin=origin)
        return self._programs[key]

    def is_unknown(self, pod: Pod, container: Container) -> bool:
        """Whether neither the container's command nor its image says what it does."""
        return self._guess(pod, container).kind == "assumed"

    def _note_doubts(self, pod: Pod, container: Container, workload: str, guess: Guess) -> None:
        """Record what is assumed beside its run: that nothing around it stops it, that ports of others are not its own."""
        from simulator.scenario.doubts import doubts_of

        for doubt in doubts_of(pod, container, guess):
            self.note(f"{workload} {container.name}", doubt.text, doubt.reason, _override(workload, container, guess), doubt.kind)
        if guess.kind == "assumed":
            from simulator.scenario.surroundings import doubts_about_surroundings

            for text, reason in doubts_about_surroundings(pod, container, self._store):
                self.note(f"{workload} {container.name}", text, reason, _override(workload, container, guess))

    def resolve(self, pod: Pod, name: str, workload: str, run: Run) -> None:
        """Correct the assumed run of a container, so that its override describes what the container did.

        A container that a Scenario describes has no assumed run.
        """
        containers = (*pod.spec.init_containers, *pod.spec.containers)
        container = next(container for container in containers if container.name == name)
        places = self._places.get(_key(pod, container, workload))
        if places is not None:
            index, assumption = places
            guess = self.inferred[index].guess._replace(run=run)
            self.inferred[index] = self.inferred[index]._replace(guess=guess)
            self._resolved[pod.metadata.namespace, workload, name] = run
            self.assumptions[assumption] = self.assumptions[assumption]._replace(override=_override(workload, container, guess))

    def start_failed(self, pod: Pod, container: Container, workload: str, failure: StartFailure | None) -> None:
        """Take back what was assumed of a container that does not start; assume it again if a later start succeeds."""
        key = _key(pod, container, workload)
        if key not in self._places or (failure is None and key not in self._failed):
            return
        index, assumption = self._places[key]
        guess = self.inferred[index].guess
        if failure is None:
            self._failed.discard(key)
            self.assumptions[assumption] = _assumption(workload, container, guess)
            return
        self._failed.add(key)
        override = f"images: {write.flow({container.image: {'executables': [failure.missing]}})}"
        if not failure.missing:
            override = write.flow(program_data(workload, container.name, guess.run, interpret=False))
        subject = f"{workload} {container.name}"
        self.assumptions[assumption] = Assumption(subject, f"does not start: {failure.error}", failure.reason, override, "known")

    @property
    def started(self) -> list[Inferred]:
        """The containers with what is assumed of them, without those that do not start."""
        failed = {self._places[key][0] for key in self._failed}
        return [item for index, item in enumerate(self.inferred) if index not in failed]

    def assume_program(self, name: str, command: str, reason: str) -> None:
        """Record that an image is assumed to have a program: one assumption for each image, which grows."""
        commands = self.executables.get(name, ())
        if command in commands:
            return
        commands = self.executables[name] = (*commands, command)
        text = f"has the program{'s' if len(commands) > 1 else ''} {', '.join(commands)}"
        override = f"images: {write.flow({name: {'executables': list(commands)}})}"
        assumption = Assumption(f"image {name}", text, reason, override)
        if name in self._assumed_programs:
            self.assumptions[self._assumed_programs[name]] = assumption
        else:
            self._assumed_programs[name] = len(self.assumptions)
            self.assumptions.append(assumption)

    def image(self, name: str) -> Image:
        """The assumed properties of an image."""
        if name not in self.images:
            size, entry, cached = size_of(name), known(name), self._is_never_pulled(name)
            image = self.images[name] = Image(cached=cached, size=size, pull=self._pulls.takes(size), again=Fixed(self._pulls.latency))
            source = "unknown image" if entry is None else f"the size of {entry.name} in the catalogue"
            text = f"a pull takes {format_duration(image.pull.median())}: {_megabytes(size)} at {format_rate(self._pulls.bandwidth)}"
            if cached:
                text, source = "is on every node", "imagePullPolicy is Never"
            override = f"images: {write.flow({name: write.image(ImageSpec(cached, size))})}"
            kind = "" if cached else "pull" if entry is None or not is_certain(name, entry) else "known"
            self.assumptions.append(Assumption(f"image {name}", text, source, override, kind))
        return self.images[name]

    def _is_never_pulled(self, name: str) -> bool:
        """Whether no container with this image may pull it. Such manifests only work where the image is loaded onto the nodes."""
        pods = self._store.typed(Pod)
        users = [one for pod in pods for one in (*pod.spec.init_containers, *pod.spec.containers) if one.image == name]
        return bool(users) and all(one.image_pull_policy == "Never" for one in users)

    def note(self, subject: str, text: str, reason: str, override: str, kind: str = "") -> None:
        """Record an assumption that was made during the run, once."""
        if (subject, text) not in self._noted:
            self._noted.add((subject, text))
            self.assumptions.append(Assumption(subject, text, reason, override, kind))

    def described(self, pod: Pod, name: str, workload: str) -> str:
        """The program that describes a container, so that nothing in it is interpreted or assumed."""
        containers = (*pod.spec.init_containers, *pod.spec.containers)
        resolved = self._resolved.get((pod.metadata.namespace, workload, name))
        run = resolved or next((self.work(pod, container) for container in containers if container.name == name), Run())
        return write.flow(program_data(workload, name, run, interpret=False))

    def work(self, pod: Pod, container: Container) -> Run:
        """The assumed work of a container, for a script that runs an unknown command."""
        from simulator.scenario.guesses import work_of

        return work_of(pod, container).run

    def _guess(self, pod: Pod, container: Container) -> Guess:
        """The command line of a container if podsim can interpret it, else what an init container waits for, else the container's work."""
        from simulator.scenario.guesses import Guess, work_of

        argv = interpreted(pod, container)
        if argv:
            return Guess(work_of(pod, container).run._replace(command=argv, assumed=True), *described(argv), kind="command")
        if is_regular_init(pod, container):
            peers = waits(container, self._store.typed(Service, pod.metadata.namespace))
            if peers:
                names = ", ".join(f"{wait.host}:{wait.port}" for wait, _ in peers)
                run = Run(exit_after=WAITED, wait_for=tuple(wait for wait, _ in peers))
                return Guess(run, f"waits for {names}, then exits with 0", peers[0][1])
        return work_of(pod, container)


def _key(pod: Pod, container: Container, workload: str) -> tuple[str, ...]:
    """The fields that determine an assumed program: pods of a workload with the same values share it."""
    return pod.metadata.namespace, workload, container.name, container.image, *container.command, "", *container.args


def _assumption(workload: str, container: Container, guess: Guess) -> Assumption:
    kind = "startup" if guess.kind == "assumed" else "known"
    return Assumption(f"{workload} {container.name}", guess.text, guess.reason, _override(workload, container, guess), kind)


def _override(workload: str, container: Container, guess: Guess) -> str:
    return write.flow(program_data(workload, container.name, guess.run, interpret=True))


def program_data(workload: str, container: str, run: Run, *, interpret: bool, namespace: str = "") -> JSON:
    """The item of `programs` that describes one container of a workload."""
    match = {"workload": workload, "container": container, **({"namespace": namespace} if namespace else {})}
    return {"match": match, **({"interpret": True} if interpret else {}), "runs": [write.run(run)]}


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.3g} MB"
