"""Reads inputs, works out budgets, and asks every rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simulator.advice.app import App
from simulator.advice.finding import ERROR, SEVERITIES, Finding, Rule
from simulator.advice.rules import RULES
from simulator.advice.tell import Budget, budgets
from simulator.advice.trial import Pairs
from simulator.whatif.base import Base


class Advice(NamedTuple):
    """Budgets of all containers, and what is wrong, the worst first."""

    app: App
    budgets: tuple[Budget, ...]
    findings: tuple[Finding, ...]

    @property
    def is_bad(self) -> bool:
        """Whether there is a finding of the highest severity."""
        return any(finding.severity == ERROR for finding in self.findings)


def advise(base: Base, given: Pairs = (), options: str = "", rules: Sequence[Rule] = RULES) -> Advice:
    """Advice on inputs, with `given` fields changed. Raises what bad input raises."""
    app = App(base, given, options)
    found = [finding for rule in rules for finding in rule.findings(app)]
    order = {subject.name: i for i, subject in enumerate(app.subjects)}
    found.sort(key=lambda one: (SEVERITIES.index(one.severity), order[one.subject.name]))
    return Advice(app, tuple(budgets(app)), tuple(found))
