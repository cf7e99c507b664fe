"""How long each pod took to start, as the kubelet logs it once (pkg/kubelet/util/pod_startup_latency_tracker.go)."""

from __future__ import annotations

import msgspec

from simulator.kubelet.node_context import NodeContext
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended
from simulator.units import SECOND, format_duration, format_time, parse_time

NEVER = "0001-01-01 00:00:00 +0000 UTC"


class _Start(msgspec.Struct):
    """One pod's start. Instants in nanoseconds."""

    pulls: list[tuple[int, int]] = msgspec.field(default_factory=list)
    pulling: list[int] = msgspec.field(default_factory=list)
    init_began: int | None = None
    init_total: int = 0
    logged: bool = False


class StartupLatency:
    """Logs the first time the API shows all containers of a pod running."""

    def __init__(self, node: NodeContext) -> None:
        self._engine = node.engine
        self._dialect = node.dialect
        self._klog = node.klog
        self._starts: dict[str, _Start] = {}

    def added(self, pod: Pod) -> None:
        """A pod was bound to this node. Only pods that have not started yet are timed."""
        if not pod.status.start_time:
            self._starts[pod.metadata.uid] = _Start()

    def removed(self, uid: str) -> None:
        """The pod has left the API."""
        self._starts.pop(uid, None)

    def pull_began(self, uid: str) -> None:
        """An image is pulled for the pod."""
        if uid in self._starts:
            self._starts[uid].pulling.append(self._engine.now)

    def pull_ended(self, uid: str) -> None:
        """The oldest pull of the pod has ended."""
        start = self._starts.get(uid)
        if start is not None and start.pulling:
            start.pulls.append((start.pulling.pop(0), self._engine.now))

    def init_began(self, uid: str) -> None:
        """A regular init container was started."""
        if uid in self._starts:
            self._starts[uid].init_began = self._engine.now

    def init_ended(self, uid: str, finished_at: int) -> None:
        """A sync saw an init container that had ended. Of several in a row, only the last one's time is known, as in the kubelet."""
        start = self._starts.get(uid)
        if start is not None and start.init_began is not None:
            start.init_total += max(finished_at - start.init_began, 0)
            start.init_began = None

    def observed(self, pod: Pod) -> None:
        """The API has a new version of the pod."""
        uid = pod.metadata.uid
        start = self._starts.get(uid)
        if start is None or start.logged:
            return
        if has_ended(pod):
            del self._starts[uid]
            return
        running = [status.state.running for status in pod.status.container_statuses]
        if running and all(running):
            start.logged = True
            self._log(pod, start)

    def _log(self, pod: Pod, start: _Start) -> None:
        created = parse_time(pod.metadata.creation_timestamp or self._engine.timestamp())
        took = self._engine.wall - created
        now = self._go_time(self._engine.now)
        rest: dict[str, object] = {"podCreationTimestamp": _go_wall(created)}
        if self._dialect.startup_log_tells_of_pulls:
            pulling = _covered(start.pulls)
            started = took - pulling - start.init_total
            sums: dict[str, object] = {
                "totalImagesPullingTime": format_duration(pulling),
                "totalInitContainerRuntime": format_duration(start.init_total),
                "isStatefulPod": is_stateful(pod),
            }
            rest = {**sums, **rest, "imagePullSessionsCount": len(start.pulls), "imagePullSessionsStartsCount": len(start.pulling)}
        else:
            first = min((begin for begin, _ in start.pulls), default=None)
            last = max((end for _, end in start.pulls), default=None)
            started = took - ((last or 0) - (first or 0))
            rest |= {"firstStartedPulling": self._go_time(first), "lastFinishedPulling": self._go_time(last)}
        self._klog.info(
            "Observed pod startup duration",
            pod=pod,
            podStartSLOduration=started / SECOND,
            podStartE2EDuration=format_duration(took),
            **rest,
            observedRunningTime=now,
            watchObservedRunningTime=now,
        )

    def _go_time(self, t: int | None) -> str:
        """An instant as Go prints a time from its clock, with the monotonic part."""
        return NEVER if t is None else f"{_go_wall(self._engine.epoch + t)} m=+{t / SECOND:.9f}"


def is_stateful(pod: Pod) -> bool:
    """Whether the pod mounts more than what the API itself provides."""
    return any(
        not (volume.secret or volume.config_map or volume.downward_api or volume.empty_dir is not None or volume.projected)
        for volume in pod.spec.volumes
    )


def _covered(sessions: list[tuple[int, int]]) -> int:
    """How much time at least one of the sessions took."""
    total, until = 0, 0
    for begin, end in sorted(sessions):
        total += max(end - max(begin, until), 0)
        until = max(until, end)
    return total


def _go_wall(wall: int) -> str:
    """A time as Go's default format prints it."""
    fraction = f".{wall % SECOND:09d}".rstrip("0") if wall % SECOND else ""
    return f"{format_time(wall)[:-1].replace('T', ' ')}{fraction} +0000 UTC"
