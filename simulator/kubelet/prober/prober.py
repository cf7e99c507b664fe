"""One run of a probe: tried, logged, reported (prober/prober.go)."""

from __future__ import annotations

from simulator.client.recorder import WARNING
from simulator.engine import Process
from simulator.journal.records import Fact
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.client import Attempt, ProbeClient, Target
from simulator.kubelet.prober.host import Subject
from simulator.kubelet.prober.results import Result, Results
from simulator.objects.kinds import key_of

MAX_TRIES = 3
"""maxProbeRetries: how many times a probe whose machinery failed is tried."""

CANCELLED = Attempt(Result.UNKNOWN, "", "rpc error: code = Canceled desc = context canceled")


class Prober:
    """Runs probes of one node's containers. Their results are published by the workers, which count them."""

    def __init__(self, node: NodeContext, client: ProbeClient, results: Results) -> None:
        self._node = node
        self._client = client
        self._results = results
        self._recorded: set[tuple[str, str]] = set()

    def probe(self, subject: Subject, target: Target, *, cancels_exec: bool = False) -> Process[Attempt | None]:
        """Probe a container; None when the probe's machinery failed. `cancels_exec`: commands are cancelled at once."""
        attempt = Attempt(Result.UNKNOWN, "", "missing probe handler")
        for _ in range(MAX_TRIES):
            attempt = CANCELLED if cancels_exec and subject.probe.exec else (yield from self._try(subject, target))  # PRB-25
            if not attempt.error:
                break
        self._report(subject, attempt)
        self._record(subject, target, attempt)
        return None if attempt.error else attempt

    def _try(self, subject: Subject, target: Target) -> Process[Attempt]:
        probe, timeout = subject.probe, subject.probe.timing.timeout
        if probe.exec is not None:
            return (yield from self._client.exec(target, probe.exec.command, timeout))
        if probe.http_get is not None:
            return (yield from self._client.http(target, probe.http_get, timeout))
        if probe.tcp_socket is not None:
            return (yield from self._client.tcp(target, probe.tcp_socket))
        if probe.grpc is not None:
            return (yield from self._client.grpc(target, probe.grpc, timeout))
        return Attempt(Result.UNKNOWN, "", "missing probe handler")

    def _report(self, subject: Subject, attempt: Attempt) -> None:
        """The log line and the event of an attempt that is worth them."""
        if attempt.error:  # PRB-14
            self._event(subject, self._node.dialect.say("probe.errored", probe=subject.type, error=attempt.error), "PRB-14")
            return
        if attempt.result is Result.FAILURE:  # PRB-20
            self._node.klog.info(
                "Probe failed",
                probeType=subject.type,
                pod=subject.pod,
                podUID=subject.pod.metadata.uid,
                containerName=subject.container.name,
                probeResult="failure",
                output=attempt.output,
            )
            self._event(subject, self._node.dialect.say("probe.failed", probe=subject.type, output=attempt.output), "PRB-20")
        if attempt.warns:
            message = self._node.dialect.say("probe.warning", probe=subject.type, output=attempt.output)
            self._event(subject, message, "PRB-18", reason="ProbeWarning")

    def _event(self, subject: Subject, message: str, rule: str, reason: str = "Unhealthy") -> None:
        self._node.recorder.event(subject.pod, WARNING, reason, message, rule, container=subject.container.name)

    def _record(self, subject: Subject, target: Target, attempt: Attempt) -> None:
        """Write a fact into the journal, unless the attempt is one more success."""
        known = self._results.get(subject.type, target.container_id)
        first = (target.container_id, subject.type) not in self._recorded
        self._recorded.add((target.container_id, subject.type))
        if first or attempt.result is not Result.SUCCESS or known is not Result.SUCCESS:
            data = {
                "container": subject.container.name,
                "probe": subject.type.lower(),
                "result": attempt.result.value,
                "output": attempt.error or attempt.output,
            }
            self._node.journal.append(Fact(self._node.engine.now, "probe", key_of(subject.pod), data))
