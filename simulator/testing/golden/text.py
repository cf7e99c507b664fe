"""A summary as YAML that people review as a diff, and back."""

from __future__ import annotations

from typing import Any

from simulator.errors import JournalError, Problem
from simulator.manifest.documents import Document, documents
from simulator.scenario.write import flow
from simulator.testing.golden.summary import Summary
from simulator.units import SECOND, format_duration, parse_duration

FORMAT = 1
HEAD = "# What happened in a run, in seconds since its start. `podsim test --update-golden` rewrites it; you can edit tolerance."


def to_text(summary: Summary) -> str:
    """The file."""
    lines = [
        HEAD,
        f"podsimGolden: {FORMAT}",
        f"kubernetes: {flow(summary.kubernetes)}",
        f"seed: {summary.seed}",
        f"seconds: {summary.seconds:g}",
        f"tolerance: {format_duration(round(summary.tolerance * SECOND))}",
        "subjects:",
    ]
    for name, parts in summary.subjects.items():
        lines.append(f"  {flow(name)}:")
        lines += [f"    {part}: {flow(_plain(value))}" for part, value in parts.items()]
    return "".join(f"{line}\n" for line in lines)


def _plain(value: Any) -> Any:
    """Whole seconds without a fraction, as YAML reads them back."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def from_text(text: str, file: str) -> Summary:
    """Read what `to_text` wrote. Raises JournalError."""
    document = next(documents(text), None)
    value = document.value if isinstance(document, Document) else None
    if not isinstance(value, dict) or value.get("podsimGolden") != FORMAT or not isinstance(value.get("subjects"), dict):
        raise JournalError([Problem(file, 0, 0, "", "no golden journal; create it with `podsim test --update-golden`")])
    try:
        tolerance = parse_duration(value.get("tolerance", 0)) / SECOND
        return Summary(str(value["kubernetes"]), int(value["seed"]), float(value["seconds"]), value["subjects"], tolerance)
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError([Problem(file, 0, 0, "", f"no golden journal: {error}")]) from error
