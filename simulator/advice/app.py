"""What advice is about: the containers of the manifests with all that bears on their start and end, and the runs that show things."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from simulator.advice.budget import Window, seen
from simulator.advice.trial import Pairs, Trial, inputs_with
from simulator.cluster import Cluster
from simulator.container.program import Program, Run
from simulator.dialect import Dialect
from simulator.journal.snapshot import Snapshot
from simulator.manifest.load import Manifest
from simulator.metrics import Story
from simulator.objects.container import Container
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.probes import Probe
from simulator.objects.service import Service
from simulator.scenario.everything import of_templates
from simulator.scenario.inference import Inference, is_init
from simulator.scenario.programs import ProgramTable
from simulator.units import SECOND
from simulator.whatif.base import Base
from simulator.whatif.fields import pod_spec
from simulator.whatif.paths import Step, shown

KINDS = ("startupProbe", "livenessProbe", "readinessProbe")


class Subject(NamedTuple):
    """A container as it is written down: its manifest and place in it, its workload (`deployment/web`), what it does, who calls it."""

    manifest: Manifest
    way: tuple[Step, ...]
    workload: str
    pod: Pod
    container: Container
    program: Program
    services: tuple[Service, ...]
    prefix: str = ""

    @property
    def name(self) -> str:
        """As addresses have it: `deployment/web:server`."""
        return f"{self.prefix}{self.workload}:{self.container.name}"

    @property
    def run(self) -> Run:
        """What its first start does."""
        return self.program.run(0)

    @property
    def object(self) -> Object:
        """The workload."""
        return self.manifest.object

    @property
    def is_init(self) -> bool:
        """Whether it has to end before the next one starts."""
        return is_init(self.pod, self.container)

    @property
    def grace(self) -> int:
        """The pod's grace period (ns)."""
        given = self.pod.spec.termination_grace_period_seconds
        return (30 if given is None else given) * SECOND

    def probe(self, sort: str) -> Probe | None:
        """Its `startupProbe`, `livenessProbe` or `readinessProbe`."""
        found = {"startupProbe": self.container.startup_probe, "livenessProbe": self.container.liveness_probe}
        return found.get(sort, self.container.readiness_probe)

    def field(self, path: str) -> str:
        """The address of a field of the container."""
        return f"{self.name}.{path}"

    def pod_field(self, path: str) -> str:
        """The address of a field of its pod's spec."""
        return f"{self.prefix}{self.workload}.{shown([*pod_spec(self.manifest.raw), path])}"

    def own_field(self, path: str) -> str:
        """The address of a field of the workload's spec."""
        return f"{self.prefix}{self.workload}.spec.{path}"

    def does(self, path: str) -> str:
        """The address of what it does."""
        return f"program/{self.workload}:{self.container.name}.{path}"

    def line(self, path: str = "") -> int:
        """The line of a field of the container, or of the nearest thing that is written down."""
        return self.manifest.place(f"{shown([*self.way])}.{path}" if path else shown([*self.way])).line

    def line_of(self, path: str) -> int:
        """The line of a field of the workload."""
        return self.manifest.place(path).line


class App:
    """The inputs, everything that was asked of them once, and the runs that were played. `given`: what is changed in all of them."""

    def __init__(self, base: Base, given: Pairs = (), options: str = "") -> None:
        self.base = base
        self.given = given
        self.options = options
        self.inputs = inputs_with(base, given)
        self.dialect = Dialect(self.inputs.scenario.kubernetes)
        self._played: dict[Trial, Snapshot] = {}

    @property
    def visible(self) -> Window:
        """How long after a start the kubelet's workers see it."""
        return seen(self.inputs.scenario.kubelet.relist_period, self.dialect)

    @cached_property
    def subjects(self) -> list[Subject]:
        """Every container that some manifest makes run, in the order of the manifests."""
        cluster = Cluster(self.inputs)
        cluster.run()
        self._played[Trial()] = cluster.journal.at()
        table = ProgramTable(self.inputs.scenario, cluster.store, Inference(cluster.store, self.inputs.scenario.pulls))
        manifests = [*self.inputs.before.manifests, *self.inputs.loaded.manifests]
        services = [one.object for one in manifests if isinstance(one.object, Service)]
        names = [_name(one) for one in manifests]
        return [
            subject
            for one in manifests
            for subject in _subjects(one, table, services, f"{one.object.metadata.namespace}/" if names.count(_name(one)) > 1 else "")
        ]

    @property
    def snapshot(self) -> Snapshot:
        """The end of a run of the inputs as they are."""
        return self.played(Trial())

    @cached_property
    def story(self) -> Story:
        """The same, put together."""
        return Story(self.snapshot)

    def played(self, trial: Trial) -> Snapshot:
        """The end of a trial; each is played once. Raises what bad input raises."""
        if trial not in self._played:
            self._played[trial] = trial.play(self.base, self.given)
        return self._played[trial]

    def command(self, trial: Trial) -> str:
        """What a user types to see a trial."""
        return trial.command(self.inputs.named, self.options, self.given)


def _name(manifest: Manifest) -> str:
    return f"{manifest.object.kind.lower()}/{manifest.object.metadata.name}"


def _subjects(manifest: Manifest, table: ProgramTable, services: list[Service], prefix: str) -> list[Subject]:
    pod = manifest.object if isinstance(manifest.object, Pod) else next(iter(of_templates([manifest.object])), None)
    if pod is None:
        return []
    labels = pod.metadata.labels if isinstance(manifest.object, Pod) else _labels(manifest.object)
    callers = tuple(
        one
        for one in services
        if one.metadata.namespace == pod.metadata.namespace and one.spec.selector and one.spec.selector.items() <= labels.items()
    )
    found = []
    for sort, containers in (("initContainers", pod.spec.init_containers), ("containers", pod.spec.containers)):
        for i, container in enumerate(containers):
            way = (*pod_spec(manifest.raw), sort, i)
            program = table.program(pod, container)
            found.append(Subject(manifest, way, _name(manifest), pod, container, program, callers, prefix))
    return found


def _labels(item: Object) -> dict[str, str]:
    template = getattr(getattr(item, "spec", None), "template", None)
    return template.metadata.labels if template is not None else {}
