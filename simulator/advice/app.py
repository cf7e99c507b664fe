"""What advice is about: the containers in the manifests with what affects their start and end, and the runs behind the findings."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from simulator.advice.budget import Window, visible_after
from simulator.advice.trial import Overrides, Trial, inputs_with
from simulator.container.program import Program, Run
from simulator.dialect import Dialect
from simulator.journal.snapshot import Snapshot
from simulator.manifest.load import Manifest
from simulator.metrics import Story
from simulator.metrics.evidence import STARTUP as STARTUP_KIND
from simulator.objects.container import Container
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_regular_init
from simulator.objects.probes import Probe
from simulator.objects.service import Service
from simulator.scenario.inference import Assumption, Inference
from simulator.scenario.programs import ProgramTable
from simulator.scenario.template_pods import template_pods
from simulator.units import SECOND
from simulator.whatif.base import Base
from simulator.whatif.field_paths import Step, path_text
from simulator.whatif.fields import pod_spec
from simulator.whatif.programs import assumed_rules
from simulator.whatif.trunk import Trunk

STARTUP, LIVENESS, READINESS = "startupProbe", "livenessProbe", "readinessProbe"
PROBE_FIELDS = (STARTUP, LIVENESS, READINESS)
"""The fields of a container that hold its probes."""


Report = Callable[[str], object]
"""Called with what is tried next."""


def silent(_: str) -> None:
    """Report nothing."""


class Subject(NamedTuple):
    """A container in a manifest.

    `location`: the steps to it in the manifest; `program`: what it does; `services`: the Services that select its pods;
    `prefix`: its namespace and a slash where workloads of two namespaces share a name.
    """

    manifest: Manifest
    location: tuple[Step, ...]
    pod: Pod
    container: Container
    program: Program
    services: tuple[Service, ...]
    prefix: str = ""

    @property
    def workload(self) -> str:
        """The object that makes its pods: `deployment/web`."""
        return _name(self.manifest)

    @property
    def name(self) -> str:
        """Its name in an address: `deployment/web:server`."""
        return f"{self.prefix}{self.workload}:{self.container.name}"

    @property
    def run(self) -> Run:
        """What its first start does."""
        return self.program.run(0)

    @property
    def object(self) -> Object:
        """The object that makes its pods."""
        return self.manifest.object

    @property
    def is_init(self) -> bool:
        """Whether it has to end before the next one starts."""
        return is_regular_init(self.pod, self.container)

    @property
    def is_first(self) -> bool:
        """Whether it is the first main container of its pods."""
        return not self.is_init and self.container is self.pod.spec.containers[0]

    @property
    def grace(self) -> int:
        """The grace period of its pod (ns)."""
        seconds = self.pod.spec.termination_grace_period_seconds
        return (30 if seconds is None else seconds) * SECOND

    def probe(self, field: str) -> Probe | None:
        """Its `startupProbe`, `livenessProbe` or `readinessProbe`."""
        probes = {STARTUP: self.container.startup_probe, LIVENESS: self.container.liveness_probe}
        return probes.get(field, self.container.readiness_probe)

    def field(self, path: str) -> str:
        """The address of a field of the container."""
        return f"{self.name}.{path}"

    def pod_field(self, path: str) -> str:
        """The address of a field of its pod's spec."""
        return f"{self.prefix}{self.workload}.{path_text([*pod_spec(self.manifest.raw), path])}"

    def workload_field(self, path: str) -> str:
        """The address of a field of its workload's spec."""
        return f"{self.prefix}{self.workload}.spec.{path}"

    def program_field(self, path: str) -> str:
        """The address of a field of its program."""
        return f"program/{self.workload}:{self.container.name}.{path}"

    def line(self, path: str = "") -> int:
        """The line of a field of the container, or of the nearest parent that the manifest sets."""
        container = path_text([*self.location])
        return self.manifest.place(f"{container}.{path}" if path else container).line

    def line_of(self, path: str) -> int:
        """The line of a field of its workload."""
        return self.manifest.place(path).line


class App:
    """The inputs, and the runs of them so far. `overrides` replace fields in every run; `options` are repeated in printed commands.

    `subjects`: every container in a pod or pod template, in the order of the manifests; `report`: is called before each trial.
    """

    def __init__(self, base: Base, overrides: Overrides = (), options: str = "", report: Report = silent) -> None:
        self.report = report
        self.base = base
        self.overrides = overrides
        self.options = options
        self.inputs = inputs_with(base, overrides)
        self.dialect = Dialect(self.inputs.scenario.kubernetes)
        self._trunk = Trunk(self.inputs)
        self._runs: dict[Trial, Snapshot] = {Trial(): self._trunk.play()}
        plain = self._trunk if not overrides else Trunk(base.inputs)
        plain.play()
        self._assumptions = list(self._trunk.cluster.assumptions)
        self.base = base._replace(assumed=assumed_rules(plain.cluster))
        self.subjects = self._containers()

    @property
    def visible(self) -> Window:
        """How long after a container's start the kubelet's probe workers see it."""
        return visible_after(self.inputs.scenario.kubelet.relist_period, self.dialect)

    def _containers(self) -> list[Subject]:
        """Every container in a pod or pod template, in the order of the manifests."""
        cluster = self._trunk.cluster
        programs = ProgramTable(self.inputs.scenario, cluster.store, Inference(cluster.store, self.inputs.scenario.pulls))
        manifests = [*self.inputs.before.manifests, *self.inputs.loaded.manifests]
        services = [manifest.object for manifest in manifests if isinstance(manifest.object, Service)]
        names = [_name(manifest) for manifest in manifests]
        return [
            subject
            for manifest in manifests
            for subject in _subjects(manifest, programs, services, is_ambiguous=names.count(_name(manifest)) > 1)
        ]

    @property
    def snapshot(self) -> Snapshot:
        """The end of a run of the inputs as they are."""
        return self.run(Trial())

    @cached_property
    def story(self) -> Story:
        """The story of that run."""
        return Story(self.snapshot)

    def run(self, trial: Trial) -> Snapshot:
        """The end of a trial; each is run once. Raises what bad input raises."""
        if trial not in self._runs:
            self._runs[trial] = self._trunk.branch(trial.inputs(self.base, self.overrides))
        return self._runs[trial]

    def assumptions_about(self, subject: Subject) -> tuple[Assumption, ...]:
        """What is assumed of when the container answers and how it ends, where the catalogue does not know it either."""
        about = f"{subject.workload} {subject.container.name}"
        return tuple(one for one in self._assumptions if one.subject == about and one.kind == STARTUP_KIND)[:1]

    def command(self, trial: Trial) -> str:
        """The command that runs a trial."""
        return trial.command(self.inputs.named, self.options, self.overrides)


def _name(manifest: Manifest) -> str:
    return f"{manifest.object.kind.lower()}/{manifest.object.metadata.name}"


def _subjects(manifest: Manifest, programs: ProgramTable, services: list[Service], *, is_ambiguous: bool) -> list[Subject]:
    """The containers of one manifest. `is_ambiguous`: another manifest has the same kind and name in another namespace."""
    item = manifest.object
    pod = item if isinstance(item, Pod) else next(iter(template_pods([item])), None)
    if pod is None:
        return []
    labels = pod.metadata.labels if isinstance(item, Pod) else _template_labels(item)
    selecting = tuple(
        service
        for service in services
        if service.metadata.namespace == pod.metadata.namespace
        and service.spec.selector
        and service.spec.selector.items() <= labels.items()
    )
    prefix = f"{item.metadata.namespace}/" if is_ambiguous else ""
    return [
        Subject(manifest, (*pod_spec(manifest.raw), field, i), pod, container, programs.program(pod, container), selecting, prefix)
        for field, containers in (("initContainers", pod.spec.init_containers), ("containers", pod.spec.containers))
        for i, container in enumerate(containers)
    ]


def _template_labels(item: Object) -> dict[str, str]:
    template = getattr(getattr(item, "spec", None), "template", None)
    return template.metadata.labels if template is not None else {}
