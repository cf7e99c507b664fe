"""Findings as text, rule by rule: where each is, the run that shows it, what it rests on, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

import yaml

from simulator.advice.advise import Advice
from simulator.advice.finding import ERROR, NOTE, WARNING, Change, Finding, counted
from simulator.api.authorization.grants import as_yaml
from simulator.views.styled import Line, Part
from simulator.whatif.field_paths import parse_path

STYLES = {ERROR: "bold red", WARNING: "yellow", NOTE: "cyan"}
WIDTH = 100


def rule_lines(advice: Advice, findings: Sequence[Finding]) -> list[Line]:
    """The findings of one rule, most severe first."""
    first = findings[0]
    is_alone = len(findings) == 1
    title = f"{_place(first)}" if is_alone else counted(len(findings), "container")
    lines: list[Line] = [[Part(first.severity, STYLES[first.severity]), Part(f"  {first.rule}  ", "bold"), Part(title, "dim")]]
    for one in findings:
        if not is_alone:
            milder = f" ({one.severity})" if one.severity != first.severity else ""
            lines.append([Part(f"  {_place(one)}{milder}", "dim")])
        lines.append([Part(f"{'' if is_alone else '  '}  {one.sentence}", "")])
    for one in findings:
        if not one.evidence.example:
            name = "" if is_alone else f"{one.subject.name}: "
            lines.append([Part(f"  Shown: {name}{one.evidence.text}.", "")])
            lines.append([Part(f"    {advice.app.command(one.evidence.trial)}", "dim")])
    lines += _assumptions(findings)
    return lines + [[Part(f"  {line}", "green" if line.startswith(" ") else "")] for line in remedy(findings)]


def _place(finding: Finding) -> str:
    return f"{finding.subject.manifest.file}:{finding.line}  {finding.subject.name}"


def _assumptions(findings: Sequence[Finding]) -> list[Line]:
    """What the figures rest on that podsim does not know, with one override to copy."""
    assumed = [one for finding in findings for one in finding.assumptions]
    if not assumed:
        return []
    first = assumed[0]
    more = f", and {counted(len(assumed) - 1, 'more assumption')}" if len(assumed) > 1 else ""
    return [
        [Part(f"  Assumed: {first.subject} {first.text} ({first.reason}){more}. Override, in spec.programs of a Scenario:", "")],
        [Part(f"    {first.override}", "dim")],
    ]


def remedy(findings: Sequence[Finding]) -> list[str]:
    """What to write instead and what to add, as YAML below a title each."""
    changes = list(_snippets(change for finding in findings for change in finding.changes))
    lines = ["Fix:", *(f"  {line}" for line in changes)] if changes else []
    for finding in findings:
        if finding.objects:
            lines += ["Add:", *(f"  {line}" for line in as_yaml(finding.objects).splitlines())]
    return lines


def _snippets(changes: Iterable[Change]) -> Iterator[str]:
    """Changes as YAML; equal ones once, under the names of all their objects."""
    owners: dict[tuple[str, ...], list[str]] = {}
    for change in changes:
        owner, lines = _snippet(change)
        owners.setdefault(lines, []).append(owner)
    for lines, names in owners.items():
        title = [f"# {line}" for line in wrap(", ".join(names), WIDTH)]
        # A comment alone has its names in one line.
        yield from [f"{', '.join(title)}: {lines[0]}"] if lines[0].startswith("remove ") else [*title, *lines]


def snippet(change: Change) -> list[str]:
    """A change as YAML under the name of the object; a removal in words."""
    return list(_snippets([change]))


def _snippet(change: Change) -> tuple[str, tuple[str, ...]]:
    """The object that a change is about, and the lines of its YAML."""
    owner, path = split_address(change.address)
    if change.value is None:
        return owner, (f"remove {path}",)
    value = change.value
    for step in reversed(parse_path(path)):
        value = {step.strip("[]"): value}
    return owner, tuple(yaml.safe_dump(value, sort_keys=False, default_flow_style=None, width=WIDTH).splitlines())


def split_address(address: str) -> tuple[str, str]:
    """The object (and container) of an address, and the path in it."""
    head, slash, rest = address.rpartition("/")
    colon = rest.find(":")
    dot = rest.find(".", max(colon, 0))
    # Names of objects may contain dots, those of containers may not; a path starts with a field of the spec.
    if colon < 0 and ".spec." in rest:
        dot = rest.index(".spec.")
    return f"{head}{slash}{rest[:dot]}", rest[dot + 1 :]
