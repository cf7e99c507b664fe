"""Why the kubelet writes what it writes: the rule behind each event, and the revision of the pod that was seen."""

from __future__ import annotations

from simulator.client.recorder import Recorder
from simulator.journal.records import NO_CAUSE, Cause, Fact
from simulator.kubelet.specs import is_init
from simulator.objects.kinds import Object, key_of
from simulator.objects.pod import Pod

RULES_OF_EVENTS = {
    ("Normal", "BackOff"): "IMG-03",
    ("Warning", "BackOff"): "RST-09",
    ("Normal", "Pulled"): "IMG-02",
    ("Normal", "Pulling"): "IMG-02",
    ("Warning", "ErrImageNeverPull"): "IMG-02",
    ("Warning", "InspectFailed"): "IMG-01",
    ("Normal", "Created"): "RST-04",
    ("Normal", "Started"): "RST-04",
    ("Warning", "Failed"): "STA-05",
    ("Normal", "Killing"): "TRM-01",
    ("Warning", "Unhealthy"): "PRB-10",
    ("Normal", "SandboxChanged"): "SBX-02",
    ("Warning", "FailedCreatePodSandBox"): "SBX-08",
    ("Normal", "DeadlineExceeded"): "STA-09",
    ("Warning", "FailedMount"): "VOL-02",
    ("Warning", "FailedPostStartHook"): "HOK-01",
    ("Warning", "FailedPreStopHook"): "HOK-04",
}
"""By type and reason."""
INIT_ORDER = "INI-04"
"""The rule by which init containers are created and started."""


def cause(pod: Pod, rule: str) -> Cause:
    """The cause of a write about a pod."""
    return Cause(int(pod.metadata.resource_version or 0), rule)


class PodRecorder(Recorder):
    """A recorder whose events know the rule behind them, and that notes facts about pods."""

    def note(self, pod: Pod, what: str, rule: str, **data: object) -> None:
        """Something that happened in the kubelet and stands in no object."""
        self._api.store.journal.append(Fact(self._engine.now, what, key_of(pod), data, cause(pod, rule)))

    def event(self, about: Object, type_: str, reason: str, message: str, *, field_path: str = "", cause: Cause = NO_CAUSE) -> None:
        """Report that something happened to `about`."""
        rule = RULES_OF_EVENTS.get((type_, reason))
        if cause is NO_CAUSE and rule is not None and isinstance(about, Pod):
            name = field_path.partition("{")[2].rstrip("}")
            rule = INIT_ORDER if rule == "RST-04" and is_init(about, name) else rule
            cause = Cause(int(about.metadata.resource_version or 0), rule)
        super().event(about, type_, reason, message, field_path=field_path, cause=cause)
