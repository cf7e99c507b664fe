"""Which init container comes next: the plain rules (up to 1.32, for pods without sidecars) and the rules for sidecars. Pure.

Here an init container with restart policy Always is a sidecar.
"""

from __future__ import annotations

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.dialect import Dialect
from simulator.kubelet.actions import Kill, PodActions, ProbeResults, Start
from simulator.kubelet.prober.results import Result
from simulator.kubelet.specs import definition, is_resized, resize_restarts, restart_rule
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import never_restarts, restarts_always


def _failed(record: ContainerRecord) -> bool:
    """Whether an init container has failed: out of memory it has, whatever its exit code (isInitContainerFailed)."""
    return record.state is State.EXITED and (record.exit_code != 0 or record.reason == "OOMKilled")  # INI-15


def _regular_is(pod: Pod, runtime: RuntimePod, *states: State) -> bool:
    newest = (runtime.newest(container.name) for container in pod.spec.containers)
    return any(record is not None and record.state in states for record in newest)


def was_initialized(pod: Pod, runtime: RuntimePod, *, knows_sidecars: bool) -> bool:
    """Whether all init containers were done before the sandbox was lost."""
    if knows_sidecars:
        return any(runtime.newest(container.name) for container in pod.spec.containers)
    return _next(pod, runtime)[1]


def _next(pod: Pod, runtime: RuntimePod) -> tuple[int | None, bool, bool]:
    """(index of the init container to start, all done, the newest one failed) (findNextInitContainerToRun)."""
    if not pod.spec.init_containers:
        return None, True, False
    # A running regular container proves it: init containers that were removed since must not run again.
    if _regular_is(pod, runtime, State.RUNNING):  # INI-01
        return None, True, False
    for index in reversed(range(len(pod.spec.init_containers))):
        newest = runtime.newest(pod.spec.init_containers[index].name)
        if newest is not None and _failed(newest):
            return index, False, True
    for index in reversed(range(len(pod.spec.init_containers))):
        newest = runtime.newest(pod.spec.init_containers[index].name)
        if newest is None:
            continue
        if newest.state is State.RUNNING:  # INI-03
            return None, False, False
        if newest.state is State.EXITED:
            last = index == len(pod.spec.init_containers) - 1  # INI-04
            return (None, True, False) if last else (index + 1, False, False)
    return 0, False, False


def plain(actions: PodActions, pod: Pod, runtime: RuntimePod, _results: ProbeResults, _dialect: Dialect) -> bool:
    """One init container after the other, each started once the one before exited with 0; whether all are done."""
    index, done, failed = _next(pod, runtime)
    if done:
        return True
    if failed and never_restarts(pod):  # INI-02
        actions.kill_pod, actions.pod_rule = True, "INI-02"
    elif index is not None:
        actions.init_to_start = [Start(index, "INI-02" if failed else "INI-04")]
    return False


def with_sidecars(actions: PodActions, pod: Pod, runtime: RuntimePod, results: ProbeResults, dialect: Dialect) -> bool:
    """Decide from the last init container back to the first (computeInitContainerActions); whether initialization is over.

    Finished init containers may have been removed, so the last one that left a trace shows how far the pod had come.
    """
    if not pod.spec.init_containers:
        return True
    initialized = previously = _regular_is(pod, runtime, State.CREATED, State.RUNNING)
    last = len(pod.spec.init_containers) - 1
    for index in range(last, -1, -1):
        container = pod.spec.init_containers[index]
        newest = runtime.newest(container.name)
        if newest is None:
            # It ran and was removed: a sidecar is needed again, a regular init container is not.
            if previously and restarts_always(container):  # INI-06
                actions.init_to_start.append(Start(index, "INI-06"))
            continue
        if previously and not restarts_always(container):
            continue
        if newest.state is State.CREATED:  # INI-07
            # The runtime created it, but the start failed.
            actions.init_to_start.append(Start(index, "INI-07"))
        elif not restarts_always(container) and _failed(newest) and not restart_rule(container, pod, newest.exit_code):  # INI-08
            actions.kill_pod, actions.pod_rule = True, "INI-08"
            actions.init_to_start = []
            return False
        elif newest.state is State.EXITED and (restarts_always(container) or _failed(newest)):  # INI-09
            rule = "INI-09" if restarts_always(container) else restart_rule(container, pod, newest.exit_code)
            actions.init_to_start.append(Start(index, rule))
        elif newest.state is State.EXITED or _sidecar_is_up(actions, container, index, newest, results, dialect):
            if index == last:
                initialized = True
            elif newest.state is State.EXITED or not previously:
                actions.init_to_start.append(Start(index + 1, "INI-04" if newest.state is State.EXITED else "INI-10"))
            if newest.state is State.RUNNING:
                _restart_outdated(actions, container, index, newest, results, dialect)
        previously = True
    if not previously:
        actions.init_to_start.append(Start(0, "INI-04"))
    actions.init_to_start.reverse()
    return initialized


def _sidecar_is_up(
    actions: PodActions, container: Container, index: int, newest: ContainerRecord, results: ProbeResults, dialect: Dialect
) -> bool:
    """Whether a running container is a sidecar that counts as initialized: at once, or once its startup probe has succeeded."""
    if not restarts_always(container):
        return False
    if container.startup_probe is None:  # INI-10
        return True
    startup = results.startup(newest.id)
    if startup is Result.FAILURE:  # INI-11
        actions.to_kill.append(Kill(newest, dialect.say("init.failed_startup", name=container.name), "INI-11", "startup"))
        actions.init_to_start.append(Start(index, "INI-11"))
    return startup is Result.SUCCESS


def _restart_outdated(
    actions: PodActions, container: Container, index: int, newest: ContainerRecord, results: ProbeResults, dialect: Dialect
) -> None:
    """A running sidecar is replaced when its definition changed or its liveness probe failed, or gets other resources."""
    if newest.hash != definition(container):  # INI-12
        kill = Kill(newest, dialect.say("init.definition_changed", name=container.name), "INI-12")
    elif results.liveness(newest.id) is Result.FAILURE:  # INI-13
        kill = Kill(newest, dialect.say("init.failed_liveness", name=container.name), "INI-13", "liveness")
    elif not is_resized(container, newest):
        return
    elif resize_restarts(container, newest):  # RSZ-10
        kill = Kill(newest, dialect.say("container.resize_restart", name=container.name), "RSZ-10")
    else:  # RSZ-09
        actions.to_resize.append((newest, container))
        return
    actions.to_kill.append(kill)
    actions.init_to_start.append(Start(index, kill.rule))
