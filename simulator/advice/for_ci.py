"""Advice in the formats of CI systems: SARIF, GitHub annotations with a summary, GitLab's code quality."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import quote

from simulator.advice.advise import Advice
from simulator.advice.finding import ERROR, NOTE, WARNING, Finding, counted
from simulator.advice.findings_text import remedy
from simulator.advice.rules import RULES
from simulator.objects.base import JSON
from simulator.version import __version__
from simulator.views.github_job import Annotation, Job, cell, details
from simulator.views.styled import visible

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/podsim/podsim"
LEVELS = {ERROR: "error", WARNING: "warning", NOTE: "notice"}
"""Severity -> the word of GitHub's annotations."""
QUALITY = {ERROR: "critical", WARNING: "major", NOTE: "info"}
"""Severity -> the word of GitLab's code quality."""


def as_sarif(advice: Advice, job: Job) -> JSON:
    """A SARIF 2.1.0 log, as code scanning services read it. Severities are called the same there."""
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": f"{rule.title}."},
            "fullDescription": {"text": rule.sentence},
            "help": {"text": f"{rule.sentence}\n\npodsim advise --explain {rule.id}"},
            "helpUri": f"{HOME}/blob/main/docs/advice.md",
            "defaultConfiguration": {"level": rule.severity},
        }
        for rule in RULES
    ]
    driver = {"name": "podsim", "semanticVersion": __version__, "informationUri": HOME, "rules": rules}
    places = [rule.id for rule in RULES]
    results = [
        {
            "ruleId": one.rule,
            "ruleIndex": places.index(one.rule),
            "level": one.severity,
            "message": {"text": _without_links("\n".join(_sentences(advice, one)))},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(job.path(one.subject.manifest.file))},
                        "region": {"startLine": max(1, one.line)},
                    },
                    "logicalLocations": [{"fullyQualifiedName": one.subject.name, "kind": "resource"}],
                }
            ],
            "partialFingerprints": {"podsim/v1": _fingerprint(one, job)},
        }
        for one in advice.findings
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def as_annotations(advice: Advice) -> Iterator[Annotation]:
    """An annotation for each finding: what is wrong, and what a run of it showed."""
    for one in advice.findings:
        title = f"{one.rule}: {one.subject.name}"
        yield Annotation(LEVELS[one.severity], one.subject.manifest.file, one.line, title, (one.sentence, f"Shown: {one.evidence.text}."))


def as_summary(advice: Advice) -> str:
    """The findings as Markdown, for the summary of a job: a table, and what to write instead."""
    sign = "❌" if advice.has_errors else "⚠️" if advice.findings else "✅"
    lines = [f"## {sign} podsim advise: {counted(len(advice.findings), 'finding')}", ""]
    if advice.findings:
        lines += ["| severity | rule | object | place |", "|---|---|---|---|"]
    for one in advice.findings:
        lines.append(f"| {one.severity} | {one.rule} | {cell(one.subject.name)} | {cell(f'{one.subject.manifest.file}:{one.line}')} |")
    for one in advice.findings:
        lines += ["", *details(f"{one.rule}: {one.subject.name}", f"{one.subject.manifest.file}:{one.line}", _sentences(advice, one))]
    return "".join(f"{line}\n" for line in lines)


def as_code_quality(advice: Advice, job: Job) -> list[JSON]:
    """GitLab's report of code quality."""
    return [
        {
            "description": f"{one.subject.name}: {one.sentence} Shown: {one.evidence.text}.",
            "check_name": one.rule,
            "fingerprint": _fingerprint(one, job),
            "severity": QUALITY[one.severity],
            "location": {"path": job.path(one.subject.manifest.file), "lines": {"begin": max(1, one.line)}},
        }
        for one in advice.findings
    ]


def _sentences(advice: Advice, finding: Finding) -> list[str]:
    """What is wrong, what a run showed, the command that repeats it, and what to write instead."""
    run = advice.app.command(finding.evidence.trial)
    return [f"{finding.subject.name}: {finding.sentence}", f"Shown: {finding.evidence.text}.", f"  {run}", *remedy([finding])]


def _without_links(text: str) -> str:
    """A message of SARIF in which no `[text](target)` is a link (SARIF 2.1.0, 3.11.6)."""
    return visible(text).replace("](", "] (")


def _fingerprint(finding: Finding, job: Job) -> str:
    """The same for the same mistake of the same object, wherever its line moves."""
    text = "\0".join([finding.rule, finding.subject.name, job.path(finding.subject.manifest.file)])
    return hashlib.sha256(text.encode()).hexdigest()


def _uri(file: str) -> str:
    """A file as a URI: relative to the repository, or absolute."""
    return f"file://{quote(file)}" if PurePosixPath(file).is_absolute() else quote(file)
