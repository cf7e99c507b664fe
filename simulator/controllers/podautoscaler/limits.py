"""How far and how fast replicas may change: stabilization windows and policies (pkg/controller/podautoscaler/horizontal.go). Pure."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from simulator.controllers.podautoscaler.spec import DOWN_WINDOW, Autoscaler, Behavior, Rules
from simulator.units import MINUTE

LONGEST = 60 * MINUTE
"""The longest window and more than the longest period that a spec may have."""
UP_FACTOR, UP_LEAST = 2, 4
"""Without a behavior, a step doubles the replicas, and to 4 at least."""


class History(NamedTuple):
    """What an autoscaler remembers: recommendations, and what was added and taken away, each with its instant."""

    recommended: tuple[tuple[int, int], ...] = ()
    added: tuple[tuple[int, int], ...] = ()
    removed: tuple[tuple[int, int], ...] = ()

    def recommending(self, t: int, replicas: int) -> History:
        """With one more recommendation."""
        return self._replace(recommended=(*_since(self.recommended, t - LONGEST), (t, replicas)))

    def scaled(self, t: int, before: int, after: int) -> History:
        """With one more change of the size."""
        if after > before:
            return self._replace(added=(*_since(self.added, t - LONGEST), (t, after - before)))
        return self._replace(removed=(*_since(self.removed, t - LONGEST), (t, before - after)))

    def at_begin(self, t: int, period: int, current: int) -> int:
        """The replicas at the beginning of a period that ends now."""
        added, removed = (sum(step for _, step in _since(steps, t - period)) for steps in (self.added, self.removed))
        return current - added + removed


def _since(entries: tuple[tuple[int, int], ...], t: int) -> tuple[tuple[int, int], ...]:
    """What came after an instant. The controller's period is a little longer than 15 s, so what came exactly then is too old."""
    return tuple(entry for entry in entries if entry[0] > t)


class Limited(NamedTuple):
    """The replicas within the limits: the recommendation after its window, and the two conditions' reason and message."""

    replicas: int
    able: tuple[str, str]
    is_limited: bool
    limit: tuple[str, str]


READY_TO_SCALE = ("ReadyForNewScale", "recommended size matches current size")
UP_STABILIZED = ("ScaleUpStabilized", "recent recommendations were lower than current one, applying the lowest recent recommendation")
DOWN_STABILIZED = ("ScaleDownStabilized", "recent recommendations were higher than current one, applying the highest recent recommendation")
WITHIN = ("DesiredWithinRange", "the desired count is within the acceptable range")
TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
TOO_FAST_UP = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
TOO_FAST_DOWN = ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate")


def limited(spec: Autoscaler, history: History, t: int, current: int, desired: int) -> Limited:
    """What remains of a recommendation; `history` is that before it."""
    if spec.behavior is None:
        steady = max([desired, *(replicas for _, replicas in _since(history.recommended, t - DOWN_WINDOW))])
        able = DOWN_STABILIZED
        replicas, limit = _by_default(spec, current, steady)
    else:
        steady = _stabilized(spec.behavior, history, t, current, desired)
        able = UP_STABILIZED if desired >= current else DOWN_STABILIZED
        replicas, limit = _by_policies(spec, history, t, current, steady)
    return Limited(replicas, READY_TO_SCALE if steady == desired else able, replicas != steady, limit)


def _by_default(spec: Autoscaler, current: int, steady: int) -> tuple[int, tuple[str, str]]:
    most = max(UP_FACTOR * current, UP_LEAST)
    highest, reason = (most, TOO_FAST_UP) if spec.high > most else (spec.high, TOO_MANY)
    if steady < spec.low:
        return spec.low, TOO_FEW
    return (highest, reason) if steady > highest else (steady, WITHIN)


def _stabilized(behavior: Behavior, history: History, t: int, current: int, desired: int) -> int:
    """The current size, moved into the range between the lowest recommendation of the one window and the highest of the other."""
    lowest = min([desired, *(replicas for _, replicas in _since(history.recommended, t - behavior.up.window))])
    highest = max([desired, *(replicas for _, replicas in _since(history.recommended, t - behavior.down.window))])
    return min(max(current, lowest), highest)


def _by_policies(spec: Autoscaler, history: History, t: int, current: int, steady: int) -> tuple[int, tuple[str, str]]:
    assert spec.behavior is not None, "asked for"
    if steady > current:
        most = max(current, _highest(spec.behavior.up, history, t, current))
        highest, reason = (most, TOO_FAST_UP) if spec.high > most else (spec.high, TOO_MANY)
        return (highest, reason) if steady > highest else (steady, WITHIN)
    if steady < current:
        least = min(current, _lowest(spec.behavior.down, history, t, current))
        lowest, reason = (least, TOO_FAST_DOWN) if spec.low < least else (spec.low, TOO_FEW)
        return (lowest, reason) if steady < lowest else (steady, WITHIN)
    return steady, WITHIN


def _highest(rules: Rules, history: History, t: int, current: int) -> int:
    """The most replicas that the policies allow now."""
    if rules.select == "Disabled" or not rules.policies:
        return current
    starts = [(policy, history.at_begin(t, policy.period, current)) for policy in rules.policies]
    allowed = [ceil(begin * (1 + policy.value / 100)) if policy.by_percent else begin + policy.value for policy, begin in starts]
    return min(allowed) if rules.select == "Min" else max(allowed)


def _lowest(rules: Rules, history: History, t: int, current: int) -> int:
    """The fewest replicas that the policies allow now."""
    if rules.select == "Disabled" or not rules.policies:
        return current
    starts = [(policy, history.at_begin(t, policy.period, current)) for policy in rules.policies]
    allowed = [int(begin * (1 - policy.value / 100)) if policy.by_percent else begin - policy.value for policy, begin in starts]
    return max(allowed) if rules.select == "Min" else min(allowed)
