"""Nodes as they come: what a node of a well-known make has, and what it keeps for itself.

| makes | where the numbers are from |
|---|---|
| minikube, kind | what a fresh cluster reports; their kubelets reserve nothing, as both set the eviction thresholds to zero |
| eks | instance types; awslabs/amazon-eks-ami: `eni-max-pods.txt`, and the reservations of its bootstrap |
| gke | cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes |
| aks | learn.microsoft.com/azure/aks/node-resource-reservations, for 1.29 and later |

Memory is what the machine is sold with; the kernel of a real one keeps some hundred mebibytes of it.
"""

from __future__ import annotations

from typing import NamedTuple

from simulator.objects.labels import INSTANCE_TYPE, MINIKUBE_NAME, MINIKUBE_PRIMARY, NODE_ROLE_CONTROL_PLANE
from simulator.scenario.spec import NodeSpec

UBUNTU = ("Ubuntu 22.04.5 LTS", "5.15.0")
AMAZON = ("Amazon Linux 2023.6.20241121", "6.1.115-126.197.amzn2023.x86_64")
GOOGLE = ("Container-Optimized OS from Google", "6.1.112+")
DEBIAN = ("Debian GNU/Linux 12 (bookworm)", "6.8.0")
EVICTION = 100
"""memory.available at which kubelets begin to evict by default: MiB that pods cannot ask for."""


class Make(NamedTuple):
    """A kind of machine: cores, GiB of memory, pods; `names`: of the first, and of those that follow by their number."""

    cpu: int
    memory: int
    pods: int
    reserved: dict[str, str]
    names: tuple[str, str]
    labels: dict[str, str]
    system: tuple[str, str]
    runtime: str = "containerd"
    storage: str = "100Gi"


def _cores_kept(cpu: int) -> int:
    """Thousandths of cores that EKS and GKE keep: 6 % of the first, 1 % of the second, 0.5 % of two more, 0.25 % of the rest."""
    shares = [600, 100, 50, 50]
    return (sum(shares[:cpu]) + 25 * max(0, cpu - len(shares))) // 10


def _eks(kind: str, cpu: int, memory: int, pods: int) -> Make:
    kept = {"cpu": f"{_cores_kept(cpu)}m", "memory": f"{255 + 11 * pods + EVICTION}Mi", "ephemeral-storage": "3Gi"}
    return Make(cpu, memory, pods, kept, ("node-1", "node-{}"), {INSTANCE_TYPE: kind}, AMAZON, storage="20Gi")


GKE_STEPS = ((4, 25), (4, 20), (8, 10), (112, 6))
"""GiB, and the percentage of them that is kept; of all beyond, 2 %."""


def _gke(kind: str, cpu: int, memory: int, cores_kept: int | None = None) -> Make:
    left, percents = memory, 0
    for size, percent in GKE_STEPS:
        percents += min(left, size) * percent
        left = max(0, left - size)
    percents += left * 2
    kept = {"cpu": f"{_cores_kept(cpu) if cores_kept is None else cores_kept}m", "memory": f"{percents * 1024 // 100 + EVICTION}Mi"}
    return Make(cpu, memory, 110, kept, ("node-1", "node-{}"), {INSTANCE_TYPE: kind}, GOOGLE)


AKS_CORES = {1: 60, 2: 100, 4: 140, 8: 180, 16: 260, 32: 420, 64: 740}
"""Thousandths of cores that are kept, by cores."""


def _aks(kind: str, cpu: int, memory: int, pods: int = 110) -> Make:
    kept = {"cpu": f"{AKS_CORES[cpu]}m", "memory": f"{min(20 * pods + 50, memory * 1024 // 4) + EVICTION}Mi"}
    return Make(cpu, memory, pods, kept, ("node-1", "node-{}"), {INSTANCE_TYPE: kind}, UBUNTU)


MINIKUBE = {MINIKUBE_NAME: "minikube", MINIKUBE_PRIMARY: "true", NODE_ROLE_CONTROL_PLANE: ""}
PRESETS: dict[str, Make] = {
    "minikube": Make(4, 8, 110, {}, ("minikube", "minikube-m{:02}"), MINIKUBE, UBUNTU, "docker"),
    "kind": Make(4, 8, 110, {}, ("kind-worker", "kind-worker{}"), {}, DEBIAN),
    "eks-t3.small": _eks("t3.small", 2, 2, 11),
    "eks-t3.medium": _eks("t3.medium", 2, 4, 17),
    "eks-t3.large": _eks("t3.large", 2, 8, 35),
    "eks-m5.large": _eks("m5.large", 2, 8, 29),
    "eks-m5.xlarge": _eks("m5.xlarge", 4, 16, 58),
    "eks-m5.2xlarge": _eks("m5.2xlarge", 8, 32, 58),
    "eks-c5.large": _eks("c5.large", 2, 4, 29),
    "eks-c5.xlarge": _eks("c5.xlarge", 4, 8, 58),
    "gke-e2-medium": _gke("e2-medium", 2, 4, cores_kept=1060),
    "gke-e2-standard-2": _gke("e2-standard-2", 2, 8),
    "gke-e2-standard-4": _gke("e2-standard-4", 4, 16),
    "gke-e2-standard-8": _gke("e2-standard-8", 8, 32),
    "aks-d2s-v5": _aks("Standard_D2s_v5", 2, 8),
    "aks-d4s-v5": _aks("Standard_D4s_v5", 4, 16),
    "aks-d8s-v5": _aks("Standard_D8s_v5", 8, 32),
}
"""By name."""


def preset(name: str, number: int = 1) -> NodeSpec:
    """The `number`-th node of that make, counted from 1. Raises KeyError."""
    make = PRESETS[name]
    first, later = make.names
    labels = {key: value for key, value in make.labels.items() if number == 1 or not key.startswith("node-role")}
    if MINIKUBE_PRIMARY in labels and number > 1:
        labels[MINIKUBE_PRIMARY] = "false"
    return NodeSpec(
        name=first if number == 1 else later.format(number),
        cpu=str(make.cpu),
        memory=f"{make.memory}Gi",
        pods=make.pods,
        labels=labels,
        runtime=make.runtime,
        storage=make.storage,
        reserved=make.reserved,
        os_image=make.system[0],
        kernel=make.system[1],
    )
