"""Lifecycle hooks: postStart and preStop by exec, HTTP or sleep (pkg/kubelet/lifecycle/handlers.go)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.container.runtime import Runtime
from simulator.dialect import Dialect
from simulator.engine import Engine, Event, Process
from simulator.kubelet.klog import Klog, go_quoted
from simulator.kubelet.prober.network import Asker, Heard, Target
from simulator.kubelet.prober.results import Result
from simulator.kubelet.specs import formatted
from simulator.objects.handlers import LifecycleHandler
from simulator.objects.pod import Pod
from simulator.units import SECOND

INTERRUPTED = 137
"""Exit code of a command whose container was killed."""


class HookFailure(NamedTuple):
    """Why a hook failed: the error, and the longer message that becomes the container's reason."""

    error: str
    message: str


class HookRunner:
    """Runs one hook to its end."""

    def __init__(self, engine: Engine, runtime: Runtime, asker: Asker, dialect: Dialect, klog: Klog) -> None:
        self._engine = engine
        self._runtime = runtime
        self._asker = asker
        self._dialect = dialect
        self._klog = klog

    def run(self, pod: Pod, handler: LifecycleHandler, target: Target) -> Process[HookFailure | None]:
        """None when it went well. A hook that runs inside the container fails when the container ends before it."""
        if handler.sleep is not None:
            yield self._engine.sleep((handler.sleep.seconds or 0) * SECOND)
            return None
        if handler.exec is None and handler.http_get is None:
            return HookFailure("invalid handler", "Cannot run handler: handler is not supported")
        over: Event = self._engine.event()
        gone = Heard(Result.FAILURE, "", "")  # HOK-04
        self._runtime.when_exited(target.container_id, lambda: over.set(gone))
        self._engine.start(self._ask(handler, target)).then(over.set)
        heard: Heard = yield over
        if heard.result is Result.SUCCESS and not heard.error:
            return None
        return self._failure(pod, handler, target, heard, interrupted=heard is gone)

    def _ask(self, handler: LifecycleHandler, target: Target) -> Process[Heard]:
        if handler.exec is not None:
            return (yield from self._asker.exec(target, handler.exec.command, None))
        assert handler.http_get is not None
        answer = yield from self._asker.get(target, handler.http_get, None)
        # Any answer will do, whatever its status.
        return answer if isinstance(answer, Heard) else Heard(Result.SUCCESS, answer.text)  # HOK-05

    def _failure(self, pod: Pod, handler: LifecycleHandler, target: Target, heard: Heard, *, interrupted: bool) -> HookFailure:
        name = target.container.name
        if handler.exec is None:
            assert handler.http_get is not None
            error = heard.error or heard.output
            url = handler.http_get.path
            message = f'HTTP lifecycle hook ({url}) for Container "{name}" in Pod "{formatted(pod)}" failed - error: {error}'
            self._log("HTTP lifecycle hook for Container in Pod failed", error, path=url, containerName=name, pod=pod)
            return HookFailure(error, message)
        command = handler.exec.command
        code = INTERRUPTED if interrupted else heard.code
        error = heard.error or f"command '{' '.join(command)}' exited with {code}: "
        message = (
            f'Exec lifecycle hook ([{" ".join(command)}]) for Container "{name}" in Pod "{formatted(pod)}" failed'
            f" - error: {error}, message: {go_quoted(heard.output)}"
        )
        what = "Exec lifecycle hook for Container in Pod failed"
        self._log(what, error, execCommand=command, containerName=name, pod=pod, message=heard.output)
        return HookFailure(error, message)

    def _log(self, what: str, error: str, **values: object) -> None:
        if self._dialect.hook_failures_are_information:
            self._klog.info(what, **values, err=error)
        else:
            self._klog.error(what, error, **values)
