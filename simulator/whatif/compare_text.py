"""A comparison as text, as a comment on a pull request, and as plain values."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.objects.base import JSON
from simulator.units import short_duration
from simulator.views.github_job import cell, code
from simulator.views.metrics_table import number
from simulator.views.styled import Line, Part
from simulator.whatif.changes import Change
from simulator.whatif.compare import Comparison, Row, Values
from simulator.whatif.statistics import distribution

PHRASES = {
    "time-to-ready": ("ready", "never ready"),
    "time-to-finished": ("finished", "never finished"),
    "service-reachable": ("reachable", "never reachable"),
    "rollout-complete": ("rolled out", "does not roll out"),
}
"""Metric -> its phrase, and its phrase for a value that is missing."""
COUNTS = {"restarts": "restart", "back-offs": "back-off", "failed-requests": "failed request"}
MOST_FIELDS = 20


def as_text(comparison: Comparison, old: str, new: str) -> list[Line]:
    """The changed fields, their effect on the start-up, and the rollout."""
    conditions = f"  Kubernetes {comparison.kubernetes} · {_seeds(comparison.seeds)}"
    lines: list[Line] = [[Part(f"{old} → {new}", "bold"), Part(conditions, "dim")]]
    changes = comparison.changes[:MOST_FIELDS]
    lines += _section("Changed", [[Part(f"  {_place(change)}  ", "dim"), Part(_field(change))] for change in changes])
    if len(comparison.changes) > MOST_FIELDS:
        lines.append([Part(f"  and {len(comparison.changes) - MOST_FIELDS} more fields", "dim")])
    lines += _section("Start-up", _bullets(startup_sentences(comparison)) or [[Part("  no difference")]])
    title = f"Rollout (applied at {comparison.applied:g}s)"
    lines += _section(title, _bullets(rollout_sentences(comparison)) or [[Part("  nothing happens")]])
    lines += _never(comparison)
    lines += _section("Refused", [[Part(f"  {line}", "red")] for line in comparison.refusals])
    if comparison.partial:
        lines += [[], [Part("Interrupted: not all runs are complete.", "yellow")]]
    return lines


def _never(comparison: Comparison) -> list[Line]:
    """What "never" means in the sentences above, where the user chose no duration."""
    values = [value for row in comparison.startup if row.differs for value in (*row.old, *row.new)]
    is_used = any(value is None for value in (*values, *(value for row in comparison.rollout if row.happens for value in row.new)))
    if comparison.never_within is None or not is_used:
        return []
    return [[], [Part(f"never: not within {short_duration(comparison.never_within)}; --duration extends it", "dim")]]


def _section(title: str, lines: Sequence[Line]) -> list[Line]:
    return [[], [Part(title, "bold underline")], *lines] if lines else []


def _bullets(sentences: Sequence[tuple[str, bool]]) -> list[Line]:
    return [[Part(f"  {text}", "red" if worse else "green")] for text, worse in sentences]


def startup_sentences(comparison: Comparison) -> list[tuple[str, bool]]:
    """A sentence for each reported difference, with its reason where only other objects changed, and whether it is for the worse."""
    reasons = dict(comparison.reasons)
    sentences = []
    for row in comparison.startup:
        if row.differs and _is_news(row):
            text, worse = _compared(row)
            reason = reasons.get(row.subject, "") if row.metric in PHRASES else ""
            sentences.append((f"{text}: {reason}" if reason else text, worse))
    return sentences


def _is_news(row: Row) -> bool:
    """A subject that is new or gone is reported once, not for each of its metrics."""
    return bool(row.old and row.new) or row.metric in PHRASES


def rollout_sentences(comparison: Comparison) -> list[tuple[str, bool]]:
    """A sentence for each effect of the change, and whether it is for the worse."""
    sentences = []
    for row in comparison.rollout:
        spread = distribution(row.new)
        if not row.happens:
            continue
        name = str(row.subject)
        if row.metric in PHRASES:
            phrase, never = PHRASES[row.metric]
            outcome = never if spread.p50 is None else f"{phrase} after {_middle(row.new, row.unit)}"
            sentences.append((f"{name} {outcome}", spread.never > 0))
        elif row.metric in COUNTS:
            sentences.append((f"{name}: {_counted(_mean(row.new), COUNTS[row.metric])}{_in_runs(row.new)}{_anyway(row)}", _grew(row)))
        else:
            sentences.append((f"{name} without endpoints for {_middle(row.new, row.unit)}{_in_runs(row.new)}{_anyway(row)}", _grew(row)))
    return sentences + [
        (f"{key} remains: apply does not delete objects that are missing from the manifests", True) for key in comparison.removed
    ]


def _anyway(row: Row) -> str:
    """The value without the change, where it is not 0."""
    return f" (without the change: {_middle(row.old, row.unit)})" if any(row.old) else ""


def _grew(row: Row) -> bool:
    return _mean(row.new) > _mean(row.old)


def _compared(row: Row) -> tuple[str, bool]:
    """One difference between two start-ups."""
    name, change = str(row.subject), row.difference
    now, before = _middle(row.new, row.unit), _middle(row.old, row.unit)
    if not row.old or not row.new:
        phrase = PHRASES[row.metric][0]
        return (f"{name} is new: {phrase} after {now}", False) if row.new else (f"{name} is gone (it was {phrase} after {before})", False)
    if change is None:
        return _no_longer(row, name, before, now)
    worse = change.share > 0
    if row.metric in COUNTS:
        size = _counted(abs(change.share), COUNTS[row.metric], "more" if worse else "fewer")
        return f"{name}: {size} ({before} → {now}){_confidence(row)}", worse
    size = number(abs(change.share), row.unit)
    if row.metric in PHRASES:
        return f"{name} {PHRASES[row.metric][0]} {size} {'later' if worse else 'earlier'} ({before} → {now}){_confidence(row)}", worse
    return f"{name} without endpoints {size} {'longer' if worse else 'shorter'} ({before} → {now}){_confidence(row)}", worse


def _no_longer(row: Row, name: str, before: str, now: str) -> tuple[str, bool]:
    """A value is missing on one side only, or in different numbers of runs."""
    phrase, never = PHRASES.get(row.metric, (row.metric, f"{row.metric}: never"))
    lost, gained = sum(v is None for v in row.new), sum(v is None for v in row.old)
    if lost == len(row.new):
        return f"{name} {never} (it was {phrase} after {before})", True
    if gained == len(row.old):
        return f"{name} {phrase} after {now} (it was {never})", False
    return f"{name} {never} in {lost} of {len(row.new)} runs (before: {gained} of {len(row.old)})", lost > gained


def _middle(values: Values, unit: str) -> str:
    """The value of one run; the median and the 95th percentile of several."""
    if not values:
        return ""
    spread = distribution(values)
    if len(values) == 1:
        return number(values[0], unit)
    return f"{number(spread.p50, unit)}, p95 {number(spread.p95, unit)}"


def _confidence(row: Row) -> str:
    change = row.difference
    if change is None or len(row.new) < 2:
        return ""
    return f", on average of {len(row.new)} runs; 95 %: {number(change.low, row.unit)} to {number(change.high, row.unit)}"


def _mean(values: Values) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def _counted(count: float, word: str, which: str = "") -> str:
    amount = f"{count:.2g}" if count < 10 and count != int(count) else f"{count:.0f}"
    return " ".join(part for part in (amount, which, word if count == 1 else f"{word}s") if part)


def _in_runs(values: Values) -> str:
    hits = sum(1 for value in values if value != 0)
    return f" (in {hits} of {len(values)} runs)" if len(values) > 1 else ""


def _place(change: Change) -> str:
    return f"{change.file}:{change.line}"


def _field(change: Change) -> str:
    if not change.path:
        return f"{change.key} {change.new or change.old}"
    return f"{change.key} {change.path}: {change.old or '(not set)'} → {change.new or '(removed)'}"


def _seeds(seeds: Sequence[int]) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"


def as_markdown(comparison: Comparison, old: str, new: str) -> str:
    """A comment on a pull request: the effects first, then the changed fields."""
    lines = [f"### What this change does: {code(old)} → {code(new)}", ""]
    startup, rollout = startup_sentences(comparison), rollout_sentences(comparison)
    lines += ["**Start-up**", "", *(_markdown(startup) or ["No difference."]), ""]
    lines += [
        f"**Rollout** (new applied to the settled old, at {comparison.applied:g} s)",
        "",
        *(_markdown(rollout) or ["Nothing happens."]),
        "",
    ]
    if comparison.refusals:
        lines += ["**Refused by the API server**", "", *(f"- {code(line)}" for line in comparison.refusals), ""]
    table = [row for row in comparison.startup if row.differs]
    if table:
        lines += ["| | metric | before | after |", "|---|---|---|---|"]
        lines += [
            f"| {cell(str(r.subject))} | {r.metric} | {_middle(r.old, r.unit) or '–'} | {_middle(r.new, r.unit) or '–'} |" for r in table
        ]
        lines.append("")
    if comparison.changes:
        lines += [f"<details><summary>Changed fields ({len(comparison.changes)})</summary>", ""]
        lines += [f"- {code(_place(change))} {_code(change)}" for change in comparison.changes]
        lines += ["", "</details>", ""]
    lines.append(f"<sub>Simulated by podsim: Kubernetes {comparison.kubernetes}, {_seeds(comparison.seeds)}.</sub>")
    return "\n".join(lines) + "\n"


def _markdown(sentences: Sequence[tuple[str, bool]]) -> list[str]:
    return [f"- {'⚠️ ' if worse else ''}{cell(text)}" for text, worse in sentences]


def _code(change: Change) -> str:
    if not change.path:
        return cell(f"{change.key} {change.new or change.old}")
    old, new = (code(text) if text else "not set" for text in (change.old, change.new))
    return f"{cell(str(change.key))} {code(change.path)}: {old} → {new}"


def as_json(comparison: Comparison) -> JSON:
    """Everything as plain values. null: did not happen during the run; an empty list: no such subject."""
    return {
        "kubernetes": comparison.kubernetes,
        "seeds": list(comparison.seeds),
        "differs": comparison.differs,
        "changes": [change.as_json() for change in comparison.changes],
        "startup": [_row(row) for row in comparison.startup],
        "reasons": [{"kind": key.kind, "namespace": key.namespace, "name": key.name, "reason": text} for key, text in comparison.reasons],
        "rollout": {
            "appliedAt": comparison.applied,
            "refused": comparison.refusals,
            "numbers": [_row(row) for row in comparison.rollout],
        },
        "sentences": {
            "startup": [text for text, _ in startup_sentences(comparison)],
            "rollout": [text for text, _ in rollout_sentences(comparison)],
        },
        "partial": comparison.partial,
    }


def _row(row: Row) -> JSON:
    change = row.difference
    return {
        "kind": row.subject.kind,
        "namespace": row.subject.namespace,
        "name": row.subject.name,
        "metric": row.metric,
        "unit": row.unit,
        "old": list(row.old),
        "new": list(row.new),
        "difference": None if change is None else {"mean": change.share, "low": change.low, "high": change.high},
        "differs": row.differs,
    }
