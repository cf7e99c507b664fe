"""What is below the API: the nodes' machines, with their kubelets and container runtimes, and the network between them.

Containers send their requests through it, and actions change it in ways that no write to the API can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.api import ApiError, ApiServer
from simulator.cluster.machine import Machine
from simulator.container.addresses import PodAddresses
from simulator.container.answers import Answer, Streams
from simulator.container.behavior import Behavior
from simulator.container.birth import KubectlCall, Surroundings, Who
from simulator.container.images import ImageStore
from simulator.container.interior import InteriorFactory
from simulator.container.program import Creation, Run
from simulator.container.registry import Registry
from simulator.container.runtime import Runtime, RuntimeSettings
from simulator.dialect import Dialect
from simulator.engine import Engine, Order, Process
from simulator.journal.journal import Journal
from simulator.kubelet.config import KubeletConfig
from simulator.network.network import DNS_FAULTS, Network
from simulator.network.proxy import KubeProxy
from simulator.objects.base import JSON
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.scenario.inference import Inference
from simulator.scenario.nodes import node_object
from simulator.scenario.paths import PathTable
from simulator.scenario.programs import ProgramTable
from simulator.scenario.spec import RBAC, NodeSpec, Scenario

if TYPE_CHECKING:
    from simulator.api.metrics import MetricsApi
    from simulator.journal.records import Cause
    from simulator.kubectl.live import Executor
    from simulator.process.world import Running


class Machines:
    """The nodes' machines. `table` has the programs of containers, `inference` the assumptions about those it does not describe.

    `applied`: what `kubectl apply` remembers of each object.
    """

    def __init__(
        self,
        engine: Engine,
        api: ApiServer,
        dialect: Dialect,
        scenario: Scenario,
        table: ProgramTable,
        inference: Inference,
        applied: dict[Key, JSON],
    ) -> None:
        self._applied = applied
        self._executor: Executor | None = None
        self._engine = engine
        self._api = api
        self._store = api.store
        self._journal: Journal = api.store.journal
        self._dialect = dialect
        self._scenario = scenario
        self._table = table
        self._inference = inference
        self.paths = PathTable(scenario.paths, table, self._store, inference.assumptions, applied)
        self._registry = Registry()
        self._runtimes: dict[str, Runtime] = {}
        self.by_node: dict[str, Machine] = {}
        self._requests: Surroundings | None = None
        delays = scenario.network.endpoint_updates, scenario.network.proxy_sync
        proxies = [KubeProxy(engine, self._store, node.name, *delays) for node in scenario.nodes]
        self.network = Network(engine, self._store, self._accepts, proxies)
        self.network.pings_services = scenario.network.proxy_mode == "ipvs"
        self._interiors = InteriorFactory(engine, surroundings=self._surroundings)

    def boot(self, cause: Cause) -> None:
        """Create the nodes, and start their kubelets."""
        for index, spec in enumerate(self._scenario.nodes):
            self._add_node(index, spec, cause)

    def _add_node(self, index: int, spec: NodeSpec, cause: Cause) -> None:
        machine = self._engine.streams.stream("machine", spec.name)
        node = node_object(index, spec, self._dialect, self._engine.timestamp(), machine)
        self._api.create(node, cause)
        info = node.status.node_info
        runtime = Runtime(
            self._engine,
            self._journal,
            self._table,
            dialer=self,
            interiors=self._interiors,
            settings=RuntimeSettings(spec.name, node.status.addresses[0].address, spec.runtime, spec.arch, info.boot_id if info else ""),
            allocate_ip=PodAddresses(node.spec.pod_cidr, self._has_address),
        )
        images = ImageStore(self._engine, self._table, spec.name, self._registry, spec.arch)
        settings = self._scenario.kubelet
        config = KubeletConfig(
            relist_phase=settings.relist_phase if spec.relist_phase is None else spec.relist_phase,
            relist_period=settings.relist_period,
            serialize_image_pulls=settings.serialize_image_pulls,
            max_container_restart_period=settings.max_container_restart_period,
            shutdown_grace_period=settings.shutdown_grace_period,
            shutdown_grace_period_critical_pods=settings.shutdown_grace_period_critical_pods,
            host_paths=self._scenario.host_paths,
            csi_drivers=self._scenario.csi_drivers,
            evicts=self._scenario.states_use,
        )
        self._runtimes[spec.name] = runtime
        self.by_node[spec.name] = Machine(self._engine, self._api, runtime, images, self._dialect, config)

    def _has_address(self, address: str) -> bool:
        return any(address in runtime.by_ip for runtime in self._runtimes.values())

    # ---- for containers

    def answer(self, namespace: str, node: str, host: str, port: str) -> str:
        """The answer that a pod gets which connects now."""
        return self.network.connect(node, namespace, host, int(port)).value if port.isdigit() else "no such port"

    def create(self, pod: Pod, creation: Creation) -> None:
        """Create an object for a program of a pod."""
        from simulator.cluster.creations import Creations

        Creations(self._engine, self._api, self._dialect, self._applied).create(pod, creation)

    def _surroundings(self) -> Surroundings:
        """What answers requests of processes in containers; created when the first container is interpreted."""
        if self._requests is None:
            from simulator.network.requests import Host, Outside, Requests

            hosts = {host.name: Outside(host.resolves, host.refuses, host.delay) for host in self._scenario.network.hosts}
            host = Host(self._note, self._resolve, self._kubectl, self.paths)
            allowed = self._scenario.authorization == RBAC
            self._requests = Requests(self._engine, self._store, self.network, self._listener, host, hosts, authorizes=allowed)
        return self._requests

    def _kubectl(self, call: KubectlCall) -> Running | None:
        """kubectl in a container; loaded when one runs it."""
        if self._executor is None:
            from simulator.kubectl.live import Executor
            from simulator.kubectl.write.acting import Site

            self._executor = Executor(Site(self._engine, self._api, self, self._applied), authorizes=self._scenario.authorization == RBAC)
        return self._executor.start(call)

    def metrics(self) -> MetricsApi:
        """What serves the metrics of containers; loaded for its first reader."""
        from simulator.cluster.meter import ContainerMeter
        from simulator.controllers.podautoscaler.metrics_server import MetricsServer
        from simulator.controllers.podautoscaler.usage import MetricsSpec, metrics_of

        data = self._scenario.metrics
        spec = None if data is None else metrics_of(data)
        meter = ContainerMeter(self._runtimes, self._table, self._inference, is_described=spec is not None)
        server = MetricsServer(self._engine, spec or MetricsSpec(), meter)
        server.start(self._store)
        return server

    def _note(self, who: Who, what: str, reason: str, override: str) -> None:
        """Record an assumption about a container's processes."""
        pod = self._store.get(Key("Pod", who.namespace, who.pod))
        if isinstance(pod, Pod):
            workload = self._table.workload_of(pod)
            line = override or self._inference.described(pod, who.container, workload)
            self._inference.note(f"{workload} {who.container}", what, reason, line)

    def _resolve(self, who: Who, run: Run) -> None:
        """What was assumed of a container's own work turns out to be `run`."""
        pod = self._store.get(Key("Pod", who.namespace, who.pod))
        if isinstance(pod, Pod):
            self._inference.resolve(pod, who.container, self._table.workload_of(pod), run)

    def _listener(self, address: str, port: int) -> Behavior | None:
        """The container that accepts connections at an address, or None."""
        listeners = (runtime.listener(address, port) for runtime in self._runtimes.values())
        return next((behavior for behavior in listeners if behavior is not None), None)

    def _accepts(self, address: str, port: int) -> bool | None:
        """Whether a container at an address accepts connections; None when no container has that address."""
        for runtime in self._runtimes.values():
            accepted = runtime.accepts(address, port)
            if accepted is not None:
                return accepted
        return None

    def start_traffic(self, end: int) -> None:
        """Let the Scenario's clients send requests to their Services until `end` (nanoseconds)."""
        from simulator.network.clients import Clients

        nodes = [node.name for node in self._scenario.nodes]
        for traffic in self._scenario.traffic:
            namespace = traffic.namespace or self._scenario.namespace or "default"
            clients = Clients(self._engine, self._journal, self.network, self._listener, nodes, traffic._replace(namespace=namespace))
            clients.start(end)

    # ---- for actions that are no writes

    def kill(self, namespace: str, pod: str, container: str, exit_code: int, reason: str) -> None:
        """End matching containers of matching pods."""
        for runtime in self._runtimes.values():
            runtime.kill_matching(
                lambda owner, name: (
                    owner.metadata.namespace == namespace and glob_matches(owner.metadata.name, pod) and glob_matches(name, container)
                ),
                exit_code,
                reason,
            )

    def _machine(self, name: str) -> Machine:
        machine = self.by_node.get(name.rpartition("/")[2])
        if machine is None:
            raise ApiError("NotFound", f'nodes "{name}" not found')
        return machine

    def node(self, name: str, *, down: bool, unreachable: bool = False) -> None:
        """Let a node's kubelet hang or continue; no connection reaches the pods of a node that is `unreachable`."""
        machine = self._machine(name)
        if machine.kubelet is not None:
            if down:
                machine.kubelet.hang()
            else:
                machine.kubelet.resume()
        self.network.reach(machine.runtime.node, not (down and unreachable))

    def kubelet(self, node: str, change: str) -> None:
        """End a node's kubelet (`stop`), start a new one (`start`), or both (`restart`)."""
        machine = self._machine(node)
        if change != "start":
            machine.stop_kubelet()
        if change != "stop":
            machine.start_kubelet()

    def reboot(self, node: str, change: str | int, *, remembers: bool) -> None:
        """Switch a node off (`down`), on again (`up`), or off for so many nanoseconds.

        `remembers`: the runtime then still has its containers, which have ended.
        """
        machine = self._machine(node)
        if change == "up":
            machine.switch_on(remembers=remembers)
        else:
            machine.shut_down(lambda: self._go_down(machine, change, remembers=remembers))
        self.network.reach(machine.runtime.node, not machine.is_off)

    def _go_down(self, machine: Machine, change: str | int, *, remembers: bool) -> None:
        """The power goes off, and comes back after so many nanoseconds."""
        machine.switch_off()
        self.network.reach(machine.runtime.node, False)
        if isinstance(change, int):
            self._engine.call_after(change, lambda: self.reboot(machine.runtime.node, "up", remembers=remembers), Order.WORLD)

    def lose_sandboxes(self, namespace: str, pod: str, what: str) -> None:
        """Lose the sandboxes of matching pods: their `pause` process, all processes (`dead`), or all that the runtime has (`removed`)."""
        from simulator.container.outages import lose_sandboxes

        for runtime in self._runtimes.values():
            lose_sandboxes(runtime, lambda one: one.metadata.namespace == namespace and glob_matches(one.metadata.name, pod), what)

    def image_registry(self, images: str, error: str, *, down: bool) -> None:
        """Make pulls of matching images fail with `error`, or work again."""
        if down:
            self._registry.stop(images, error)
        else:
            self._registry.resume(images)

    def dns(self, state: str) -> None:
        """Make lookups of all names fail as `state` says, or work again (`up`)."""
        self.network.dns_fault = DNS_FAULTS[state]

    def programs(self, rules: Any) -> None:
        """Replace the programs of containers that start from now on."""
        self._table.rules = tuple(rules)

    def adopt(self, scenario: Scenario) -> None:
        """Continue with the programs and clients of another Scenario."""
        self._scenario = scenario
        self.programs(scenario.programs)

    def execute(self, node: str, container_id: str, command: list[str], streams: Streams | None = None) -> Process[Answer | None]:
        """Run a command in a container; None when the container does not run. What a rule answers is in the answer alone."""
        runtime = self._runtimes[node]
        behavior = runtime.behavior(container_id)
        if behavior is None:
            return None
        answer = behavior.exec(" ".join(command), self._engine.now)
        if answer is None:
            return (yield from runtime.execute(container_id, command, None, streams))
        yield self._engine.sleep(answer.delay)
        return answer
