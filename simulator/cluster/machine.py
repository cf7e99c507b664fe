"""One node's machine: it has a runtime and images, and runs one kubelet after the other."""

from __future__ import annotations

from collections.abc import Callable

from simulator.api import ApiServer
from simulator.api.names import uid
from simulator.container.images import ImageStore
from simulator.container.instance import Instance
from simulator.container.runtime import Runtime
from simulator.dialect import Dialect
from simulator.engine import Engine, Order
from simulator.kubelet.config import KubeletConfig
from simulator.kubelet.kubelet import Kubelet


class Machine:
    """A machine. Its kubelet runs from the beginning; None: none runs."""

    def __init__(
        self, engine: Engine, api: ApiServer, runtime: Runtime, images: ImageStore, dialect: Dialect, config: KubeletConfig
    ) -> None:
        self._engine = engine
        self._api = api
        self.runtime = runtime
        self._images = images
        self._dialect = dialect
        self._config = config
        self._ended: list[Instance] | None = None
        self.kubelet: Kubelet | None = self._kubelet(config)
        self.kubelet.start()

    @property
    def is_off(self) -> bool:
        """Whether nothing runs on it."""
        return self._ended is not None

    def _kubelet(self, config: KubeletConfig) -> Kubelet:
        return Kubelet(self._engine, self._api, self.runtime, self._images, self._dialect, config)

    def stop_kubelet(self) -> None:
        """Its process ends; the containers continue."""
        if self.kubelet is not None:
            self.kubelet.end()
            self.kubelet = None

    def start_kubelet(self) -> None:
        """Start a new process, which knows nothing of the one before."""
        if self.kubelet is None and not self.is_off:
            self.kubelet = self._kubelet(self._config._replace(started_at=self._engine.now))
            self.kubelet.start()

    def shut_down(self, done: Callable[[], object]) -> None:
        """Have the kubelet stop its pods, if it does that, then call `done`."""
        if self.kubelet is None or not self._config.shutdown_grace_period:
            done()
        else:
            self.kubelet.shut_down(lambda: self._engine.call_after(0, done, Order.WORLD))

    def switch_off(self) -> None:
        """The power fails: every process ends."""
        from simulator.container.outages import switch_off

        self.stop_kubelet()
        if self._ended is None:
            self._ended = switch_off(self.runtime)

    def switch_on(self, *, remembers: bool) -> None:
        """Boot again. `remembers`: the runtime still has its containers, which have ended."""
        from simulator.container.outages import switch_on

        if self._ended is None:
            return
        self.runtime.boot_id = uid(self._engine.streams.stream("boot", self.runtime.node))
        switch_on(self.runtime, self._ended, self._engine.now, remembers=remembers)
        self._ended = None
        self.start_kubelet()
