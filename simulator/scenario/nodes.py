"""Node objects, as a kubelet registers them."""

from __future__ import annotations

import random
from decimal import Decimal

from simulator.api.names import uid
from simulator.dialect import Dialect
from simulator.manifest.quantities import parse, show
from simulator.objects.labels import BETA_ARCH, BETA_OS, CONTROLLER_MANAGED_ATTACH, HOSTNAME, NODE_ARCH, NODE_OS, NODE_TTL
from simulator.objects.meta import ObjectMeta
from simulator.objects.node import Node, NodeAddress, NodeCondition, NodeSpec, NodeStatus, NodeSystemInfo, Taint
from simulator.scenario import spec as scenario_spec

FIRST_HOST = 2
RUNTIMES = {"containerd": "containerd://2.0.0", "docker": "docker://27.2.0"}
CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)
ANNOTATIONS = {NODE_TTL: "0", CONTROLLER_MANAGED_ATTACH: "true"}
"""What every node has: of the controller that says how long Secrets may be kept, and of its kubelet."""


def node_object(index: int, spec: scenario_spec.NodeSpec, dialect: Dialect, since: str, chance: random.Random) -> Node:
    """The Node of a Scenario's node; `index` decides its address and pod network, `since` is when its conditions came about.

    The ids of the machine are drawn by `chance`.
    """
    amounts = {"cpu": spec.cpu, "ephemeral-storage": spec.storage, "memory": spec.memory, "pods": str(spec.pods)}
    machine, boot = uid(chance), uid(chance)
    labels = {
        BETA_ARCH: spec.arch,
        BETA_OS: "linux",
        NODE_ARCH: spec.arch,
        HOSTNAME: spec.name,
        NODE_OS: "linux",
        **spec.labels,
    }
    release = dialect.release
    version = f"v{release.major}.{release.minor}.{release.patch if release.patch < 1000 else 0}"
    cidr = spec.pod_cidr or f"10.244.{index}.0/24"
    return Node(
        metadata=ObjectMeta(name=spec.name, labels=labels, annotations=dict(ANNOTATIONS)),
        spec=NodeSpec(
            pod_cidr=cidr,
            pod_cidrs=[cidr],
            taints=[Taint(key=t.get("key", ""), value=t.get("value", ""), effect=t.get("effect", "NoSchedule")) for t in spec.taints],
        ),
        status=NodeStatus(
            addresses=[
                NodeAddress(type="InternalIP", address=spec.ip or f"192.168.49.{FIRST_HOST + index}"),
                NodeAddress(type="Hostname", address=spec.name),
            ],
            allocatable={name: _left(amount, spec.reserved.get(name, "0")) for name, amount in amounts.items()},
            capacity=amounts,
            conditions=[
                NodeCondition(
                    type=kind, status=status, reason=reason, message=message, last_heartbeat_time=since, last_transition_time=since
                )
                for kind, status, reason, message in CONDITIONS
            ],
            node_info=NodeSystemInfo(
                architecture=spec.arch,
                container_runtime_version=RUNTIMES[spec.runtime],
                kubelet_version=version,
                kube_proxy_version=version,
                operating_system="linux",
                os_image=spec.os_image,
                kernel_version=spec.kernel,
                machine_id=machine.replace("-", ""),
                system_uuid=machine,
                boot_id=boot,
            ),
        ),
    )


def _left(amount: str, kept: str) -> str:
    """What of an amount is left for pods, written as the amount is."""
    value, form = parse(amount)
    return show(max(value - parse(kept)[0], Decimal()), form)
