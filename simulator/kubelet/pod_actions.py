"""What a pod needs next, decided from its spec and what the runtime has (computePodActions). Pure: no time, no effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.dialect import Dialect
from simulator.kubelet.prober.results import Result
from simulator.kubelet.specs import definition, has_sidecars, policy_of, restarts, restarts_on_failure
from simulator.objects.container import Container
from simulator.objects.pod import Pod


class Kill(NamedTuple):
    """A running container to stop: what its event says, and which probe (`liveness`, `startup`) is the reason, if one is."""

    record: ContainerRecord
    message: str
    probe: str = ""


@dataclass
class PodActions:
    """The decision. Indexes point into the spec's lists; `attempt` is that of a new sandbox."""

    kill_pod: bool = False
    create_sandbox: bool = False
    sandbox_existed: bool = False
    attempt: int = 0
    init_to_start: list[int] = field(default_factory=list)
    to_start: list[int] = field(default_factory=list)
    to_kill: list[Kill] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.kill_pod or self.create_sandbox or self.init_to_start or self.to_start or self.to_kill)


class ProbeResults(NamedTuple):
    """Where the latest probe results are looked up, by container id; None: no result yet."""

    liveness: Callable[[str], Result | None]
    startup: Callable[[str], Result | None]


class SandboxNeed(NamedTuple):
    """Whether a new sandbox is needed, with which attempt, and whether there was one before."""

    needed: bool
    attempt: int
    existed: bool
    why: str = ""


def sandbox_need(pod: Pod, runtime: RuntimePod) -> SandboxNeed:
    """Whether the pod's sandbox has to be made (again) (runtimeutil.PodSandboxChanged)."""
    if not runtime.sandboxes:  # SBX-01
        return SandboxNeed(True, 0, False, "No sandbox for pod can be found. Need to start a new one")
    newest = runtime.sandboxes[0]
    if not newest.ready:  # SBX-02
        return SandboxNeed(True, newest.attempt + 1, True, "No ready sandbox for pod can be found. Need to start a new one")
    # A sandbox without an address is of no use, except to a pod that lives in the host's network.
    if not pod.spec.host_network and not newest.ip:  # SBX-03
        return SandboxNeed(True, newest.attempt + 1, True, "Sandbox for pod has no IP address. Need to start a new one")
    return SandboxNeed(False, newest.attempt, True)


def should_restart(container: Container, pod: Pod, runtime: RuntimePod) -> bool:
    """Whether a container that does not run should be started (kubecontainer.ShouldContainerBeRestarted)."""
    # Nothing starts in a pod that is going away.
    if pod.metadata.deletion_timestamp is not None:  # RST-01
        return False
    newest = runtime.newest(container.name)
    if newest is None:
        return True
    if newest.state is State.RUNNING:
        return False
    # Created, but never started: the start failed, so it is tried again.
    if newest.state is State.CREATED:  # RST-02
        return True
    return restarts(container, pod, newest.exit_code)


def pod_actions(pod: Pod, runtime: RuntimePod, results: ProbeResults, dialect: Dialect) -> PodActions:
    """Sandbox first, then init containers, then regular containers."""
    from simulator.kubelet import init_actions

    need = sandbox_need(pod, runtime)
    actions = PodActions(kill_pod=need.needed, create_sandbox=need.needed, sandbox_existed=need.existed, attempt=need.attempt)
    knows_sidecars = dialect.init_rules_know_sidecars or has_sidecars(pod)  # INI-05
    if need.needed:
        _start_from_scratch(actions, pod, runtime, knows_sidecars=knows_sidecars)
        return actions
    initialized = (init_actions.with_sidecars if knows_sidecars else init_actions.plain)(actions, pod, runtime, results, dialect)
    # While initialization is under way, or has failed for good, regular containers are not looked at.
    if actions.kill_pod or not initialized:
        return actions
    kept = _regular_actions(actions, pod, runtime, results, dialect)
    if kept == 0 and not actions.to_start:  # RST-08
        # Nothing left to run: sidecars must not keep the pod alive.
        actions.kill_pod = True
        actions.init_to_start = []
    return actions


def _start_from_scratch(actions: PodActions, pod: Pod, runtime: RuntimePod, *, knows_sidecars: bool) -> None:
    """What a new sandbox begins with."""
    from simulator.kubelet import init_actions

    # Once its containers ran, a pod that never restarts gets no second sandbox.
    if not restarts_on_failure(pod) and actions.attempt != 0 and runtime.containers:  # SBX-04
        actions.create_sandbox = False
        return
    to_start = [i for i, c in enumerate(pod.spec.containers) if not (policy_of(c, pod) == "OnFailure" and _succeeded(c, runtime))]
    # All work is done: stop what is left, start nothing.
    if not to_start and init_actions.was_initialized(pod, runtime, knows_sidecars=knows_sidecars):  # SBX-05
        actions.create_sandbox = False
        return
    if pod.spec.init_containers:
        actions.init_to_start = [0]  # SBX-06
        return
    actions.to_start = to_start


def _succeeded(container: Container, runtime: RuntimePod) -> bool:
    newest = runtime.newest(container.name)
    return newest is not None and newest.state is State.EXITED and newest.exit_code == 0


def _regular_actions(actions: PodActions, pod: Pod, runtime: RuntimePod, results: ProbeResults, dialect: Dialect) -> int:
    """Which regular containers to start and to kill; how many running ones are kept."""
    kept = 0
    for index, container in enumerate(pod.spec.containers):
        newest = runtime.newest(container.name)
        if newest is None or newest.state is not State.RUNNING:
            if should_restart(container, pod, runtime):
                actions.to_start.append(index)
            continue
        # No exit code yet: rules about it do not count.
        restart = policy_of(container, pod) != "Never"
        if newest.hash != definition(container):  # RST-05
            # A changed definition is applied whatever the restart policy says.
            message, probe, restart = dialect.say("container.definition_changed", name=container.name), "", True
        elif results.liveness(newest.id) is Result.FAILURE:  # RST-06
            message, probe = dialect.say("container.failed_liveness", name=container.name), "liveness"
        elif results.startup(newest.id) is Result.FAILURE:  # RST-07
            message, probe = dialect.say("container.failed_startup", name=container.name), "startup"
        else:
            kept += 1
            continue
        if restart:
            message = dialect.say("container.restart_suffix", message=message)
            actions.to_start.append(index)
        actions.to_kill.append(Kill(newest, message, probe))
    return kept
