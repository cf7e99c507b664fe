"""Reads what containers use, for metrics-server."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.api.metrics import CPU
from simulator.container.runtime import Runtime
from simulator.controllers.podautoscaler.metrics_server import Reading
from simulator.objects.pod import Pod
from simulator.scenario.inference import Inference
from simulator.scenario.programs import ProgramTable
from simulator.scenario.write import flow

PAGE = 4096
"""Memory is counted in pages."""


class ContainerMeter:
    """The containers of all nodes. `is_described`: the Scenario says what metrics are, so that nothing is assumed."""

    def __init__(self, runtimes: Mapping[str, Runtime], table: ProgramTable, inference: Inference, *, is_described: bool) -> None:
        self._runtimes = runtimes
        self._table = table
        self._inference = inference
        self._is_described = is_described

    def readings(self, pod: Pod, t: int) -> dict[str, Reading]:
        """The containers of a pod that run now and ran at `t`."""
        runtime = self._runtimes.get(pod.spec.node_name)
        readings = {}
        for record in [] if runtime is None else runtime.pod(pod.metadata.uid).running:
            behavior = runtime.behavior(record.id) if runtime is not None else None
            if behavior is None or record.started_at is None or record.started_at > t:
                continue
            age = 0 if behavior.origin is None else max(0, t - behavior.origin)
            cpu, memory = behavior.cpu, behavior.memory
            readings[record.name] = Reading(
                record.started_at,
                None if cpu is None else cpu.total(age, t),
                None if memory is None else memory.at(age, t) // PAGE * PAGE,
                None if cpu is None else cpu.at(age, t),
            )
        return readings

    def unknown(self, pod: Pod, container: str, resource: str) -> None:
        """Record that a container's use is assumed."""
        if not self._is_described:
            workload = self._table.workload_of(pod)
            amount, name = ("1m", "CPU") if resource == CPU else ("20Mi", resource)
            pods = pod.metadata.name if workload.startswith("pod/") else f"{workload.partition('/')[2]}-*"
            override = f"metrics: {flow({'usage': [{'pod': pods, 'container': container, 'cpu': '1m', 'memory': '20Mi'}]})}"
            self._inference.note(
                f"{workload} {container}", f"uses {amount} of {name}", "an autoscaler reads it, and no program states it", override
            )

    def no_metric(self, metric: str) -> None:
        """Record that a metric from elsewhere is not described."""
        override = f"metrics: {flow({'values': [{'metric': metric, 'value': 1}]})}"
        self._inference.note(f"metric {metric}", "is not served", "no metrics adapter is described", override)
