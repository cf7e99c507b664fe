"""A Scenario as typed values: what manifests cannot express. Times in nanoseconds."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from simulator.container.program import Program, Sandbox
from simulator.dialect import DEFAULT
from simulator.engine.durations import Duration, Fixed
from simulator.manifest.files import Source
from simulator.network.traffic import Traffic
from simulator.units import HOUR, MILLISECOND, MINUTE, SECOND

DEFAULT_START = "2025-01-01T09:00:00Z"
RBAC, ALWAYS_ALLOW = "RBAC", "AlwaysAllow"
KUBECTL = "kubectl"
"""What sends manifests unless a Scenario's `apply` names another tool."""
AUTHORIZATIONS = (RBAC, ALWAYS_ALLOW)
"""How the API server decides what a container may do there (kube-apiserver --authorization-mode)."""


class NodeSpec(NamedTuple):
    """A node. `ip` and `pod_cidr` empty, `relist_phase` None: chosen by the cluster. `runtime`: containerd or docker. `arch`: amd64, arm64.

    `storage`: the size of its disk; `reserved`: the part of each resource that is not for pods.
    """

    name: str = "minikube"
    cpu: str = "4"
    memory: str = "8Gi"
    pods: int = 110
    labels: dict[str, str] = {}
    taints: tuple[dict[str, str], ...] = ()
    ip: str = ""
    pod_cidr: str = ""
    relist_phase: int | None = None
    runtime: str = "containerd"
    storage: str = "100Gi"
    reserved: dict[str, str] = {}
    os_image: str = "Ubuntu 22.04.5 LTS"
    kernel: str = "5.15.0"
    arch: str = "amd64"


class KubeletSpec(msgspec.Struct, frozen=True):
    """The configuration of all kubelets."""

    relist_phase: int = 211 * MILLISECOND
    relist_period: int = 1 * SECOND
    serialize_image_pulls: bool = True
    max_container_restart_period: int = 5 * MINUTE
    shutdown_grace_period: int = 0
    shutdown_grace_period_critical_pods: int = 0


class HostSpec(msgspec.Struct, frozen=True):
    """A host outside of the cluster (`name` is a glob): whether it resolves, whether it refuses connections, the delay of its answers."""

    name: str
    resolves: bool = True
    refuses: bool = False
    delay: int = 0


PROXY_MODES = ("iptables", "ipvs", "nftables")
"""The modes of kube-proxy, the default first."""


class NetworkSpec(msgspec.Struct, frozen=True):
    """How fast Services follow their endpoints, the described hosts outside of the cluster, and kube-proxy's mode."""

    endpoint_updates: int = 100 * MILLISECOND
    proxy_sync: int = 1 * SECOND
    hosts: tuple[HostSpec, ...] = ()
    proxy_mode: str = PROXY_MODES[0]


class PullSpec(msgspec.Struct, frozen=True):
    """The speed of pulls: the registry answers after `latency`, then bytes are transferred and unpacked, both in bytes per second.

    The defaults are assumptions; with them, an image of 50 MB takes 2 s. Pulls do not share bandwidth, and layers that images share are
    transferred with each image.
    """

    latency: int = 500 * MILLISECOND
    bandwidth: int = 50_000_000
    unpack: int = 100_000_000

    def takes(self, size: int) -> Duration:
        """The duration of a pull of that many compressed bytes, in whole milliseconds."""
        nanoseconds = self.latency + size * SECOND // self.bandwidth + size * SECOND // self.unpack
        return Fixed(nanoseconds // MILLISECOND * MILLISECOND)


class ImageSpec(msgspec.Struct, frozen=True):
    """An image of a Scenario. `size` None: that of the catalogue; `pull` None: from its size and the cluster's bandwidth.

    `user`: the user of its containers, a number or a name; empty: that of the catalogue. `like`: another image, or `scratch`, whose
    programs it has. `executables`: programs that it has beyond those, names or absolute paths. `architectures`: those it is built for;
    empty: all.
    """

    cached: bool = False
    size: int | None = None
    pull: Duration | None = None
    fail_times: int = 0
    error: str = ""
    user: str = ""
    like: str = ""
    executables: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()

    @property
    def describes_pulls(self) -> bool:
        """Whether it says anything of the image's size and pulls, or whether nodes have it."""
        return msgspec.structs.replace(self, user="", like="", executables=(), architectures=()) != ImageSpec()


class Match(msgspec.Struct, frozen=True):
    """The containers of a program. `pod`, `workload` (`deployment/web`), `container` and `image` are globs; empty: any."""

    pod: str = ""
    workload: str = ""
    container: str = ""
    image: str = ""
    namespace: str = ""


class ProgramRule(msgspec.Struct, frozen=True):
    """The program of matching containers, or the sandbox of matching pods. The first match wins, for each of the two.

    `interpret`: the containers' own command lines are interpreted, and the program's runs describe what podsim cannot interpret.
    """

    match: Match
    program: Program | None
    sandbox: Sandbox | None = None
    interpret: bool = False

    @property
    def states_use(self) -> bool:
        """Whether a run says how much CPU, memory or disk it uses."""
        return self.program is not None and any((run.cpu, run.memory, run.disk) != (None, None, None) for run in self.program.runs)


class PathRule(msgspec.Struct, frozen=True):
    """Paths of matching containers that `exist` from the start, or are `missing` until a process creates them; globs, in the container."""

    match: Match
    exist: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Action(NamedTuple):
    """An user action at `at`: a verb, its target as written, and its options, with their path and line in the file.

    `sources`: the texts of the files that it names, if they have been read; `when`: what it waits for from `at` on, empty for nothing.
    """

    at: int
    verb: str
    target: Any
    options: dict[str, Any]
    path: str
    line: int = 0
    sources: tuple[Source, ...] = ()
    when: dict[str, Any] = {}


class Expectation(NamedTuple):
    """An expectation: its kind, its subject (of `order`: pairs of subject and word), and its options.

    `text` is the whole expectation in one line; `file`, `path` and `line` are its place.
    """

    kind: str
    target: Any
    options: dict[str, Any]
    text: str
    file: str
    path: str
    line: int = 0

    @property
    def latest(self) -> int:
        """The last instant that it names; 0 without one."""
        return max((value for name, value in self.options.items() if name in ("at", "by", "from", "until")), default=0)


class Before(msgspec.Struct, frozen=True):
    """Manifests that were applied `since` nanoseconds before t=0, and run since."""

    manifests: tuple[str, ...] = ()
    since: int = 1 * MINUTE


class WebhookSpec(msgspec.Struct, frozen=True):
    """What an admission webhook answers: the message with which it denies (empty: it allows), and how long it takes (ns)."""

    denies: str = ""
    delay: int = 0


class Scenario(NamedTuple):
    """Everything about a run but its manifests. File names are relative to `folder`.

    `apply`: data of an `Apply`; `metrics`: data of a MetricsSpec, or None.
    """

    name: str = ""
    file: str = ""
    folder: str = "."
    kubernetes: str = DEFAULT
    kubectl: str = ""
    seed: int = 0
    start_time: str = DEFAULT_START
    duration: int | None = None
    namespace: str = ""
    manifests: tuple[str, ...] = ()
    before: Before = Before()
    apply: dict[str, Any] = {}
    nodes: tuple[NodeSpec, ...] = (NodeSpec(),)
    kubelet: KubeletSpec = KubeletSpec()
    network: NetworkSpec = NetworkSpec()
    storage_class: str = "standard"
    host_paths: dict[str, str] = {}
    csi_drivers: tuple[str, ...] = ()
    webhooks: dict[str, WebhookSpec] = {}
    authorization: str = RBAC
    event_ttl: int = 1 * HOUR
    sandbox: Sandbox = Sandbox()
    pulls: PullSpec = PullSpec()
    images: dict[str, ImageSpec] = {}
    programs: tuple[ProgramRule, ...] = ()
    paths: tuple[PathRule, ...] = ()
    actions: tuple[Action, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    metrics: dict[str, Any] | None = None
    expect: tuple[Expectation, ...] = ()

    @property
    def webhook_answers(self) -> dict[str, tuple[str, int]]:
        """By webhook: the message with which it denies (empty: it allows), and how long it takes (ns)."""
        return {name: (webhook.denies, webhook.delay) for name, webhook in self.webhooks.items()}

    @property
    def states_use(self) -> bool:
        """Whether a program says how much it uses, so that metrics-server and the kubelets' eviction have something to see."""
        return any(rule.states_use for rule in self.programs)
