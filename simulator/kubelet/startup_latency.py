"""How long pods took to start, as the kubelet logs it once for each (pkg/kubelet/util/pod_startup_latency_tracker.go)."""

from __future__ import annotations

from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.kubelet.klog import Klog
from simulator.objects.pod import Pod
from simulator.units import SECOND, format_duration, format_time, parse_time

NEVER = "0001-01-01 00:00:00 +0000 UTC"


class StartupLatency:
    """Notices the first time the API shows all containers of a pod running."""

    def __init__(self, engine: Engine, dialect: Dialect, klog: Klog) -> None:
        self._engine = engine
        self._dialect = dialect
        self._klog = klog
        self._seen: dict[str, bool] = {}

    def added(self, pod: Pod) -> None:
        """A pod was bound to this node. Only pods that have not started yet are timed."""
        if not pod.status.start_time:
            self._seen[pod.metadata.uid] = False

    def observed(self, pod: Pod) -> None:
        """The API has a new version of the pod."""
        uid = pod.metadata.uid
        if self._seen.get(uid) is not False:
            return
        if pod.status.phase in ("Succeeded", "Failed"):
            del self._seen[uid]
            return
        running = [status.state.running for status in pod.status.container_statuses]
        if not running or not all(running):
            return
        self._seen[uid] = True
        self._log(pod)

    def _log(self, pod: Pod) -> None:
        created = parse_time(pod.metadata.creation_timestamp or self._engine.timestamp())
        took = self._engine.wall - created
        pulls: dict[str, object] = {"firstStartedPulling": NEVER, "lastFinishedPulling": NEVER}
        before: dict[str, object] = {}
        if self._dialect.startup_log_tells_of_pulls:
            owners = pod.metadata.owner_references
            before = {
                "totalImagesPullingTime": "0s",
                "totalInitContainerRuntime": "0s",
                "isStatefulPod": any(owner.kind == "StatefulSet" for owner in owners),
            }
            pulls = {"imagePullSessionsCount": 0, "imagePullSessionsStartsCount": 0}
        now = f"{_go_time(self._engine.wall)} m=+{self._engine.now / SECOND:.9f}"
        self._klog.info(
            "Observed pod startup duration",
            pod=pod,
            podStartSLOduration=took / SECOND,
            podStartE2EDuration=format_duration(took),
            **before,
            podCreationTimestamp=_go_time(created),
            **pulls,
            observedRunningTime=now,
            watchObservedRunningTime=now,
        )


def _go_time(wall: int) -> str:
    """A time as Go's default format prints it."""
    fraction = f".{wall % SECOND:09d}".rstrip("0") if wall % SECOND else ""
    return f"{format_time(wall)[:-1].replace('T', ' ')}{fraction} +0000 UTC"
