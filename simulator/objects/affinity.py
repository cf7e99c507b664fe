"""What places a pod on a node: affinity, tolerations, topology spread (core/v1)."""

from __future__ import annotations

from simulator.objects.base import KubeStruct, shown
from simulator.objects.meta import LabelSelector


class NodeSelectorRequirement(KubeStruct, frozen=True):
    key: str = shown("")
    operator: str = shown("")
    values: list[str] = []


class NodeSelectorTerm(KubeStruct, frozen=True):
    match_expressions: list[NodeSelectorRequirement] = []
    match_fields: list[NodeSelectorRequirement] = []


class NodeSelector(KubeStruct, frozen=True):
    node_selector_terms: list[NodeSelectorTerm] = []


class PreferredSchedulingTerm(KubeStruct, frozen=True):
    preference: NodeSelectorTerm | None = None
    weight: int = shown(0)


class NodeAffinity(KubeStruct, frozen=True):
    preferred_during_scheduling_ignored_during_execution: list[PreferredSchedulingTerm] = []
    required_during_scheduling_ignored_during_execution: NodeSelector | None = None


class PodAffinityTerm(KubeStruct, frozen=True):
    topology_key: str = shown("")
    label_selector: LabelSelector | None = None
    match_label_keys: list[str] = []
    mismatch_label_keys: list[str] = []
    namespace_selector: LabelSelector | None = None
    namespaces: list[str] = []


class WeightedPodAffinityTerm(KubeStruct, frozen=True):
    pod_affinity_term: PodAffinityTerm | None = None
    weight: int = shown(0)


class PodAffinity(KubeStruct, frozen=True):
    preferred_during_scheduling_ignored_during_execution: list[WeightedPodAffinityTerm] = []
    required_during_scheduling_ignored_during_execution: list[PodAffinityTerm] = []


class PodAntiAffinity(KubeStruct, frozen=True):
    preferred_during_scheduling_ignored_during_execution: list[WeightedPodAffinityTerm] = []
    required_during_scheduling_ignored_during_execution: list[PodAffinityTerm] = []


class Affinity(KubeStruct, frozen=True):
    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAntiAffinity | None = None


class Toleration(KubeStruct, frozen=True):
    effect: str = ""
    key: str = ""
    operator: str = ""
    toleration_seconds: int | None = None
    value: str = ""


class TopologySpreadConstraint(KubeStruct, frozen=True):
    max_skew: int = shown(0)
    topology_key: str = shown("")
    when_unsatisfiable: str = shown("")
    label_selector: LabelSelector | None = None
    match_label_keys: list[str] = []
    min_domains: int | None = None
    node_affinity_policy: str = ""
    node_taints_policy: str = ""
