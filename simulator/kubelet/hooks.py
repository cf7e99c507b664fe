"""Lifecycle hooks: postStart and preStop by exec, HTTP or sleep (pkg/kubelet/lifecycle/handlers.go)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.engine import Event, Process
from simulator.kubelet.klog import go_quoted
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.client import Attempt, ProbeClient, Target
from simulator.kubelet.prober.results import Result
from simulator.kubelet.specs import formatted
from simulator.objects.handlers import LifecycleHandler
from simulator.objects.pod import Pod
from simulator.objects.process import SIGKILL_EXIT
from simulator.units import SECOND

"""Exit code of a command whose container was killed."""


class HookFailure(NamedTuple):
    """Why a hook failed: the error, and the longer message that becomes the container's reason."""

    error: str
    message: str


class HookRunner:
    """Runs one hook to its end."""

    def __init__(self, node: NodeContext, client: ProbeClient) -> None:
        self._node = node
        self._client = client

    def run(self, pod: Pod, handler: LifecycleHandler, target: Target) -> Process[HookFailure | None]:
        """Run a hook; None when it succeeded. A hook that runs inside the container fails when the container ends before it."""
        if handler.sleep is not None:
            yield self._node.engine.sleep((handler.sleep.seconds or 0) * SECOND)
            return None
        if handler.exec is None and handler.http_get is None:
            return HookFailure("invalid handler", "Cannot run handler: handler is not supported")
        ended: Event = self._node.engine.event()
        interrupted = Attempt(Result.FAILURE, "", "", SIGKILL_EXIT)  # HOK-04
        self._node.runtime.when_exited(target.container_id, lambda: ended.set(interrupted))
        self._node.engine.start(self._call(handler, target)).then(ended.set)
        attempt: Attempt = yield ended
        if attempt.result is Result.SUCCESS and not attempt.error:
            return None
        return self._failure(pod, handler, target, attempt)

    def _call(self, handler: LifecycleHandler, target: Target) -> Process[Attempt]:
        if handler.exec is not None:
            return (yield from self._client.exec(target, handler.exec.command, None))
        assert handler.http_get is not None
        answer = yield from self._client.get(target, handler.http_get, None)
        # Any answer is a success, whatever its status.
        return answer if isinstance(answer, Attempt) else Attempt(Result.SUCCESS, answer.text)  # HOK-05

    def _failure(self, pod: Pod, handler: LifecycleHandler, target: Target, attempt: Attempt) -> HookFailure:
        name = target.container.name
        if handler.exec is None:
            assert handler.http_get is not None
            error = attempt.error or attempt.output
            url = handler.http_get.path
            message = f'HTTP lifecycle hook ({url}) for Container "{name}" in Pod "{formatted(pod)}" failed - error: {error}'
            self._log("HTTP lifecycle hook for Container in Pod failed", error, path=url, containerName=name, pod=pod)
            return HookFailure(error, message)
        command = handler.exec.command
        error = attempt.error or f"command '{' '.join(command)}' exited with {attempt.code}: "
        message = (
            f'Exec lifecycle hook ([{" ".join(command)}]) for Container "{name}" in Pod "{formatted(pod)}" failed'
            f" - error: {error}, message: {go_quoted(attempt.output)}"
        )
        what = "Exec lifecycle hook for Container in Pod failed"
        self._log(what, error, execCommand=command, containerName=name, pod=pod, message=attempt.output)
        return HookFailure(error, message)

    def _log(self, what: str, error: str, **values: object) -> None:
        if self._node.dialect.hook_failures_are_information:
            self._node.klog.info(what, **values, err=error)
        else:
            self._node.klog.error(what, error, **values)
