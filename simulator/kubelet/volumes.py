"""Volumes: how long a pod waits for them, and what is missing (volumemanager, volume plugins of configmap and secret)."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from simulator.client.recorder import WARNING
from simulator.engine import Event, Process
from simulator.kubelet.config import VOLUME_RECONCILE, VOLUME_WAIT_POLL, VOLUME_WAIT_TIMEOUT
from simulator.kubelet.environment import Sources
from simulator.kubelet.host_paths import DIRECTORY, OR_CREATE, HostPaths
from simulator.kubelet.node_context import NodeContext
from simulator.objects.kinds import Key
from simulator.objects.labels import PVC_PROTECTION
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import claim_name, claim_names
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim
from simulator.objects.volume import HostPathVolumeSource, Volume
from simulator.units import MILLISECOND, MINUTE, SECOND

if TYPE_CHECKING:
    from simulator.kubelet.attached_disks import AttachedDisks

RETRY_INITIAL = 500 * MILLISECOND
RETRY_MAX = 2 * MINUTE + 2 * SECOND
"""exponentialbackoff of volume operations: 0.5 s, doubling."""


def missing(pod: Pod, volume: Volume, sources: Sources) -> str:
    """The plugin's error for what the volume refers to and is missing; empty when it can be set up."""
    namespace = pod.metadata.namespace
    if volume.config_map is not None:
        config_map = sources.config_map(namespace, volume.config_map.name)
        if config_map is None:
            return "" if volume.config_map.optional else f'configmap "{volume.config_map.name}" not found'
        absent = [item.key for item in volume.config_map.items if item.key not in {**config_map.data, **config_map.binary_data}]
        return f"references non-existent config key: {absent[0]}" if absent and not volume.config_map.optional else ""
    if volume.secret is not None:
        secret = sources.secret(namespace, volume.secret.secret_name)
        if secret is None:
            return "" if volume.secret.optional else f'secret "{volume.secret.secret_name}" not found'
        absent = [item.key for item in volume.secret.items if item.key not in secret.data]
        return f"references non-existent secret key: {absent[0]}" if absent and not volume.secret.optional else ""
    return ""


def objects_of(pod: Pod, volume: Volume) -> list[Key]:
    """The config maps and secrets that a volume needs."""
    projected = [] if volume.projected is None else volume.projected.sources
    maps = [one.name for one in (volume.config_map, *(source.config_map for source in projected)) if one is not None]
    secrets = [volume.secret.secret_name] if volume.secret is not None else []
    secrets += [source.secret.name for source in projected if source.secret is not None]
    names = [*(("ConfigMap", name) for name in maps), *(("Secret", name) for name in secrets)]
    return [Key(kind, pod.metadata.namespace, name) for kind, name in names]


class Problem(NamedTuple):
    """The plugin's error for a volume that it does not set up, and the rule by which it does not.

    `volume`: its name; that of the PersistentVolume for a claim. `step`: what failed.
    """

    error: str
    rule: str
    volume: str
    step: str = "SetUp failed"


class VolumeManager:
    """Mounts what a pod needs before its containers start."""

    def __init__(self, node: NodeContext) -> None:
        self._engine = node.engine
        self._node = node
        self._host_paths = HostPaths(node.runtime.scheme, node.config.host_paths, node.runtime.host_entry)
        self._recorder = node.recorder
        self._mounted: dict[str, set[str]] = {}
        self._mounting: set[tuple[str, str]] = set()
        self._needed: set[str] = set()
        self._synced: dict[str, Pod] = {}

    @cached_property
    def _disks(self) -> AttachedDisks:
        """Volumes that are attached before they are mounted; for pods with claims."""
        from simulator.kubelet.attached_disks import AttachedDisks

        return AttachedDisks(self._engine, self._node.api, self._node.name)

    def wait_for_mounts(self, pod: Pod, sources: Sources, cancelled: Event) -> Process[str]:
        """Until every volume is mounted: an error when that takes too long or is cancelled, else an empty string."""
        uid = pod.metadata.uid
        self._needed.add(uid)
        self._synced[uid] = pod
        names = [volume.name for volume in pod.spec.volumes]
        refused = {volume.name: error for volume in pod.spec.volumes if (error := self._refusal(pod, volume))}
        for volume in pod.spec.volumes:
            if volume.name in refused:
                continue
            if volume.name not in self._mounted.get(uid, set()) and (uid, volume.name) not in self._mounting:
                self._mounting.add((uid, volume.name))
                self._engine.start(self._mount(pod, volume, sources))
        began = self._engine.now
        while unmounted := [name for name in names if name not in self._mounted.get(uid, set())]:  # VOL-01
            if cancelled.is_set:
                return "context canceled"
            if refused and self._engine.now > began:  # VOL-08
                left = f"unmounted volumes=[{' '.join(sorted(unmounted))}], unattached volumes=[]"
                problem = f"{left}, failed to process volumes=[{' '.join(sorted(refused))}]: {'; '.join(refused.values())}"
                self._recorder.event(pod, WARNING, "FailedMount", f"Unable to attach or mount volumes: {problem}", "VOL-08")
                return problem
            if self._engine.now - began >= VOLUME_WAIT_TIMEOUT:
                left = f"unmounted volumes=[{' '.join(unmounted)}], unattached volumes=[{self._unattached(pod)}]"
                return f"{left}, failed to process volumes=[]: context deadline exceeded"
            yield self._engine.sleep(VOLUME_WAIT_POLL)
        return ""

    def _unattached(self, pod: Pod) -> str:
        claims = {one.name: name for one in pod.spec.volumes if (name := claim_name(pod, one))}
        return " ".join(sorted(volume for volume, name in claims.items() if self._disks.is_detached(pod, name)))

    def _refusal(self, pod: Pod, volume: Volume) -> str:
        """Why the kubelet does not even try to mount the claim of a volume; empty when it does, or has mounted it."""
        namespace, name = pod.metadata.namespace, claim_name(pod, volume)
        if not name or volume.name in self._mounted.get(pod.metadata.uid, set()):
            return ""
        claim = self._node.api.store.get(Key("PersistentVolumeClaim", namespace, name))
        if not isinstance(claim, PersistentVolumeClaim):
            error = f'failed to fetch PVC from API server: persistentvolumeclaims "{name}" not found'
        elif is_being_deleted(claim) and PVC_PROTECTION not in claim.metadata.finalizers:
            error = "PVC is being deleted"
        elif claim.status.phase != "Bound":
            error = "PVC is not bound"
        else:
            return ""
        return f"error processing PVC {namespace}/{name}: {error}"

    def remount(self, pod: Pod) -> None:
        """Mount what an earlier kubelet had mounted for a pod that this one only has to stop.

        That fails for objects that no pod of the node that starts or runs has made this kubelet watch.
        """
        self._needed.add(pod.metadata.uid)
        for volume in pod.spec.volumes:
            self._engine.start(self._try_to_remount(pod, volume))

    def _try_to_remount(self, pod: Pod, volume: Volume) -> Process[None]:
        delay = RETRY_INITIAL
        yield self._engine.sleep(VOLUME_RECONCILE)
        while pod.metadata.uid in self._needed:
            known = {key for other in self._synced.values() for one in other.spec.volumes for key in objects_of(other, one)}
            key = next((key for key in objects_of(pod, volume) if key not in known), None)
            if key is None:
                return
            self._report(pod, Problem(f'object "{key.namespace}"/"{key.name}" not registered', "VOL-07", volume.name))  # VOL-07
            yield self._engine.sleep(delay)
            delay = min(2 * delay, RETRY_MAX)

    def _report(self, pod: Pod, problem: Problem) -> None:
        message = f'MountVolume.{problem.step} for volume "{problem.volume}" : {problem.error}'
        self._recorder.event(pod, WARNING, "FailedMount", message, problem.rule)

    def forget(self, uid: str) -> None:
        """The pod has left the node."""
        self._needed.discard(uid)
        self._synced.pop(uid, None)

    def wait_for_unmount(self, pod: Pod) -> Process[None]:
        """Until every volume is unmounted; what was not mounted yet is not needed any more."""
        self._needed.discard(pod.metadata.uid)
        if claim_names(pod):
            self._disks.release(pod.metadata.uid)
        if self._mounted.pop(pod.metadata.uid, None):
            yield self._engine.sleep(VOLUME_WAIT_POLL)

    def _mount(self, pod: Pod, volume: Volume, sources: Sources) -> Process[None]:
        """The reconciler's side: try, and try again after a doubling delay."""
        uid, delay = pod.metadata.uid, RETRY_INITIAL
        yield self._engine.sleep(VOLUME_RECONCILE)
        claim = claim_name(pod, volume)
        if claim and not (yield from self._disks.wait_for_attach(pod, claim, lambda: uid in self._needed)):  # VOL-09
            self._mounting.discard((uid, volume.name))
            return
        while uid in self._needed and (problem := self._problem(pod, volume, sources)):  # VOL-02
            self._report(pod, problem)
            yield self._engine.sleep(delay + VOLUME_RECONCILE)
            delay = min(2 * delay, RETRY_MAX)
        self._mounting.discard((uid, volume.name))
        if uid in self._needed:
            self._mounted.setdefault(uid, set()).add(volume.name)

    def _problem(self, pod: Pod, volume: Volume, sources: Sources) -> Problem | None:
        """Why a volume cannot be set up now; None when it can."""
        if volume.host_path is not None:
            problem = Problem(self._host_path_problem(volume.host_path), "VOL-04", volume.name)
        elif volume.csi is not None:
            problem = Problem(self._csi_problem(str(volume.csi.get("driver", ""))), "VOL-05", volume.name)
        elif volume.persistent_volume_claim is not None:
            problem = self._claim_problem(pod.metadata.namespace, volume.persistent_volume_claim.claim_name)
        else:
            problem = Problem(missing(pod, volume, sources), "VOL-02", volume.name)
        return problem if problem.error else None

    def _claim_problem(self, namespace: str, claim_name: str) -> Problem:
        """A claim is as good as what its volume has on this node: the kubelet checks the same as for the pod's own volumes."""
        store = self._node.api.store
        claim = store.get(Key("PersistentVolumeClaim", namespace, claim_name))
        name = claim.spec.volume_name if isinstance(claim, PersistentVolumeClaim) else ""
        volume = store.get(Key("PersistentVolume", "", name))
        if isinstance(volume, PersistentVolume) and volume.spec.host_path is not None:
            return Problem(self._host_path_problem(volume.spec.host_path), "VOL-04", name)
        if isinstance(volume, PersistentVolume) and volume.spec.local is not None:
            path = str(volume.spec.local.get("path", ""))
            return Problem(self._local_problem(path), "VOL-06", name, "NewMounter initialization failed")
        return Problem("", "", name)

    def _local_problem(self, path: str) -> str:
        """A local volume is a path of its node that exists; no one creates it."""
        if self._host_paths.exists(path):
            return ""
        if not self._host_paths.is_stated(path):
            self._assume_absent(path, DIRECTORY, "")
        return f'path "{path}" does not exist'  # VOL-06

    def _host_path_problem(self, source: HostPathVolumeSource) -> str:
        problem = self._host_paths.problem(source)
        if problem and not self._host_paths.is_stated(source.path):
            kind = OR_CREATE.get(source.type, source.type)
            self._assume_absent(source.path, kind, f" of type {kind}")
        return problem

    def _assume_absent(self, path: str, kind: str, in_words: str) -> None:
        override = f"cluster: {{hostPaths: {{{json.dumps(path)}: {kind}}}}}"
        reason = "it is none of the paths that every node has, and no container has created it"
        self._node.runtime.assume(f"node {self._node.name}", f"has no {path}{in_words}", reason, override)

    def _csi_problem(self, driver: str) -> str:
        """An inline volume needs its driver on the node. A driver with a CSIDriver object is taken to be installed."""
        if driver in self._node.config.csi_drivers or self._node.api.store.get(Key("CSIDriver", "", driver)) is not None:
            return ""
        override = f"cluster: {{csiDrivers: [{driver}]}}"
        self._node.runtime.assume(f"node {self._node.name}", f"has no CSI driver {driver}", "no CSIDriver object has its name", override)
        client = f"driver name {driver} not found in the list of registered CSI drivers"
        return f"kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: {client}"  # VOL-05
