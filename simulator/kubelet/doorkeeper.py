"""Lets pods in that are bound to the node, or fails them (pkg/kubelet/kubelet.go HandlePodAdditions, rejectPod)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.api import ApiServer
from simulator.client.recorder import WARNING
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.kubelet.admission import Refusal, Tenant, refusal, tenant
from simulator.kubelet.klog import Klog
from simulator.kubelet.pod_status import TERMINAL
from simulator.kubelet.recorder import PodRecorder
from simulator.kubelet.status_manager import StatusManager
from simulator.manifest.qos import qos_class
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodStatus
from simulator.units import MILLISECOND

ANSWER = 15 * MILLISECOND
"""How long after binding a kubelet's first status comes (recorded with 1.36): whoever replaces rejected pods is held up by it."""


class Doorkeeper:
    """Of one node. `is_active(uid)`: whether the worker of a pod may still run something."""

    def __init__(
        self,
        engine: Engine,
        api: ApiServer,
        node: str,
        dialect: Dialect,
        statuses: StatusManager,
        recorder: PodRecorder,
        klog: Klog,
        is_active: Callable[[str], bool],
    ) -> None:
        self._engine = engine
        self._api = api
        self._node = node
        self._dialect = dialect
        self._statuses = statuses
        self._recorder = recorder
        self._klog = klog
        self._is_active = is_active
        self._tenants: dict[str, Tenant] = {}
        self._rejected: set[str] = set()

    def admits(self, pod: Pod, known: Iterable[Pod]) -> bool:
        """Whether a new pod gets a worker, beside those that are `known`. One that does not fails."""
        # One that has ended, or is to end, needs no room.
        if pod.status.phase in TERMINAL or pod.metadata.deletion_timestamp is not None:
            return True
        node = self._api.store.get(Key("Node", "", self._node))
        if not isinstance(node, Node):
            return True
        others = [self._tenant(other) for other in known if other.metadata.uid != pod.metadata.uid and self._counts(other)]
        refused = refusal(self._tenant(pod), others, node)
        if refused is not None:
            self._rejected.add(pod.metadata.uid)
            self._engine.call_after(ANSWER, lambda: self._reject(pod, refused))
        return refused is None

    def is_rejected(self, uid: str) -> bool:
        """Whether a pod was turned away."""
        return uid in self._rejected

    def forget(self, uid: str) -> None:
        """The pod has left the API."""
        self._tenants.pop(uid, None)
        self._rejected.discard(uid)

    def _tenant(self, pod: Pod) -> Tenant:
        known = self._tenants.get(pod.metadata.uid)
        if known is None or known.pod.spec is not pod.spec:
            known = self._tenants[pod.metadata.uid] = tenant(pod)
        return known

    def _counts(self, pod: Pod) -> bool:
        """Whether a pod takes room: neither turned away nor stopped for good (filterOutInactivePods)."""
        return pod.metadata.uid not in self._rejected and self._is_active(pod.metadata.uid)

    def _reject(self, pod: Pod, refused: Refusal) -> None:
        """Say why, and fail the pod for good: nobody but its controller helps it."""
        more = {"operation": "add"} if self._dialect.names_admission_operation else {}
        uid = pod.metadata.uid
        if self._dialect.logs_denied_admission:
            self._klog.info("Pod admission denied", podUID=uid, pod=pod, reason=refused.reason, message=refused.message, **more)
        self._recorder.event(pod, WARNING, refused.reason, refused.message, refused.rule)
        status = PodStatus(
            phase="Failed",
            reason=refused.reason,
            message=f"Pod was rejected: {refused.message}",
            qos_class=qos_class(pod.spec),
            observed_generation=pod.metadata.generation or 0 if self._dialect.reports_observed_generation else 0,
        )
        self._statuses.set_pod_status(pod, status, "ADM-06")  # ADM-06
