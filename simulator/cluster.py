"""Wires a cluster up and runs it to its horizon. No logic of its own: every rule lives in the room of its component."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TextIO

from msgspec.structs import replace

from simulator import __version__
from simulator.api import ApiError, ApiServer
from simulator.api.admission import Admission
from simulator.container.addresses import PodAddresses
from simulator.container.answers import Answer, Behavior
from simulator.container.images import ImageStore
from simulator.container.registry import Registry
from simulator.container.runtime import Runtime
from simulator.container.shells import Shells, Surroundings, Who
from simulator.controllers.manager import ControllerManager
from simulator.dialect import Dialect
from simulator.engine import Engine, Order, Process
from simulator.engine.durations import Fixed
from simulator.errors import InvariantError, SimulatorError
from simulator.journal.journal import Journal
from simulator.journal.records import Cause, Header
from simulator.journal.store import Store
from simulator.kubelet.config import KubeletConfig
from simulator.kubelet.kubelet import Kubelet
from simulator.manifest.load import Manifest
from simulator.network.network import Network
from simulator.network.proxy import KubeProxy
from simulator.objects.base import JSON
from simulator.objects.config import Namespace
from simulator.objects.kinds import Key, key_of
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.scenario.inference import Assumption, Inference
from simulator.scenario.inputs import Choices, Inputs, gather
from simulator.scenario.nodes import node_object
from simulator.scenario.programs import ProgramTable
from simulator.scenario.spec import Action, NodeSpec
from simulator.scenario.storage import storage_classes
from simulator.scenario.told import applied
from simulator.scenario.write import flow
from simulator.scheduler.scheduler import Scheduler
from simulator.units import SECOND, parse_time

if TYPE_CHECKING:
    from simulator.scenario.actions import Actor
    from simulator.scenario.verbs.acting import Answer as KubectlAnswer

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
BOOT = Cause(0, "SYS-01")
USER = Cause(0, "USR-00")


class Cluster:
    """A simulated cluster: control plane, nodes, and the user who applies the manifests at t=0."""

    def __init__(self, inputs: Inputs) -> None:
        scenario = self.scenario = inputs.scenario
        self.inputs = inputs
        self.horizon = inputs.horizon
        self.engine = Engine(parse_time(scenario.start_time), scenario.seed, exact=inputs.exact, begin=inputs.begin)
        self.journal = Journal(_header(inputs, self.horizon))
        self.store = Store(self.journal, lambda: self.engine.now)
        self.dialect = Dialect(scenario.kubernetes)
        self.api = ApiServer(self.engine, self.store, Admission(self.store, self.engine.streams.stream, self.dialect))
        self._registry = Registry()
        self._inference = Inference(self.store, scenario.pulls)
        self._programs = ProgramTable(scenario, self.store, self._inference)
        self._applied: dict[Key, JSON] = {}
        self._runtimes: dict[str, Runtime] = {}
        self._kubelets: dict[str, Kubelet] = {}
        self._requests: Surroundings | None = None
        updates = Fixed(scenario.network.endpoint_updates)
        proxies = [KubeProxy(self.engine, self.store, node.name, updates, scenario.network.proxy_sync) for node in scenario.nodes]
        self.network = Network(self.engine, self.store, self._accepts, proxies)
        self._shells = Shells(self.engine, surroundings=self._surroundings)
        self._boot()

    @property
    def assumptions(self) -> list[Assumption]:
        """What was assumed so far of containers and images that nobody described."""
        return self._inference.assumptions

    def explain(self, folder: str = ".") -> str:
        """The complete Scenario of this run as YAML, for a file in `folder`; call it when the run is over."""
        from simulator.scenario.everything import ask
        from simulator.scenario.explain import Known, explained

        manifests = [manifest.object for manifest in (*self.inputs.before.manifests, *self.inputs.loaded.manifests)]
        ask(self._programs, self.store, manifests)
        found = Known(self._inference.inferred, self._inference.images, self.assumptions)
        return explained(self.inputs, found, folder)

    @property
    def answers(self) -> dict[str, KubectlAnswer]:
        """What kubectl printed about each action, by the action's path."""
        return self._actor.answers

    def run(self) -> Journal:
        """Apply the manifests, play to the horizon, and return the journal. Raises InvariantError for a bug of ours."""
        self.begin()
        return self.play(self.horizon)

    def begin(self, end: int | None = None) -> None:
        """Have everything happen that the inputs say, once the clock runs; clients call until `end` (None: the horizon)."""
        self._make_namespaces()
        self._make_storage_classes()
        self._apply(self.inputs.before.manifests)
        self.engine.call_at(0, lambda: self._apply(self.inputs.loaded.manifests), Order.WORLD)
        if self.scenario.actions:
            self._actor.start()
        if self.scenario.traffic:
            self._start_traffic(self.horizon if end is None else end)

    def play(self, until: int, upto: int = len(Order)) -> Journal:
        """Go on until an instant (or through what comes first in it, `upto` an order), and return the journal, which ends there."""
        try:
            self.engine.run(until, upto)
        except InvariantError as error:
            raise InvariantError(f"{error} ({self._place()})") from error
        except SimulatorError:
            raise
        except Exception as error:
            raise InvariantError(f"{type(error).__name__}: {error} ({self._place()})") from error
        assumed = [found._asdict() for found in self.assumptions]
        self.journal.header = replace(self.journal.header, horizon=until / SECOND, assumptions=assumed)
        return self.journal

    def act(self, action: Action) -> KubectlAnswer:
        """Do something now, before what it leads to at this instant; what kubectl printed, as far as it is done. Raises as `play` does."""
        self.engine.call_at(self.engine.now, lambda: self._actor.act(action), Order.WORLD)
        self.play(self.engine.now, Order.WORLD)
        return self._actor.answers[action.path]

    def _place(self) -> str:
        """What replays this run, and where it is."""
        return f"seed {self.scenario.seed}, t={self.engine.now / SECOND:g}s, Kubernetes {self.scenario.kubernetes}"

    # ---- wiring

    def _boot(self) -> None:
        for name in SYSTEM_NAMESPACES:
            self.api.create(Namespace(metadata=ObjectMeta(name=name)), BOOT)
        for index, spec in enumerate(self.scenario.nodes):
            self._add_node(index, spec)
        ControllerManager(self.engine, self.api, self.dialect).start()
        Scheduler(self.engine, self.api, self.dialect, self.scenario.nodes[0].name).start()
        self.network.start()

    def _add_node(self, index: int, spec: NodeSpec) -> None:
        machine = self.engine.streams.stream("machine", spec.name)
        node = node_object(index, spec, self.dialect, self.engine.timestamp(), machine)
        self.api.create(node, BOOT)
        addresses = PodAddresses(node.spec.pod_cidr, self._has_address)
        host_ip = node.status.addresses[0].address
        runtime = Runtime(self.engine, self.journal, self._programs, self, spec.name, addresses, spec.runtime, self._shells, host_ip)
        images = ImageStore(self.engine, self._programs, spec.name, self._registry)
        settings = self.scenario.kubelet
        config = KubeletConfig(
            relist_phase=settings.relist_phase if spec.relist_phase is None else spec.relist_phase,
            relist_period=settings.relist_period,
            serialize_image_pulls=settings.serialize_image_pulls,
            max_container_restart_period=settings.max_container_restart_period,
        )
        kubelet = Kubelet(self.engine, self.api, runtime, images, self.dialect, config, host_ip)
        self._runtimes[spec.name], self._kubelets[spec.name] = runtime, kubelet
        kubelet.start()

    def _has_address(self, address: str) -> bool:
        return any(address in runtime.by_ip for runtime in self._runtimes.values())

    # ---- what containers ask of the world

    def answer(self, namespace: str, node: str, host: str, port: str) -> str:
        """What a pod hears that connects now."""
        return self.network.connect(node, namespace, host, int(port)).value if port.isdigit() else "no such port"

    def _surroundings(self) -> Surroundings:
        """Who answers the processes of containers; made when the first of them is interpreted."""
        if self._requests is None:
            from simulator.network.requests import Outside, Requests

            hosts = {host.name: Outside(*host[1:]) for host in self.scenario.network.hosts}
            self._requests = Requests(self.engine, self.store, self.network, self._listener, self._note, hosts)
        return self._requests

    def _note(self, who: Who, what: str, reason: str, override: str) -> None:
        """Something was assumed of a container's processes."""
        pod = self.store.get(Key("Pod", who.namespace, who.pod))
        if isinstance(pod, Pod):
            workload = self._programs.workload_of(pod)
            said = override or self._inference.described(pod, who.container, workload)
            self._inference.note(f"{workload} {who.container}", what, reason, said)

    def _listener(self, address: str, port: int) -> Behavior | None:
        """Who accepts connections at an address."""
        found = (runtime.listener(address, port) for runtime in self._runtimes.values())
        return next((behavior for behavior in found if behavior is not None), None)

    def _accepts(self, address: str, port: int) -> bool | None:
        """Whether somebody at an address accepts connections; None: nobody has that address."""
        for runtime in self._runtimes.values():
            found = runtime.accepts(address, port)
            if found is not None:
                return found
        return None

    def _start_traffic(self, end: int) -> None:
        """Let the clients of the Scenario call their Services until then."""
        from simulator.network.clients import Clients

        nodes = [node.name for node in self.scenario.nodes]
        for traffic in self.scenario.traffic:
            where = traffic.namespace or self.scenario.namespace or "default"
            clients = Clients(self.engine, self.journal, self.network, self._listener, nodes, traffic._replace(namespace=where))
            clients.start(end)

    # ---- what actions do beside writing

    def kill(self, namespace: str, pod: str, container: str, exit_code: int, reason: str) -> None:
        """End matching containers of matching pods."""
        for runtime in self._runtimes.values():
            runtime.kill_matching(
                lambda owner, name: (
                    owner.metadata.namespace == namespace and fnmatchcase(owner.metadata.name, pod) and fnmatchcase(name, container)
                ),
                exit_code,
                reason,
            )

    def node(self, name: str, *, down: bool, unreachable: bool = False) -> None:
        """Stop or start a node's kubelet; nothing gets through to its pods when it is `unreachable`."""
        kubelet = self._kubelets.get(name.rpartition("/")[2])
        if kubelet is None:
            raise ApiError("NotFound", f'nodes "{name}" not found')
        (kubelet.stop if down else kubelet.resume)()
        self.network.reach(name.rpartition("/")[2], not (down and unreachable))

    def image_registry(self, images: str, error: str, *, down: bool) -> None:
        """Stop matching images from being pulled, or let them come again."""
        if down:
            self._registry.stop(images, error)
        else:
            self._registry.resume(images)

    def dns(self, *, down: bool) -> None:
        """Let no name resolve, or let them resolve again."""
        self.network.dns_is_down = down

    def programs(self, rules: Any) -> None:
        """Replace what containers do that start from now on."""
        self._programs.rules = tuple(rules)

    def execute(self, node: str, container_id: str, command: list[str]) -> Process[Answer | None]:
        """Run a command in a container; None when it does not run."""
        runtime = self._runtimes[node]
        behavior = runtime.behavior(container_id)
        if behavior is None:
            return None
        answer = behavior.exec(" ".join(command), self.engine.now)
        if answer is None:
            return (yield from runtime.execute(container_id, command, None))
        yield self.engine.sleep(answer.delay)
        return answer

    # ---- the user

    def _make_namespaces(self) -> None:
        """The namespaces that manifests use and do not make themselves are there already; those that nobody asked for are assumptions."""
        objects = [manifest.object for manifest in (*self.inputs.before.manifests, *self.inputs.loaded.manifests)]
        made = {item.metadata.name for item in objects if item.kind == "Namespace"}
        asked = self.scenario.namespace
        used = dict.fromkeys([asked, *(item.metadata.namespace for item in objects), *self.inputs.namespaces])
        for name in used:
            if name and name not in made and name not in SYSTEM_NAMESPACES:
                self.api.create(Namespace(metadata=ObjectMeta(name=name)), BOOT)
                if name != asked:
                    reason = "no manifest makes it"
                    override = flow({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
                    self.assumptions.append(Assumption(f"namespace {name}", "is there from the beginning", reason, override))

    def _make_storage_classes(self) -> None:
        """The storage classes that claims need and manifests do not make are there already, unless the Scenario describes the cluster."""
        objects = [manifest.object for manifest in (*self.inputs.before.manifests, *self.inputs.loaded.manifests)]
        for item, assumption in storage_classes(objects, self.scenario.storage_class):
            self.api.create(item, BOOT)
            if assumption is not None:
                self.assumptions.append(assumption)

    @cached_property
    def _actor(self) -> Actor:
        """Who does what actions say; not even loaded in a run that needs nobody."""
        from simulator.scenario.actions import Actor

        return Actor(self.engine, self.api, self.scenario, self, self._applied)

    def _apply(self, manifests: Sequence[Manifest]) -> None:
        for manifest in by_dependency(manifests):
            try:
                key = key_of(self.api.create(manifest.object, USER))
                self._applied[key_of(manifest.object)] = manifest.raw
                self.journal.append(applied(self.engine.now, key, manifest, self.scenario.folder, USER))
            except ApiError as error:
                if error.reason == "AlreadyExists":
                    self._actor.apply(manifest, manifest.file)
                else:
                    self._actor.refuse(error, manifest.file)


def by_dependency(manifests: Sequence[Manifest]) -> list[Manifest]:
    """Namespaces first, then the rest as it is written: what a user does who applies twice."""
    return sorted(manifests, key=lambda manifest: manifest.object.kind != "Namespace")


def simulate(
    paths: Sequence[str],
    *,
    namespace: str | None = None,
    seed: int | None = None,
    kubernetes: str | None = None,
    duration: int | None = None,
    nodes: int | str | None = None,
    start_time: str | None = None,
    validate: Literal["strict", "warn", "ignore"] = "strict",
    exact: bool = False,
    at_least: int | None = None,
    stdin: TextIO | None = None,
) -> Journal:
    """Read manifests and Scenario, run, and return the journal.

    `duration` in nanoseconds; the run lasts `at_least` so long even if the Scenario's is shorter. Raises InputError.
    """
    choices = Choices(namespace, seed, kubernetes, duration, nodes, start_time, validate, exact, at_least)
    return Cluster(gather(paths, choices, stdin)).run()


def _header(inputs: Inputs, horizon: int) -> Header:
    scenario = inputs.scenario
    return Header(
        start_time=scenario.start_time,
        kubernetes=scenario.kubernetes,
        kubectl=scenario.kubectl or scenario.kubernetes,
        seed=scenario.seed,
        podsim=__version__,
        scenario=scenario.name,
        namespace=scenario.namespace or "",
        horizon=horizon / SECOND,
        assumptions=[],
    )
