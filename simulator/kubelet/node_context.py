"""What all parts of one node's kubelet share."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api import ApiServer
from simulator.container.runtime import Runtime
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.journal import Journal
from simulator.kubelet.config import KubeletConfig
from simulator.kubelet.klog import Klog
from simulator.kubelet.recorder import PodRecorder


class NodeContext(NamedTuple):
    """The clock, the API server, the container runtime, the release's words and ways, the settings, the recorder and the log."""

    engine: Engine
    api: ApiServer
    runtime: Runtime
    dialect: Dialect
    config: KubeletConfig
    recorder: PodRecorder
    klog: Klog

    @property
    def name(self) -> str:
        """The name of the node."""
        return self.runtime.node

    @property
    def journal(self) -> Journal:
        """Where facts go."""
        return self.api.store.journal


def node_context(engine: Engine, api: ApiServer, runtime: Runtime, dialect: Dialect, config: KubeletConfig) -> NodeContext:
    """The context of the kubelet of `runtime`'s node, with a recorder and a log of its own."""
    recorder = PodRecorder(engine, api, runtime.node, spam_by_type=dialect.spam_filter_counts_by_type)
    klog = Klog(engine, api.store.journal, dialect, runtime.node)
    return NodeContext(engine, api, runtime, dialect, config, recorder, klog)
