"""What a pod needs next, decided from its spec and what the runtime has (computePodActions). Pure: no time, no effects."""

from __future__ import annotations

from typing import NamedTuple

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.dialect import Dialect
from simulator.kubelet import init_actions, restart_all
from simulator.kubelet.actions import Kill, PodActions, ProbeResults, Start
from simulator.kubelet.prober.results import Result
from simulator.kubelet.specs import definition, is_resized, resize_restarts, restart_rule
from simulator.objects.container import Container
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import never_restarts, restart_policy_of, sidecars


class SandboxNeed(NamedTuple):
    """Whether a new sandbox is needed, with which attempt, and whether there was one before; `why` is the text of the log line."""

    needed: bool
    attempt: int
    existed: bool
    why: str = ""
    rule: str = ""


def sandbox_need(pod: Pod, runtime: RuntimePod) -> SandboxNeed:
    """Whether the pod needs a first or a new sandbox (runtimeutil.PodSandboxChanged)."""
    if not runtime.sandboxes:  # SBX-01
        return SandboxNeed(True, 0, False, "No sandbox for pod can be found. Need to start a new one", "SBX-01")
    newest = runtime.sandboxes[0]
    if not newest.ready:  # SBX-02
        return SandboxNeed(True, newest.attempt + 1, True, "No ready sandbox for pod can be found. Need to start a new one", "SBX-02")
    # A sandbox without an address is useless, except for a pod that uses the host's network.
    if not pod.spec.host_network and not newest.ip:  # SBX-03
        return SandboxNeed(True, newest.attempt + 1, True, "Sandbox for pod has no IP address. Need to start a new one", "SBX-03")
    return SandboxNeed(False, newest.attempt, True)


def start_rule(container: Container, pod: Pod, runtime: RuntimePod) -> str:
    """The rule by which a container that does not run is started; empty when it is not (kubecontainer.ShouldContainerBeRestarted)."""
    # Nothing starts in a pod that is being deleted.
    if is_being_deleted(pod):  # RST-01
        return ""
    newest = runtime.newest(container.name)
    if newest is None:  # RST-15
        return "RST-15"
    if newest.state is State.RUNNING:
        return ""
    # Created, but never started: the start failed, so it is tried again.
    if newest.state is State.CREATED:  # RST-02
        return "RST-02"
    return restart_rule(container, pod, newest.exit_code)


def pod_actions(pod: Pod, runtime: RuntimePod, results: ProbeResults, dialect: Dialect, *, restarts_all: bool = False) -> PodActions:
    """Decide about the sandbox first, then about init containers, then about regular containers.

    `restarts_all`: all containers have to be removed first.
    """
    need = sandbox_need(pod, runtime)
    actions = PodActions(need.needed, need.needed, need.existed, need.attempt, need.rule)
    if restarts_all:  # RST-17
        actions.to_reset = restart_all.to_reset(pod, runtime)
        return actions
    knows_sidecars = dialect.init_rules_know_sidecars or bool(sidecars(pod.spec))  # INI-05
    if need.needed:
        _start_from_scratch(actions, pod, runtime, knows_sidecars=knows_sidecars)
        return actions
    for index, item in enumerate(pod.spec.ephemeral_containers):
        if runtime.newest(item["name"]) is None:  # EPH-01
            actions.ephemeral_to_start.append(Start(index, "EPH-01"))
    initialized = (init_actions.with_sidecars if knows_sidecars else init_actions.plain)(actions, pod, runtime, results, dialect)
    # While initialization is under way, or has failed for good, regular containers are not considered.
    if actions.kill_pod or not initialized:
        return actions
    kept = _regular_actions(actions, pod, runtime, results, dialect)
    if kept == 0 and not actions.to_start:  # RST-08
        # No work is left: sidecars must not keep the pod alive.
        actions.kill_pod, actions.pod_rule = True, "RST-08"
        actions.init_to_start = []
    return actions


def _start_from_scratch(actions: PodActions, pod: Pod, runtime: RuntimePod, *, knows_sidecars: bool) -> None:
    """What to start in a new sandbox."""
    # A new sandbox would restart containers, which a pod with restart policy Never must not do once they have run.
    if never_restarts(pod) and actions.attempt != 0 and runtime.containers:  # SBX-04
        actions.create_sandbox, actions.pod_rule = False, "SBX-04"
        return
    containers = enumerate(pod.spec.containers)
    to_start = [i for i, c in containers if not (restart_policy_of(pod, c) == "OnFailure" and _succeeded(c, runtime))]  # SBX-09
    # All work is done: stop what is left, start nothing. A sandbox for nothing would be killed by the next sync.
    if not to_start and init_actions.was_initialized(pod, runtime, knows_sidecars=knows_sidecars):  # SBX-05
        actions.create_sandbox, actions.pod_rule = False, "SBX-05"
        return
    if pod.spec.init_containers:
        actions.init_to_start = [Start(0, "SBX-06")]  # SBX-06
        return
    actions.to_start = [Start(index, "SBX-09") for index in to_start]


def _succeeded(container: Container, runtime: RuntimePod) -> bool:
    newest = runtime.newest(container.name)
    return newest is not None and newest.state is State.EXITED and newest.exit_code == 0


def _regular_actions(actions: PodActions, pod: Pod, runtime: RuntimePod, results: ProbeResults, dialect: Dialect) -> int:
    """Which regular containers to start and to kill; how many running ones are kept."""
    kept = 0
    for index, container in enumerate(pod.spec.containers):
        newest = runtime.newest(container.name)
        if newest is None or newest.state is not State.RUNNING:
            rule = start_rule(container, pod, runtime)
            if rule:
                actions.to_start.append(Start(index, rule))
            continue
        kill = _kill_of(container, newest, results, dialect)
        if kill is None:
            kept += 1
            if is_resized(container, newest):  # RSZ-09
                actions.to_resize.append((newest, container))
            continue
        # A changed definition is applied whatever the policy says. There is no exit code yet, so rules about exit codes don't apply.
        if kill.rule == "RST-05" or restart_policy_of(pod, container) != "Never":
            if kill.rule != "RSZ-10":
                kill = kill._replace(message=dialect.say("container.restart_suffix", message=kill.message))
            actions.to_start.append(Start(index, kill.rule))
        actions.to_kill.append(kill)
    return kept


def _kill_of(container: Container, record: ContainerRecord, results: ProbeResults, dialect: Dialect) -> Kill | None:
    """Why a running container must stop; None when it may go on running."""
    if record.hash != definition(container):  # RST-05
        return Kill(record, dialect.say("container.definition_changed", name=container.name), "RST-05")
    if results.liveness(record.id) is Result.FAILURE:  # RST-06
        return Kill(record, dialect.say("container.failed_liveness", name=container.name), "RST-06", "liveness")
    if results.startup(record.id) is Result.FAILURE:  # RST-07
        return Kill(record, dialect.say("container.failed_startup", name=container.name), "RST-07", "startup")
    if is_resized(container, record) and resize_restarts(container, record):  # RSZ-10
        return Kill(record, dialect.say("container.resize_restart", name=container.name), "RSZ-10")
    return None
