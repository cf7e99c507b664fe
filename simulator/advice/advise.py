"""Computes the budgets of every container and applies every rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simulator.advice.app import App
from simulator.advice.container_budget import Budget, budgets
from simulator.advice.finding import ERROR, SEVERITIES, Finding, Rule
from simulator.advice.rules import RULES
from simulator.advice.trial import Overrides
from simulator.whatif.base import Base


class Advice(NamedTuple):
    """The budgets of all containers, and the findings, most severe first."""

    app: App
    budgets: tuple[Budget, ...]
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        """Whether there is a finding of the highest severity."""
        return any(finding.severity == ERROR for finding in self.findings)


def advise(base: Base, overrides: Overrides = (), options: str = "", rules: Sequence[Rule] = RULES) -> Advice:
    """Advice on inputs in which `overrides` replace some fields; `options` are the ones that printed commands repeat.

    Raises what bad input raises: ManifestError, ScenarioError, UsageError.
    """
    app = App(base, overrides, options)
    findings = [finding for rule in rules for finding in rule.findings(app)]
    order = {subject.name: i for i, subject in enumerate(app.subjects)}
    findings.sort(key=lambda finding: (SEVERITIES.index(finding.severity), order[finding.subject.name]))
    return Advice(app, tuple(budgets(app)), tuple(findings))
