"""The differences between two summaries as sentences: `pod/app: ready at 31.2s, was 29s`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from simulator.testing.golden.summary import Parts, Summary
from simulator.units import SECOND, short_duration

ROUNDING = 1e-6
PHRASES = {"rolledOut": "rolled out"}


def differences(new: Summary, old: Summary, tolerance: float | None = None) -> list[str]:
    """A sentence for each difference in meaning; times may differ by `tolerance` seconds (None: as the old summary says)."""
    slack = (old.tolerance if tolerance is None else tolerance) + ROUNDING
    texts = []
    if (new.kubernetes, new.seed) != (old.kubernetes, old.seed):
        texts.append(f"run with Kubernetes {new.kubernetes}, seed {new.seed}; was Kubernetes {old.kubernetes}, seed {old.seed}")
    if abs(new.seconds - old.seconds) > ROUNDING:
        texts.append(f"ran for {_span(new.seconds)}, was {_span(old.seconds)}")
    for name in sorted({*new.subjects, *old.subjects}):
        now, then = new.subjects.get(name), old.subjects.get(name)
        if now is None:
            texts.append(f"{name}: missing")
        elif then is None:
            texts.append(f"{name}: new{_brief(now)}")
        else:
            texts += [f"{name}: {text}" for text in _subject(now, then, slack)]
    return texts


def _span(value: float) -> str:
    return short_duration(round(value * SECOND))


def _brief(parts: Parts) -> str:
    """A summary of a subject that is new."""
    texts = [str(parts["end"])] if "end" in parts else []
    texts += [f"events {', '.join(f'{reason} x{count}' for reason, count in parts['events'].items())}"] if "events" in parts else []
    return f", {'; '.join(texts)}" if texts else ""


def _subject(new: Parts, old: Parts, slack: float) -> Iterator[str]:
    yield from _times(new.get("times", {}), old.get("times", {}), slack)
    yield from _readiness(new.get("ready", []), old.get("ready", []), slack)
    for name, now, then in _pairs(new.get("containers", {}), old.get("containers", {})):
        yield f"container {name} {now or 'is missing'}, {f'was: {then}' if then else 'is new'}"
    yield from _endpoints(new.get("endpoints", []), old.get("endpoints", []), slack)
    for reason, now, then in _pairs(new.get("events", {}), old.get("events", {})):
        if then is None:
            yield f"new event {reason} x{now}"
        elif now is None:
            yield f"missing event {reason}, was x{then}"
        else:
            yield f"event {reason} x{now}, was x{then}"
    if new.get("end") != old.get("end"):
        yield f"{new.get('end', 'nothing')} at the end, was {old.get('end', 'nothing')}"


def _pairs(new: dict[str, Any], old: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """What differs, by name."""
    for name in sorted({*new, *old}):
        if new.get(name) != old.get(name):
            yield name, new.get(name), old.get(name)


def _times(new: dict[str, float], old: dict[str, float], slack: float) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        now, then, word = new.get(name), old.get(name), PHRASES.get(name, name)
        if now is None and then is not None:
            yield f"never {word}, was at {_span(then)}"
        elif now is not None and then is None:
            yield f"{word} at {_span(now)}, was never"
        elif now is not None and then is not None and abs(now - then) > slack:
            yield f"{word} at {_span(now)}, was {_span(then)}"


def _readiness(new: list[float], old: list[float], slack: float) -> Iterator[str]:
    """`ready` alternates: the pod became ready, unready, ready again, ..."""
    for i, (now, then) in enumerate(zip_longest(new, old)):
        word = _readiness_word(i)
        if now is None:
            yield f"never {word}, was at {_span(then)}"
        elif then is None:
            yield f"{word} at {_span(now)}, was never"
        elif abs(now - then) > slack:
            yield f"{word} at {_span(now)}, was {_span(then)}"


def _readiness_word(i: int) -> str:
    if i % 2:
        return "unready"
    return "ready" if i == 0 else "ready again"


def _endpoints(new: list[str], old: list[str], slack: float) -> Iterator[str]:
    """Numbers of endpoints and when they changed."""
    now, then = [_level(text) for text in new], [_level(text) for text in old]
    has_same_counts = [count for count, _ in now] == [count for count, _ in then]
    if not has_same_counts or any(abs(a - b) > slack for (_, a), (_, b) in zip(now, then, strict=False)):
        yield f"endpoints {', '.join(_levels_text(now)) or 'none'}; was {', '.join(_levels_text(then)) or 'none'}"


def _level(text: str) -> tuple[str, float]:
    count, _, seconds = text.partition(" from ")
    return count, float(seconds)


def _levels_text(levels: list[tuple[str, float]]) -> list[str]:
    return [f"{count} from {_span(seconds)}" for count, seconds in levels]
