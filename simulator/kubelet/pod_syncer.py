"""The three syncs of a pod: running, terminating, terminated (Kubelet.SyncPod, SyncTerminatingPod, SyncTerminatedPod)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from simulator.client.recorder import WARNING
from simulator.container.catalogue import known
from simulator.container.status import RuntimePod
from simulator.engine import Event, Process
from simulator.kubelet import restart_all
from simulator.kubelet.action_runner import ActionRunner
from simulator.kubelet.actions import Kill, ProbeResults
from simulator.kubelet.api_sources import current_sources
from simulator.kubelet.config import SYNC_WORK
from simulator.kubelet.killer import Killer
from simulator.kubelet.mounts import PodPlace, published
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.pod_actions import pod_actions, sandbox_need
from simulator.kubelet.pod_states import Disruption
from simulator.kubelet.pod_status import disrupted_status
from simulator.kubelet.prober.manager import ProbeManager
from simulator.kubelet.status_manager import StatusManager
from simulator.kubelet.status_source import Generated, StatusSource
from simulator.kubelet.volumes import VolumeManager
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import container_named, is_terminal

if TYPE_CHECKING:
    from simulator.kubelet.resizes import Resizes

ENDED = "TRM-08"
"""The rule by which a pod that was deleted or has ended is stopped."""


class Outcome(NamedTuple):
    """How a sync ended.

    `ended_by`: the rule by which the pod has ended for good; empty when it has not. `errors`: empty when all went well.
    `back_off_until`: the first instant at which a back-off ends (nanoseconds). `acted`: whether anything was done. `cancelled`: the sync
    was cut short because the pod is to stop. `repeats`: the next sync does more than its last part even if nothing changes.
    `resized`: containers got other resources, so the pod is synced again when a relist has seen them.
    """

    ended_by: str = ""
    errors: tuple[str, ...] = ()
    back_off_until: int | None = None
    acted: bool = False
    cancelled: bool = False
    repeats: bool = False
    resized: bool = False

    @property
    def is_quiet(self) -> bool:
        """Whether the sync did nothing, and would do nothing again unless something changes."""
        return not (self.ended_by or self.errors or self.acted or self.cancelled or self.repeats)


class Stop(NamedTuple):
    """How a pod is stopped: by which rule, within how many seconds. A later, shorter period does not change a stop that is under way."""

    rule: str
    grace: int
    disruption: Disruption | None = None


class PodSyncer:
    """Syncs the pods of one node, each in one of three ways."""

    def __init__(
        self,
        node: NodeContext,
        statuses: StatusManager,
        probes: ProbeManager,
        source: StatusSource,
        killer: Killer,
        runner: ActionRunner,
    ) -> None:
        self._node = node
        self._statuses = statuses
        self._probes = probes
        self._results = ProbeResults(probes.results.liveness, probes.results.startup)
        self._source = source
        self._killer = killer
        self._runner = runner
        self.volumes = VolumeManager(node)
        self.resizes: Resizes | None = None

    def follow(self, resizes: Resizes) -> None:
        """From now on, pods are resized in place."""
        self.resizes = resizes
        self._source.resizes = resizes.conditions

    def sync_pod(self, pod: Pod, runtime: RuntimePod, cancelled: Event) -> Process[Outcome]:
        """Report, mount, probe, then do what the pod needs next."""
        if self.resizes is not None:
            pod = self.resizes.sync_begins(pod, runtime)
        generated = self._report(pod, runtime, terminal=False)  # STA-01
        if is_terminal(generated.status.phase):
            return Outcome(ended_by=generated.rule if generated.past_deadline else ENDED)
        problem = yield from self.volumes.wait_for_mounts(pod, current_sources(self._node), cancelled)
        if cancelled.is_set:
            return Outcome(cancelled=True)
        if problem:
            return Outcome(errors=(problem,), repeats=True)
        self._refresh_volumes(pod)
        lacks_secrets = self._look_up_pull_secrets(pod)
        restarts_all = self._node.dialect.restart_rules_may_restart_the_pod and restart_all.restarts_all(pod, runtime, generated.status)
        repeats = lacks_secrets or restarts_all or pod.spec.active_deadline_seconds is not None
        yield self._node.engine.sleep(SYNC_WORK)
        return (yield from self.finish_sync(pod, runtime, restarts_all=restarts_all, repeats=repeats))

    def finish_sync(self, pod: Pod, runtime: RuntimePod, *, restarts_all: bool, repeats: bool) -> Process[Outcome]:
        """Probe, then do what the pod needs next: the part of a sync that comes after its work (SYNC_WORK)."""
        self._probes.add_pod(pod)
        need = sandbox_need(pod, runtime)
        if need.needed:
            self._node.klog.info(need.why, pod=pod)
        actions = pod_actions(pod, runtime, self._results, self._node.dialect, restarts_all=restarts_all)
        problems = yield from self._runner.run(pod, runtime, actions)
        errors, repeats, resized = problems.errors, repeats or need.needed, bool(actions.to_resize)
        if resized and self.resizes is not None:
            error = yield from self.resizes.carry_out(pod, actions.to_resize)
            errors, resized = (*errors, error) if error else errors, not error
        return Outcome("", errors, problems.back_off_until, acted=actions.any, repeats=repeats, resized=resized)

    def sync_terminating_pod(self, pod: Pod, runtime: RuntimePod, stop: Stop) -> Process[Outcome]:
        """Report, stop probing, stop every container, report how they ended."""
        generated = self._report(pod, runtime, terminal=False)
        if stop.disruption is not None:
            self._statuses.set_pod_status(pod, disrupted_status(pod, generated.status, stop.disruption), stop.rule)
        # This report is written while containers may still run, even if none has to be stopped.
        self._statuses.write_now(pod.metadata.uid)  # STA-15
        self._probes.stop_liveness_and_startup(pod)  # PRB-17
        kills = [Kill(record, "", stop.rule) for record in runtime.running if container_named(pod, record.name) is not None]
        yield from self._killer.kill_pod(pod, kills, override=stop.grace)  # TRM-07
        self._probes.remove_pod(pod)
        self._report(pod, self._node.runtime.pod(pod.metadata.uid)._replace(last_ip=runtime.last_ip), terminal=True)
        return Outcome()

    def stop_runtime_pod(self, pod: Pod, stop: Stop) -> Process[None]:
        """Stop every container of a pod that the kubelet knows from the runtime only, without a report."""
        kills = [Kill(record, "", stop.rule) for record in self._node.runtime.pod(pod.metadata.uid).running]
        yield from self._killer.kill_pod(pod, kills, override=stop.grace)

    def sync_terminated_pod(self, pod: Pod, runtime: RuntimePod) -> Process[Outcome]:
        """The last report, then volumes are unmounted, then the pod is done."""
        self._report(pod, runtime, terminal=True)
        yield from self.volumes.wait_for_unmount(pod)
        self._statuses.terminate_pod(pod)
        return Outcome()

    def _report(self, pod: Pod, runtime: RuntimePod, *, terminal: bool) -> Generated:
        """Store the status of this instant. `terminal`: all containers have ended and none will be started."""
        generated = self._source.generate(pod, runtime, terminal=terminal)
        self._statuses.set_pod_status(pod, generated.status, generated.rule)
        return generated

    def _look_up_pull_secrets(self, pod: Pod) -> bool:
        """Report the image pull secrets that do not exist, and whether there are any. The images are pulled nevertheless."""
        sources, namespace = current_sources(self._node), pod.metadata.namespace
        names = [secret.name for secret in pod.spec.image_pull_secrets if secret.name]
        absent = [name for name in names if sources.secret(namespace, name) is None]
        if absent:  # IMG-05
            message = f"Unable to retrieve some image pull secrets ({', '.join(absent)}); attempting to pull the image may not succeed."
            self._node.recorder.event(pod, WARNING, "FailedToRetrieveImagePullSecret", message, "IMG-05")
            self._assume_public_images(pod, absent)
        return bool(absent)

    def _assume_public_images(self, pod: Pod, absent: list[str]) -> None:
        """Assume that images can be pulled without the secrets. Those of the catalogue are known to be public."""
        images = dict.fromkeys(container.image for container in (*pod.spec.init_containers, *pod.spec.containers))
        for image in images:
            if known(image) is None:
                text = f"can be pulled without the Secret {', '.join(absent)}"
                override = f"images: {{{json.dumps(image)}: {{failTimes: -1}}}}"
                self._node.runtime.assume(f"image {image}", text, "the image is not in the catalogue, so it may be private", override)

    def _refresh_volumes(self, pod: Pod) -> None:
        """Rewrite the volumes that the kubelet fills: config maps, secrets and fields of the pod may have changed."""
        runtime = self._node.runtime
        place = PodPlace(pod, self._node.name, runtime.pod(pod.metadata.uid).ip, current_sources(self._node))
        runtime.refresh_volumes(published(place))  # VOL-03
