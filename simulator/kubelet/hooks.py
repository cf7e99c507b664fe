"""Lifecycle hooks: postStart and preStop by exec, HTTP or sleep (pkg/kubelet/lifecycle/handlers.go)."""

from __future__ import annotations

from simulator.container.runtime import Runtime
from simulator.engine import Engine, Event, Process
from simulator.kubelet.prober.network import Asker, Target
from simulator.kubelet.prober.results import Result
from simulator.objects.container import LifecycleHandler
from simulator.units import SECOND

HTTP_TIMEOUT = 30 * SECOND
"""How long the kubelet's lifecycle client waits for an answer."""


class HookRunner:
    """Runs one hook to its end."""

    def __init__(self, engine: Engine, runtime: Runtime, asker: Asker) -> None:
        self._engine = engine
        self._runtime = runtime
        self._asker = asker

    def run(self, handler: LifecycleHandler, target: Target) -> Process[str]:
        """An error, or an empty string. A hook that runs inside the container fails when the container ends before it."""
        if handler.sleep is not None:
            yield self._engine.sleep((handler.sleep.seconds or 0) * SECOND)
            return ""
        if handler.exec is None and handler.http_get is None:
            return f"invalid handler: {handler}"
        ended: Event = self._engine.event()
        self._runtime.when_exited(target.container_id, lambda: ended.set("the container ended before its hook did"))
        asked = self._engine.start(self._ask(handler, target))
        asked.then(ended.set)
        outcome: str = yield ended
        return outcome

    def _ask(self, handler: LifecycleHandler, target: Target) -> Process[str]:
        if handler.exec is not None:
            heard = yield from self._asker.exec(target, handler.exec.command, None)
            return heard.error or ("" if heard.result is Result.SUCCESS else f"command failed: {heard.output}")
        assert handler.http_get is not None
        heard = yield from self._asker.http(target, handler.http_get, HTTP_TIMEOUT)
        return heard.error or ("" if heard.result is Result.SUCCESS else heard.output)
