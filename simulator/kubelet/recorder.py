"""The kubelet's Events and facts about pods, each recorded with the rule that was followed and the revision of the pod that was seen."""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.client.recorder import Recorder
from simulator.engine import Engine
from simulator.journal.records import Cause, Fact
from simulator.kubelet.specs import field_path
from simulator.objects.base import evolve
from simulator.objects.kinds import key_of
from simulator.objects.meta import ObjectMeta
from simulator.objects.node import Node
from simulator.objects.pod import Pod


def cause(pod: Pod, rule: str) -> Cause:
    """The cause of a record about a pod: the revision of the pod that the kubelet had seen, and the rule it followed."""
    return Cause(int(pod.metadata.resource_version or 0), rule)


class PodRecorder:
    """Records what one node's kubelet reports about pods.

    `spam_by_type`: whether the spam filter counts normal events and warnings apart.
    """

    def __init__(self, engine: Engine, api: ApiServer, node: str, *, spam_by_type: bool) -> None:
        self._engine = engine
        self._journal = api.store.journal
        self._recorder = Recorder(engine, api, "kubelet", node, spam_by_type=spam_by_type)

    def event(self, pod: Pod, type_: str, reason: str, message: str, rule: str, *, container: str = "") -> None:
        """Write an Event about a pod, or about one of its containers.

        `rule` is the id of the rule in docs/kubelet-rules.md that was followed; the table lists the reasons that each rule may report.
        """
        path = field_path(pod, container) if container else ""
        self._recorder.event(pod, type_, reason, message, field_path=path, cause=cause(pod, rule))

    def node_event(self, node: Node, type_: str, reason: str, message: str, rule: str) -> None:
        """Write an Event about the node, which the kubelet knows by its name only."""
        known = evolve(node, metadata=ObjectMeta(name=node.metadata.name))
        self._recorder.event(known, type_, reason, message, cause=Cause(int(node.metadata.resource_version or 0), rule))

    def note(self, pod: Pod, what: str, rule: str, **data: object) -> None:
        """Record a fact that no API object shows. `what` is a word of the table in docs/architecture.md."""
        self._journal.append(Fact(self._engine.now, what, key_of(pod), data, cause(pod, rule)))
