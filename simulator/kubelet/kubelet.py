"""The kubelet: hears of pods, relists and probes, and sends each pod's worker to work (pkg/kubelet/kubelet.go syncLoop)."""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.container.images import ImageStore
from simulator.container.runtime import Runtime
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.kubelet import conditions
from simulator.kubelet.actions import ProbeResults
from simulator.kubelet.back_off import BackOff
from simulator.kubelet.config import CONTAINER_BACK_OFF_INITIAL, HOUSEKEEPING_PERIOD, TICK_LEAD, KubeletConfig
from simulator.kubelet.container_deletor import ContainerDeletor
from simulator.kubelet.doorkeeper import Doorkeeper
from simulator.kubelet.heartbeat import Heartbeat
from simulator.kubelet.hooks import HookRunner
from simulator.kubelet.image_manager import ImageManager
from simulator.kubelet.killer import Killer
from simulator.kubelet.klog import Klog
from simulator.kubelet.pod_cache import DIED, REMOVED, LifecycleEvent, Pleg
from simulator.kubelet.pod_config import Change, change_of
from simulator.kubelet.pod_syncer import PodSyncer
from simulator.kubelet.pod_workers import PodWorkers
from simulator.kubelet.prober.manager import ProbeManager
from simulator.kubelet.prober.network import Asker
from simulator.kubelet.prober.results import Result, Results
from simulator.kubelet.prober.worker import LIVENESS, READINESS, STARTUP
from simulator.kubelet.reason_cache import ReasonCache
from simulator.kubelet.recorder import PodRecorder
from simulator.kubelet.starter import Starter
from simulator.kubelet.startup_latency import StartupLatency
from simulator.kubelet.status_manager import StatusManager
from simulator.kubelet.status_source import StatusSource
from simulator.kubelet.volumes import VolumeManager
from simulator.kubelet.work_queue import WorkQueue
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodStatus


class Kubelet:
    """The kubelet of one node. `start` makes it listen for pods that are bound to its node."""

    def __init__(
        self,
        engine: Engine,
        api: ApiServer,
        runtime: Runtime,
        images: ImageStore,
        dialect: Dialect,
        config: KubeletConfig,
        host_ip: str,
    ) -> None:
        self._engine = engine
        self._api = api
        self._runtime = runtime
        self._dialect = dialect
        self.node = runtime.node
        journal = api.store.journal
        self._pods: dict[str, Pod] = {}
        self._held: list[tuple[Write, Object | None]] = []
        self._heartbeat = Heartbeat(engine, api, runtime.node)
        self._stopped = False
        self._klog = Klog(engine, journal, dialect, self.node)
        self._latency = StartupLatency(engine, dialect, self._klog)
        recorder = PodRecorder(engine, api, self.node, spam_by_type=dialect.spam_filter_counts_by_type)
        self._pleg = Pleg(engine, runtime, config, self._on_lifecycle_event)
        tick_phase = self._pleg.times.phase - TICK_LEAD.draw(engine.streams, "sync-tick", self.node)
        self._queue = WorkQueue(engine, tick_phase, self._on_sync_tick)
        self._workers = PodWorkers(engine, dialect, self._pleg, self._queue, self._klog, lambda: self._syncer)
        self._statuses = StatusManager(engine, api, self._workers.could_have_running_containers)
        active = self._workers.could_have_running_containers
        self._door = Doorkeeper(engine, api, self.node, dialect, self._statuses, recorder, self._klog, active)
        asker = Asker(engine, runtime, dialect)
        results = {
            LIVENESS: Results(self._on_liveness),
            READINESS: Results(self._on_readiness),
            STARTUP: Results(self._on_startup),
        }
        self._probes = ProbeManager(engine, dialect, asker, recorder, journal, self._klog, self, results, config)
        self._deletor = ContainerDeletor(runtime, self._klog)
        self._syncer = self._make_syncer(asker, recorder, results, images, config, host_ip)

    def _make_syncer(
        self,
        asker: Asker,
        recorder: PodRecorder,
        results: dict[str, Results],
        images: ImageStore,
        config: KubeletConfig,
        host_ip: str,
    ) -> PodSyncer:
        """Who does what pods need: everything behind the workers."""
        engine, api, runtime, dialect = self._engine, self._api, self._runtime, self._dialect
        self._statuses.watchers.append(self._probes.notice)
        runtime.watchers.append(self._probes.notice)
        hooks = HookRunner(engine, runtime, asker, dialect, self._klog)
        killer = Killer(engine, runtime, hooks, recorder, dialect, self._klog)
        image_manager = ImageManager(engine, dialect, images, recorder, self._latency, serialize=config.serialize_image_pulls)
        back_off = BackOff(CONTAINER_BACK_OFF_INITIAL, config.max_container_restart_period)
        reasons = ReasonCache()
        source = StatusSource(
            engine,
            api,
            runtime,
            dialect,
            recorder,
            self._klog,
            self._queue,
            host_ip,
            self._statuses.status_of,
            reasons.get,
            self._probes.with_probe_results,
        )
        starter = Starter(engine, runtime, image_manager, hooks, killer, recorder, dialect, self._klog, back_off, source.sources)
        return PodSyncer(
            engine,
            dialect,
            runtime,
            self._statuses,
            self._probes,
            ProbeResults(results[LIVENESS].get, results[STARTUP].get),
            VolumeManager(engine, recorder),
            starter,
            killer,
            recorder,
            self._klog,
            self._deletor,
            reasons,
            source,
            self._latency,
        )

    # ---- life

    def start(self) -> None:
        """Take up the pods that are bound to this node, and listen for more."""
        self._heartbeat.start()
        self._api.store.watch("Pod", self._on_write)
        for pod in self._api.store.typed(Pod):
            if pod.spec.node_name == self.node:
                self._add(pod)

    def stop(self) -> None:
        """The kubelet stops; its containers go on."""
        self._stopped = True
        self._heartbeat.stop()
        self._pleg.paused = True

    def resume(self) -> None:
        """The kubelet is back: it hears of all that happened meanwhile."""
        self._stopped = False
        self._heartbeat.resume()
        held, self._held = self._held, []
        for write, before in held:
            self._on_write(write, before)
        self._pleg.resume()

    # ---- what the kubelet knows

    def pod_of(self, pod_uid: str) -> Pod | None:
        """The pod as the API has it."""
        return self._pods.get(pod_uid)

    def status_of(self, pod_uid: str) -> PodStatus | None:
        """The status that was set last."""
        return self._statuses.status_of(pod_uid)

    # ---- the sync loop: config

    def _on_write(self, write: Write, before: Object | None) -> None:
        """A pod was written: what of it concerns this node (pkg/kubelet/config)."""
        pod = write.item
        if not isinstance(pod, Pod) or pod.spec.node_name != self.node:
            return
        if self._stopped:
            self._held.append((write, before))
            return
        if write.type == "DELETED":
            # The kubelet hears of writes after whoever made them has gone on.
            self._engine.call_after(0, lambda: self._remove(pod))
        else:
            self._engine.call_after(0, lambda: self._take(pod))

    def _take(self, pod: Pod) -> None:
        known = self._pods.get(pod.metadata.uid)
        if known is None:
            self._add(pod)
            return
        self._latency.observed(pod)
        self._pods[pod.metadata.uid] = pod
        if self._door.is_rejected(pod.metadata.uid):
            return
        change = change_of(known, pod)
        if change in (Change.UPDATE, Change.DELETE):
            self._klog.info(f"SyncLoop {change.value}", source="api", pods=[pod])
            self._workers.update(pod)
        elif change is Change.RECONCILE:
            self._statuses.reconcile(pod)
            if conditions.out_of_step(pod):
                self._workers.update(pod)

    def _add(self, pod: Pod) -> None:
        self._pods[pod.metadata.uid] = pod
        self._latency.added(pod)
        self._klog.info("SyncLoop ADD", source="api", pods=[pod])
        if self._door.admits(pod, self._pods.values()):
            self._workers.update(pod)

    def _remove(self, pod: Pod) -> None:
        self._pods.pop(pod.metadata.uid, None)
        self._latency.removed(pod.metadata.uid)
        self._klog.info("SyncLoop REMOVE", source="api", pods=[pod])
        if self._door.is_rejected(pod.metadata.uid):
            self._forget(pod.metadata.uid)
            return
        self._workers.update(pod, kill=True)
        phase = self._engine.now % HOUSEKEEPING_PERIOD
        self._engine.call_after(HOUSEKEEPING_PERIOD - phase, lambda: self._clean_up(pod))

    def _clean_up(self, pod: Pod) -> None:
        """Housekeeping: forget a pod that has left the API, once its worker is done with it."""
        uid = pod.metadata.uid
        if not self._workers.is_finished(uid):
            self._engine.call_after(HOUSEKEEPING_PERIOD, lambda: self._clean_up(pod))
            return
        self._probes.remove_pod(pod)
        self._runtime.remove_pod(uid)
        self._forget(uid)
        self._queue.forget(uid)
        self._workers.forget(uid)

    def _forget(self, uid: str) -> None:
        self._statuses.forget(uid)
        self._door.forget(uid)

    # ---- the sync loop: relists, ticks, probes

    def _on_lifecycle_event(self, event: LifecycleEvent) -> None:
        pod = self._pods.get(event.pod_uid)
        record = event.record
        if event.type == DIED and record is not None:
            self._klog.info(
                "Generic (PLEG): container finished",
                podID=event.pod_uid,
                containerID=record.id,
                exitCode=record.exit_code,
            )
        if event.type != REMOVED and pod is not None:
            self._klog.info(
                "SyncLoop (PLEG): event for pod",
                pod=pod,
                event={"ID": event.pod_uid, "Type": event.type, "Data": event.data},
            )
            self._workers.update(pod)
        if event.type == DIED:
            remove_all = self._workers.may_lose_its_containers(event.pod_uid)
            self._deletor.clean_up(self._pleg.cached(event.pod_uid), event.data, remove_all=remove_all)

    def _on_sync_tick(self, uids: list[str]) -> None:
        for uid in uids:
            pod = self._pods.get(uid)
            if pod is not None and not self._stopped:
                self._workers.update(pod)

    def _on_liveness(self, uid: str, _container_id: str, result: Result) -> None:
        if result is Result.FAILURE:
            self._on_probe(uid, "liveness", "unhealthy")

    def _on_readiness(self, uid: str, container_id: str, result: Result) -> None:
        pod, ready = self._pods.get(uid), result is Result.SUCCESS
        if pod is not None:
            self._statuses.set_container_readiness(pod, container_id, ready)
        self._on_probe(uid, "readiness", "ready" if ready else self._dialect.say("probe.not_ready"))

    def _on_startup(self, uid: str, container_id: str, result: Result) -> None:
        pod, started = self._pods.get(uid), result is Result.SUCCESS
        if pod is not None:
            self._statuses.set_container_startup(pod, container_id, started)
        self._on_probe(uid, "startup", "started" if started else "unhealthy")

    def _on_probe(self, uid: str, probe: str, status: str) -> None:
        pod = self._pods.get(uid)
        if pod is not None:
            self._klog.info("SyncLoop (probe)", probe=probe, status=status, pod=pod)
            self._workers.update(pod)
