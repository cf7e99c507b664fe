"""Admits pods that are bound to the node, or fails them (pkg/kubelet/kubelet.go HandlePodAdditions, rejectPod)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.client.recorder import WARNING
from simulator.kubelet.admission import PodRequests, Refusal, refusal, requests_of
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.pod_states import PodStates
from simulator.kubelet.status_manager import StatusManager
from simulator.manifest.pod_resources import effective_spec
from simulator.manifest.qos import qos_class
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import FAILED, is_active
from simulator.objects.pod_status import PodStatus
from simulator.units import MILLISECOND

ANSWER = 15 * MILLISECOND
"""How long after binding a kubelet's first status comes (recorded with 1.36). It slows down controllers that replace rejected pods."""

SHUTDOWN = Refusal("NodeShutdown", "Pod was rejected as the node is shutting down.", "SHD-02")


class AdmissionHandler:
    """Admits or rejects the pods that are bound to one node."""

    def __init__(self, node: NodeContext, statuses: StatusManager, states: PodStates) -> None:
        self._node = node
        self._statuses = statuses
        self._states = states
        self._requests: dict[str, PodRequests] = {}
        self._rejected: set[str] = set()
        self.shuts_down = False
        self.pressure: Callable[[Pod], str] = lambda _pod: ""
        """Why the node's pressure keeps a pod out; empty: it does not."""

    def admits(self, pod: Pod, known: Iterable[Pod]) -> bool:
        """Whether a new pod gets a worker, beside those that are `known`. A pod that does not fails."""
        # A pod that has ended, or is being deleted, needs no resources.
        if not is_active(pod):
            return True
        refused = self._kept_out(pod) or self.refusal_of(pod, known)
        if refused is not None:
            self._rejected.add(pod.metadata.uid)
            self._node.engine.call_after(ANSWER, lambda: self._reject(pod, refused))
        return refused is None

    def refusal_of(self, pod: Pod, known: Iterable[Pod]) -> Refusal | None:
        """Why the node has no place for a pod beside the `known` ones; None: it has."""
        node = self.api_node()
        if node is None:
            return None
        others = [self._requests_of(other) for other in known if other.metadata.uid != pod.metadata.uid and self._counts(other)]
        return refusal(self._requests_of(pod), others, node)

    def api_node(self) -> Node | None:
        """The Node object."""
        node = self._node.api.store.get(Key("Node", "", self._node.name))
        return node if isinstance(node, Node) else None

    def _kept_out(self, pod: Pod) -> Refusal | None:
        """Why the state of the node keeps every pod, or this one, out."""
        if self.shuts_down:  # SHD-02
            return SHUTDOWN
        pressed = self.pressure(pod)
        return Refusal("Evicted", pressed, "EVC-04") if pressed else None

    def is_rejected(self, uid: str) -> bool:
        """Whether a pod was not admitted."""
        return uid in self._rejected

    def forget(self, uid: str) -> None:
        """The pod has left the API."""
        self._requests.pop(uid, None)
        self._rejected.discard(uid)

    def _requests_of(self, pod: Pod) -> PodRequests:
        known = self._requests.get(pod.metadata.uid)
        if known is None or effective_spec(known.pod) is not effective_spec(pod):
            known = self._requests[pod.metadata.uid] = requests_of(pod)
        return known

    def _counts(self, pod: Pod) -> bool:
        """Whether a pod uses resources: it was admitted, and has not stopped for good (filterOutInactivePods)."""
        return pod.metadata.uid not in self._rejected and self._states.could_have_running_containers(pod.metadata.uid)

    def _reject(self, pod: Pod, refused: Refusal) -> None:
        """Report why, and fail the pod for good; only its controller can replace it."""
        dialect = self._node.dialect
        more = {"operation": "add"} if dialect.names_admission_operation else {}
        uid, reason, message = pod.metadata.uid, refused.reason, refused.message
        if dialect.logs_denied_admission:
            self._node.klog.info("Pod admission denied", podUID=uid, pod=pod, reason=reason, message=message, **more)
        self._node.recorder.event(pod, WARNING, reason, message, refused.rule)
        status = PodStatus(
            phase=FAILED,
            reason=reason,
            message=f"Pod was rejected: {message}",
            qos_class=qos_class(pod.spec),
            observed_generation=pod.metadata.generation or 0 if dialect.reports_observed_generation else 0,
        )
        self._statuses.set_pod_status(pod, status, "ADM-06")  # ADM-06
