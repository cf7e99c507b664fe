"""Computes the budgets of every container and applies every rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simulator.advice.app import App, Report, silent
from simulator.advice.container_budget import Budget, budgets
from simulator.advice.finding import ERROR, SEVERITIES, Finding, Rule
from simulator.advice.rules import RULES
from simulator.advice.trial import Overrides
from simulator.whatif.base import Base


class Advice(NamedTuple):
    """The budgets of all containers, and the findings, rule by rule."""

    app: App
    budgets: tuple[Budget, ...]
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        """Whether there is a finding of the highest severity."""
        return any(finding.severity == ERROR for finding in self.findings)


def advise(base: Base, overrides: Overrides = (), options: str = "", rules: Sequence[Rule] = RULES, report: Report = silent) -> Advice:
    """Advice on inputs in which `overrides` replace some fields; `options` are the ones that printed commands repeat.

    Findings are in groups, one for each rule, the most severe first. Raises what bad input raises: ManifestError, ScenarioError,
    UsageError.
    """
    report("the start-up")
    app = App(base, overrides, options, report)
    places = {subject.name: i for i, subject in enumerate(app.subjects)}
    groups = [sorted(rule.findings(app), key=lambda one: (SEVERITIES.index(one.severity), places[one.subject.name])) for rule in rules]
    groups = sorted(filter(None, groups), key=lambda group: SEVERITIES.index(group[0].severity))
    return Advice(app, tuple(budgets(app)), tuple(finding for group in groups for finding in group))
