"""A Scenario as typed values: what YAML manifests cannot say. Times in nanoseconds."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.container.program import Program, Sandbox
from simulator.dialect import DEFAULT
from simulator.engine.durations import Duration, Fixed
from simulator.manifest.files import Source
from simulator.network.traffic import Traffic
from simulator.units import MILLISECOND, MINUTE, SECOND

DEFAULT_START = "2025-01-01T09:00:00Z"


class NodeSpec(NamedTuple):
    """A node of the cluster. `ip`, `pod_cidr` empty and `relist_phase` None: given by the cluster; `runtime`: containerd or docker.

    `storage`: of its disk; `reserved`: what the node keeps of each resource for itself.
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


class KubeletSpec(NamedTuple):
    """How the kubelets are configured."""

    relist_phase: int = 211 * MILLISECOND
    relist_period: int = 1 * SECOND
    serialize_image_pulls: bool = True
    max_container_restart_period: int = 5 * MINUTE


class HostSpec(NamedTuple):
    """A host outside of the cluster (`name` is a glob): whether it resolves, whether it refuses, how long an answer takes."""

    name: str
    resolves: bool = True
    refuses: bool = False
    delay: int = 0


class NetworkSpec(NamedTuple):
    """How fast Services follow their endpoints."""

    endpoint_updates: int = 100 * MILLISECOND
    proxy_sync: int = 1 * SECOND
    hosts: tuple[HostSpec, ...] = ()


class PullSpec(NamedTuple):
    """How fast images come: the registry answers after `latency`, then bytes are transferred and unpacked, both in bytes in a second.

    The defaults are assumptions: they give the 2 s of an image of 50 MB. A pull has the line to itself, and layers that images share are
    transferred with each of them.
    """

    latency: int = 500 * MILLISECOND
    bandwidth: int = 50_000_000
    unpack: int = 100_000_000

    def takes(self, size: int) -> Duration:
        """How long an image of so many compressed bytes takes, to the millisecond."""
        nanoseconds = self.latency + size * SECOND // self.bandwidth + size * SECOND // self.unpack
        return Fixed(nanoseconds // MILLISECOND * MILLISECOND)


class ImageSpec(NamedTuple):
    """What a Scenario says of an image. `size` None: as the catalogue has it; `pull` None: as size and the cluster's bandwidth have it."""

    cached: bool = False
    size: int | None = None
    pull: Duration | None = None
    fail_times: int = 0
    error: str = ""


class Match(NamedTuple):
    """Which containers a program is for; `pod`, `workload` (`deployment/web`), `container` and `image` are globs, empty: any."""

    pod: str = ""
    workload: str = ""
    container: str = ""
    image: str = ""
    namespace: str = ""


class ProgramRule(NamedTuple):
    """What matching containers do, or how matching pods' sandboxes come up. First match wins, for each of the two.

    `interpret`: the containers' own command lines are interpreted, and the program's runs are what cannot be looked into.
    """

    match: Match
    program: Program | None
    sandbox: Sandbox | None = None
    interpret: bool = False


class Action(NamedTuple):
    """Something that is done to the cluster at `at`: a verb, its target as written, and its options; where that stands in the file.

    `sources`: the texts of the files that it names, when they have been read already.
    """

    at: int
    verb: str
    target: Any
    options: dict[str, Any]
    path: str
    line: int = 0
    sources: tuple[Source, ...] = ()


class Expectation(NamedTuple):
    """What must be true of a run: its kind, whom it is about (of `order`: pairs of subject and word), its options, typed.

    `text` is all of it in one line; `file`, `path` and `line` are where it stands.
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
        """The last instant that it asks about, as far as it names one."""
        return max((value for name, value in self.options.items() if name in ("at", "by", "from", "until")), default=0)


class Before(NamedTuple):
    """What was in the cluster before t=0: manifests that were applied `since` nanoseconds earlier, and have been played since."""

    manifests: tuple[str, ...] = ()
    since: int = 1 * MINUTE


class Scenario(NamedTuple):
    """Everything that stands beside the manifests. `folder` is what file names are relative to."""

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
    nodes: tuple[NodeSpec, ...] = (NodeSpec(),)
    kubelet: KubeletSpec = KubeletSpec()
    network: NetworkSpec = NetworkSpec()
    storage_class: str = "standard"
    sandbox: Sandbox = Sandbox()
    pulls: PullSpec = PullSpec()
    images: dict[str, ImageSpec] = {}
    programs: tuple[ProgramRule, ...] = ()
    actions: tuple[Action, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    expect: tuple[Expectation, ...] = ()
