"""When relists come."""

from __future__ import annotations

from itertools import pairwise

import pytest

from simulator.engine.streams import Streams
from simulator.kubelet.config import KubeletConfig
from simulator.kubelet.relist_times import STRAY_MAX, RelistTimes, curve, line
from simulator.units import MILLISECOND, SECOND


def times(phase: int, period: int, *, begin: int = 0, exact: bool = True) -> RelistTimes:
    return RelistTimes(Streams(0, exact=exact), KubeletConfig(relist_phase=phase, relist_period=period), "minikube", begin)


@pytest.mark.parametrize("period", [SECOND, 3 * SECOND // 2, SECOND // 2])
def test_a_period_that_was_not_fitted_stays(period: int) -> None:
    node_relists = times(200 * MILLISECOND, period)
    assert [node_relists.at(number + 1) - node_relists.at(number) for number in range(50)] == [period] * 50


@pytest.mark.parametrize("period", [992, 997, 1_003, 1_005, 1_008, 1_012, 1_020])
@pytest.mark.parametrize("loaded", [False, True])
def test_the_gaps_of_a_fitted_period_shrink_and_are_never_shorter_than_a_second(period: int, loaded: bool) -> None:
    instants = curve(line(0, period * MILLISECOND)[1], loaded=loaded)
    gaps = [after - before for before, after in pairwise(instants)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] >= SECOND


@pytest.mark.parametrize(("milliseconds", "relists"), [(1_016.5, 4), (1_011.4, 8), (1_008, 14)])
def test_a_long_period_is_that_of_a_line_through_the_first_relists(milliseconds: float, relists: int) -> None:
    period = round(milliseconds * MILLISECOND)
    instants = curve(period, loaded=False)[: relists + 1]
    strays = [instant - number * period for number, instant in enumerate(instants)]
    assert abs(sum(strays)) < MILLISECOND
    middle = relists / 2
    assert abs(sum((number - middle) * stray for number, stray in enumerate(strays))) < 10 * MILLISECOND


def test_a_period_below_a_second_was_fitted_to_too_few_relists_and_is_right_at_the_tenth() -> None:
    phase, period = line(300 * MILLISECOND, 997 * MILLISECOND)
    assert period > SECOND
    assert phase + 10 * period == 300 * MILLISECOND + 10 * 997 * MILLISECOND


@pytest.mark.parametrize("period", [997 * MILLISECOND, SECOND, 1_006 * MILLISECOND, 1_012 * MILLISECOND])
@pytest.mark.parametrize("begin", [0, -7 * SECOND])
def test_the_last_relist_is_the_latest_at_or_before_an_instant(period: int, begin: int) -> None:
    node_relists = times(211 * MILLISECOND, period, begin=begin, exact=False)
    for t in range(begin, 400 * SECOND, 777 * MILLISECOND):
        last = node_relists.last(t)
        assert node_relists.at(last) <= t < node_relists.at(last + 1)
    assert node_relists.last(begin - 1) == -1


def test_no_relist_strays_further_than_its_limit() -> None:
    node_relists = times(500 * MILLISECOND, SECOND, exact=False)
    assert all(abs(node_relists.at(number) - number * SECOND - 500 * MILLISECOND) <= STRAY_MAX for number in range(200))


def test_a_day_of_relists_keeps_no_generators_and_few_instants() -> None:
    streams = Streams(0)
    node_relists = RelistTimes(streams, KubeletConfig(relist_phase=0, relist_period=SECOND), "minikube", 0)
    asked = [node_relists.at(number) for number in range(1_000)]
    assert streams.kept == 1  # "relists loaded", asked once for each node
    assert [node_relists.at(number) for number in range(1_000)] == asked
