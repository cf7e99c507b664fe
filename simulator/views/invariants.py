"""What `podsim check` prints: the invariants that do not hold, and for each violation the command that shows it. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from simulator.invariants import INVARIANTS, Broken
from simulator.invariants.writes import JOURNAL
from simulator.journal.snapshot import Snapshot
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, kind_of_key
from simulator.units import seconds
from simulator.views.styled import Line, Part

SHOWN = 10
"""Violations of one invariant that are printed; JSON has all."""


def lines(failing: Sequence[Broken], run: Snapshot, source: Sequence[str]) -> list[Line]:
    """The text. `source`: the words that name the run on a command line (`--from FILE`), empty: the last run."""
    header = run.header
    what = f"{len(run.records())} records, {seconds(run.t):g}s, seed {header.seed}, Kubernetes {header.kubernetes}"
    if not failing:
        return [[Part(f"{len(INVARIANTS)} invariants hold ({what})")]]
    output: list[Line] = [[Part(f"{len(failing)} of {len(INVARIANTS)} invariants do not hold ({what})", "bold red")]]
    for invariant, violations in failing:
        output += [[], [Part(f"{invariant.name}: ", "bold"), Part(invariant.rule)], [Part(f"  source: {invariant.source}")]]
        for violation in violations[:SHOWN]:
            output.append([Part(f"  {seconds(violation.t):g}s  {_named(violation.about)}: {violation.message}")])
            output.append([Part(f"    {replay(violation.about, violation.t, source)}", "dim")])
        if len(violations) > SHOWN:
            output.append([Part(f"  {len(violations) - SHOWN} more: -o json")])
    return output


def replay(about: Key, t: int, source: Sequence[str]) -> str:
    """The command that shows what led to it."""
    if about == JOURNAL:
        return shlex.join(["podsim", "story", "-A", "--all", *source])
    namespace = ["-n", about.namespace] if about.namespace else []
    name = f"{kind_of_key(about).singular}/{about.name}"
    return shlex.join(["podsim", "story", name, *namespace, "--all", "--until", f"{seconds(max(t, 0)):g}s", *source])


def as_json(failing: Sequence[Broken], run: Snapshot, source: Sequence[str]) -> JSON:
    """All of it, for programs."""
    header, broken = run.header, {invariant.name: violations for invariant, violations in failing}
    return {
        "podsim": header.podsim,
        "kubernetes": header.kubernetes,
        "scenario": header.scenario,
        "seed": header.seed,
        "until": seconds(run.t),
        "records": len(run.records()),
        "invariants": [
            {
                "name": row.name,
                "rule": row.rule,
                "source": row.source,
                "holds": row.name not in broken,
                "violations": [
                    {
                        "t": seconds(violation.t),
                        "kind": violation.about.kind,
                        "namespace": violation.about.namespace,
                        "name": violation.about.name,
                        "revision": violation.revision,
                        "message": violation.message,
                        "replay": replay(violation.about, violation.t, source),
                    }
                    for violation in broken.get(row.name, ())
                ],
            }
            for row in INVARIANTS
        ],
    }


def catalogue() -> list[Line]:
    """Every invariant with its rule and source."""
    return [line for row in INVARIANTS for line in ([Part(f"{row.name}: ", "bold"), Part(row.rule)], [Part(f"  source: {row.source}")])]


def _named(about: Key) -> str:
    return f"{about}{f' in {about.namespace}' if about.namespace else ''}"
