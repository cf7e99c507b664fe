"""The table of rules as text, for `podsim advise --explain` and docs/advice.md."""

from __future__ import annotations

from textwrap import fill

from simulator.advice.finding import Rule

WIDTH = 100


def explained(rule: Rule) -> str:
    """One rule."""
    return f"{rule.id} ({rule.severity}): {rule.title}\n{fill(rule.sentence, WIDTH, initial_indent='  ', subsequent_indent='  ')}\n"


def table(rules: tuple[Rule, ...]) -> str:
    """All rules as Markdown."""
    rows = [f"| `{rule.id}` | {rule.severity} | {rule.title} | {rule.sentence} |" for rule in rules]
    return "\n".join(("| rule | severity | title | why |", "|---|---|---|---|", *rows, ""))
