"""Every recorded case agrees, for the release it was recorded with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.judge import judge
from tests.conformance.traces import Case, all_cases

PAGE = Path(__file__).parents[2] / "docs" / "fidelity.md"
UNEXPLAINED = {
    "1.32/ready-after-restart": (
        "the first take was probed in the millisecond in which its container was killed (connection reset by peer); in the second, "
        "a status that a sync had made before overwrote the fresh readiness"
    ),
}
"""Cases that do not agree, and why."""


@pytest.mark.parametrize("case", [case for case in all_cases() if str(case) not in UNEXPLAINED], ids=str)
def test_a_simulated_pod_agrees_with_the_recorded_one(case: Case) -> None:
    verdict = judge(case).verdict
    assert verdict.agrees, "\n".join(difference.text for difference in verdict.differences[:5])


@pytest.mark.parametrize("case", [case for case in all_cases() if str(case) in UNEXPLAINED], ids=str)
def test_what_does_not_agree_is_known(case: Case) -> None:
    assert not judge(case).agrees, f"agrees now, take it off the list: {UNEXPLAINED[str(case)]}"


def test_the_recordings_cover_four_releases() -> None:
    assert {case.release for case in all_cases()} == {"1.30", "1.32", "1.34", "1.36"}
    assert len(all_cases()) == 420


def test_the_page_about_fidelity_says_so() -> None:
    text = PAGE.read_text()
    assert f"**{len(all_cases()) - len(UNEXPLAINED)} of {len(all_cases())} agree**" in text
    assert all(f"`{name}`" in text for name in UNEXPLAINED)
