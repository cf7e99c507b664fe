"""Whether a case agrees: one of the seeds with one of the takes, as the real kubelet flips coins too."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from simulator.journal import Journal
from tests.conformance import agreement, klog, series
from tests.conformance.agreement import Tolerance, Verdict
from tests.conformance.play import SEEDS, play, pod_key
from tests.conformance.traces import Case, Trace


class Judgement(NamedTuple):
    """The closest verdict on a case, and the families of log lines that differ in the agreeing run with the fewest of them."""

    verdict: Verdict
    log: dict[str, str] | None

    @property
    def agrees(self) -> bool:
        """Whether events and statuses agree."""
        return self.verdict.agrees


def runs(trace: Trace, release: str, seeds: range) -> Iterator[Journal]:
    """The journals of one take, seed after seed."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            yield play(trace, release, seed, Path(folder))


def verdicts(case: Case, trace: Trace, seeds: range) -> Iterator[tuple[Journal, Verdict]]:
    """Each seed's journal held against one take."""
    real = series.recorded(trace)
    for journal in runs(trace, case.release, seeds):
        yield journal, agreement.compare(real, series.simulated(journal, pod_key(trace)), trace["duration"])


def judge(case: Case, seeds: range = range(SEEDS), *, with_log: bool = False) -> Judgement:
    """Stop at the first seed that agrees; `with_log`: at the first whose log lines agree as well."""
    closest: Verdict | None = None
    best_log: dict[str, str] | None = None
    for trace in case.takes:
        log = klog.recorded(trace)
        tolerance = Tolerance(series.recorded(trace))
        for journal, verdict in verdicts(case, trace, seeds):
            if closest is None or len(verdict.differences) < len(closest.differences):
                closest = verdict
            if not verdict.agrees:
                continue
            if not with_log:
                return Judgement(verdict, None)
            differs = klog.disagreeing(log, klog.simulated(journal, pod_key(trace)), tolerance, trace["duration"], case.release)
            if best_log is None or len(differs) < len(best_log):
                best_log = differs
            if not differs:
                return Judgement(verdict, differs)
    assert closest is not None
    return Judgement(closest, best_log)
