"""The kubelet's own log says the same, in the same order, as the recorded ones: message and values, family by family."""

from __future__ import annotations

import pytest

from tests.conformance.judge import judge
from tests.conformance.klog import FAMILIES, family_of, masked
from tests.conformance.test_traces import UNEXPLAINED
from tests.conformance.traces import Case, all_cases


@pytest.mark.parametrize("case", [case for case in all_cases() if str(case) not in UNEXPLAINED], ids=str)
def test_the_log_of_an_agreeing_run_agrees(case: Case) -> None:
    assert judge(case, with_log=True).log == {}


def test_lines_are_distinguished_by_their_message() -> None:
    line = 'I1122 10:50:02.895060    1234 kubelet.go:2724] "SyncLoop ADD" source="api" pods=["default/web"]'
    assert family_of(line) == "SyncLoop ADD"
    assert family_of(line.replace("SyncLoop ADD", "Something else")) is None
    assert masked(line) == '"SyncLoop ADD" source="api" pods=["default/web"]'


def test_every_family_was_recorded() -> None:
    recorded = {family_of(line) for case in all_cases() for trace in case.takes for _, line in trace["klog"]}
    assert set(FAMILIES) - recorded == {"RemoveContainer"}
    assert all("removed" in trace for case in all_cases() for trace in case.takes)
