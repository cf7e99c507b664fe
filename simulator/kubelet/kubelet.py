"""The kubelet: reacts to changes of pods, to relists and to probe results by waking each pod's worker (pkg/kubelet/kubelet.go syncLoop)."""

from __future__ import annotations

from collections.abc import Callable

from simulator.api import ApiServer
from simulator.container.images import ImageStore
from simulator.container.runtime import Runtime
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.kubelet import conditions
from simulator.kubelet.action_runner import ActionRunner
from simulator.kubelet.admission_handler import AdmissionHandler
from simulator.kubelet.config import FIRST_HOUSEKEEPING, HOUSEKEEPING_PERIOD, REPORTS_NODE, TAKES_PODS, TICK_LEAD, KubeletConfig
from simulator.kubelet.container_deletor import ContainerDeletor
from simulator.kubelet.heartbeat import Heartbeat
from simulator.kubelet.hooks import HookRunner
from simulator.kubelet.image_manager import ImageManager
from simulator.kubelet.killer import Killer
from simulator.kubelet.node_context import node_context
from simulator.kubelet.pleg import DIED, REMOVED, LifecycleEvent, Pleg
from simulator.kubelet.pod_config import Change, PodVersions
from simulator.kubelet.pod_states import PodStates
from simulator.kubelet.pod_syncer import PodSyncer
from simulator.kubelet.pod_workers import PodWorkers
from simulator.kubelet.prober.client import ProbeClient
from simulator.kubelet.prober.manager import ProbeManager
from simulator.kubelet.prober.prober import Prober
from simulator.kubelet.prober.results import LIVENESS, READINESS, STARTUP, Key, Result, Results
from simulator.kubelet.readers import KINDS, Readers
from simulator.kubelet.reason_cache import ReasonCache
from simulator.kubelet.starter import Starter
from simulator.kubelet.startup_latency import StartupLatency
from simulator.kubelet.status_manager import StatusManager
from simulator.kubelet.status_source import StatusSource
from simulator.kubelet.work_queue import WorkQueue
from simulator.objects.kinds import Object
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod


class Kubelet:
    """The process of one node's kubelet: all that it knows ends with it. Containers, images and mounts belong to the runtime and stay."""

    def __init__(
        self,
        engine: Engine,
        api: ApiServer,
        runtime: Runtime,
        images: ImageStore,
        dialect: Dialect,
        config: KubeletConfig,
    ) -> None:
        engine = self._engine = engine.part()
        node = self._node = node_context(engine, api, runtime, dialect, config)
        self._is_new = config.started_at >= engine.begin
        self._takes_pods = False
        self._housekeeping_phase = config.started_at + FIRST_HOUSEKEEPING if self._is_new else 0
        self._pods: dict[str, Pod] = {}
        self._held: list[tuple[Write, Object | None]] = []
        self._hangs = False
        self._heartbeat = Heartbeat(node)
        self._latency = StartupLatency(node)
        self._pleg = Pleg(node, self._on_lifecycle_event)
        tick_phase = self._pleg.times.origin + self._pleg.times.phase - TICK_LEAD.draw(engine.streams, "sync-tick", node.name)
        self._queue = WorkQueue(engine, tick_phase, self._on_sync_tick)
        self._deletor = ContainerDeletor(node)
        self._states = PodStates(synced=not self._is_new)
        self._statuses = StatusManager(node, self._states)
        self._admission = AdmissionHandler(node, self._statuses, self._states)
        # Probes.
        client, results = ProbeClient(node), Results(self._on_probe_result)
        self._probes = ProbeManager(node, Prober(node, client, results), results, self._statuses, self._pods)
        self._statuses.watchers.append(self._probes.notice)
        runtime.watchers.append(self._probes.notice)
        # What workers do.
        hooks, reasons = HookRunner(node, client), ReasonCache()
        killer = Killer(node, hooks)
        starter = Starter(node, ImageManager(node, images, self._latency), hooks, killer)
        runner = ActionRunner(node, self._statuses, starter, killer, reasons, self._latency)
        source = StatusSource(node, self._queue, self._statuses, reasons, self._probes)
        syncer = PodSyncer(node, self._statuses, self._probes, source, killer, runner)
        self._volumes = syncer.volumes
        self._workers = PodWorkers(node, self._pleg, self._queue, self._states, syncer)
        self._versions = PodVersions(node, self._admission, self._pods, self._workers, syncer)
        if config.evicts:
            from simulator.kubelet.eviction_manager import EvictionManager

            EvictionManager(node, self._pods, self._admission, self._states, self._workers).start()
        self._readers = Readers(node.name)
        for watchers in (self._statuses.watchers, runtime.watchers, self._probes.watchers, reasons.watchers):
            watchers.append(self._workers.rouse)

    # ---- start and stop

    def start(self) -> None:
        """Take over the pods that are bound to this node, and watch for more: at once, or as soon as a new process is ready to."""
        if not self._is_new:
            self._heartbeat.start()
            self._take_over()
            return
        self._engine.call_after(REPORTS_NODE, self._heartbeat.begin)
        self._engine.call_after(TAKES_PODS, self._take_over)
        self._engine.call_after(FIRST_HOUSEKEEPING, self._find_orphans)

    def end(self) -> None:
        """The process ends at once, and with it all that it was doing. Its containers continue."""
        self._engine.end()
        if not self._hangs:
            self._heartbeat.stop()
        if self._takes_pods:
            self._node.api.store.unwatch_group("Pod", _node_of, self._node.name, self._on_write)
            self._node.api.store.unwatch(KINDS, self._on_write_of_source)
        watchers = self._node.runtime.watchers
        watchers.remove(self._probes.notice)
        watchers.remove(self._pleg.notice)
        watchers.remove(self._workers.rouse)

    def shut_down(self, done: Callable[[], object]) -> None:
        """The node is going down: stop its pods gracefully, then call `done`."""
        from simulator.kubelet.node_shutdown import NodeShutdown

        shutdown = NodeShutdown(self._node, self._heartbeat, self._admission, self._states, self._workers)
        self._engine.start(shutdown.run(list(self._pods.values()), done))

    def hang(self) -> None:
        """The kubelet hangs: it does nothing, and remembers all. Its containers continue."""
        self._hangs = True
        self._heartbeat.stop()
        self._pleg.paused = True
        self._workers.rouse_all()

    def resume(self) -> None:
        """The kubelet that hung continues: it receives all changes that it missed."""
        self._hangs = False
        self._heartbeat.resume()
        held, self._held = self._held, []
        for write, before in held:
            self._on_write(write, before)
        self._pleg.resume()

    def _take_over(self) -> None:
        """Every pod that is bound to the node is new to this process."""
        self._takes_pods = True
        store = self._node.api.store
        store.watch_group("Pod", _node_of, self._node.name, self._on_write)
        store.watch(KINDS, self._on_write_of_source)
        pods = [pod for pod in store.typed(Pod) if pod.spec.node_name == self._node.name]
        for pod in pods:
            self._add(pod)

    def _find_orphans(self) -> None:
        """Housekeeping: what runs and was not admitted, or has left the API, is stopped (HandlePodCleanups)."""
        self._states.synced = True
        runtime = self._node.runtime
        for uid in runtime.pods():
            owner = runtime.owner(uid)
            if owner is not None and self._states.get(uid) is None and runtime.pod(uid).running:
                self._workers.stop_orphan(owner)

    # ---- the sync loop: pods

    def _on_write(self, write: Write, before: Object | None) -> None:
        """A pod of this node was written (pkg/kubelet/config)."""
        pod = write.item
        assert isinstance(pod, Pod), "watched"
        if self._hangs:
            self._held.append((write, before))
            return
        # The kubelet gets the change after the component that wrote it has run.
        if write.type == "DELETED":
            self._engine.call_after(0, lambda: self._remove(pod))
        else:
            self._engine.call_after(0, lambda: self._take(pod))

    def _on_write_of_source(self, write: Write, _before: Object | None) -> None:
        """An object was written that syncs read."""
        for uid in self._readers.of(write.key):
            self._workers.rouse(uid)

    def _take(self, pod: Pod) -> None:
        uid = pod.metadata.uid
        known = self._pods.get(uid)
        if known is None:
            self._add(pod)
            return
        self._latency.observed(pod)
        self._workers.rouse(uid)
        if self._admission.is_rejected(uid):
            self._pods[uid] = pod
            return
        change, pod = self._versions.take(pod, known)
        self._pods[uid] = pod
        if change in (Change.UPDATE, Change.DELETE):
            self._node.klog.info(f"SyncLoop {change.value}", source="api", pods=[pod])
            self._workers.update(pod)
        elif change is Change.RECONCILE:
            self._statuses.reconcile(pod)
            if conditions.needs_reconcile(pod):
                self._workers.update(pod)

    def _add(self, pod: Pod) -> None:
        pod = self._versions.add(pod) if self._is_new else pod
        self._pods[pod.metadata.uid] = pod
        self._readers.add(pod)
        self._latency.added(pod)
        self._node.klog.info("SyncLoop ADD", source="api", pods=[pod])
        admitted = self._admission.admits(pod, self._pods.values())
        # The volumes of pods that no sync prepares.
        if not self._states.synced and (is_being_deleted(pod) or not admitted):
            self._volumes.remount(pod)
        if admitted:
            self._workers.update(pod)

    def _remove(self, pod: Pod) -> None:
        self._pods.pop(pod.metadata.uid, None)
        self._readers.remove(pod)
        self._latency.removed(pod.metadata.uid)
        self._node.klog.info("SyncLoop REMOVE", source="api", pods=[pod])
        if self._admission.is_rejected(pod.metadata.uid):
            self._forget(pod.metadata.uid)
            return
        self._workers.update(pod, kill=True)
        self._versions.remove(pod.metadata.uid)
        phase = (self._engine.now - self._housekeeping_phase) % HOUSEKEEPING_PERIOD
        self._engine.call_after(HOUSEKEEPING_PERIOD - phase, lambda: self._clean_up(pod))

    def _clean_up(self, pod: Pod) -> None:
        """Housekeeping: forget a pod that has left the API, once its worker has finished."""
        uid = pod.metadata.uid
        if not self._states.is_finished(uid):
            self._engine.call_after(HOUSEKEEPING_PERIOD, lambda: self._clean_up(pod))
            return
        self._probes.remove_pod(pod)
        self._node.runtime.remove_pod(uid)
        self._forget(uid)
        self._queue.forget(uid)
        self._states.forget(uid)

    def _forget(self, uid: str) -> None:
        self._volumes.forget(uid)
        self._statuses.forget(uid)
        self._admission.forget(uid)

    # ---- the sync loop: relists, ticks, probes

    def _on_lifecycle_event(self, event: LifecycleEvent) -> None:
        pod = self._pods.get(event.pod_uid)
        record = event.record
        if event.type == DIED and record is not None:
            self._node.klog.info(
                "Generic (PLEG): container finished",
                podID=event.pod_uid,
                containerID=record.id,
                exitCode=record.exit_code,
            )
        if event.type != REMOVED and pod is not None:
            self._node.klog.info(
                "SyncLoop (PLEG): event for pod",
                pod=pod,
                event={"ID": event.pod_uid, "Type": event.type, "Data": event.data},
            )
            self._workers.update(pod)
        if event.type == DIED:
            remove_all = self._states.may_lose_its_containers(event.pod_uid)
            self._deletor.clean_up(self._pleg.cached(event.pod_uid), event.data, remove_all=remove_all)

    def _on_sync_tick(self, uids: list[str]) -> None:
        for uid in uids:
            pod = self._pods.get(uid)
            if pod is not None and not self._hangs:
                self._workers.update(pod)

    def _on_probe_result(self, key: Key, container_id: str, result: Result) -> None:
        """A probe has a new result: its status changes at once, and the pod is synced."""
        pod, success = self._pods.get(key.pod_uid), result is Result.SUCCESS
        self._workers.rouse(key.pod_uid)
        # A container that passes its liveness probe needs nothing.
        if pod is None or (key.type == LIVENESS and result is not Result.FAILURE):
            return
        status = "unhealthy"
        if key.type == READINESS:
            self._statuses.set_container_readiness(pod, container_id, ready=success)
            status = "ready" if success else self._node.dialect.say("probe.not_ready")
        elif key.type == STARTUP:
            self._statuses.set_container_startup(pod, container_id, started=success)
            status = "started" if success else status
        self._node.klog.info("SyncLoop (probe)", probe=key.type.lower(), status=status, pod=pod)
        self._workers.update(pod)


def _node_of(pod: Pod) -> str:
    return pod.spec.node_name
