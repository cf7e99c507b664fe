"""What the loops of a script wait for, by its text."""

from __future__ import annotations

import pytest

from simulator.shell.syntax.parser import parse
from simulator.shell.waits import waits

CASES = {
    "until nslookup a; do sleep 2; done": ["nslookup a"],
    "while ! nslookup a > /dev/null 2>&1; do sleep 2; done": ["nslookup a"],
    "until nslookup a && nc -z b 5432; do sleep 1; done": ["nslookup a", "nc -z b 5432"],
    "until nslookup a || nslookup b; do sleep 1; done": [],
    "until nslookup a | grep -q Address; do sleep 1; done": ["grep -q Address"],
    "while true; do if nslookup a; then break; fi; sleep 1; done": ["nslookup a"],
    "while true; do nslookup a && break; sleep 1; done": ["nslookup a"],
    "while :; do if ! nslookup a; then sleep 1; continue; fi; break; done": ["nslookup a"],
    "for i in $(seq 60); do nslookup a && exit 0; sleep 1; done; exit 1": ["nslookup a (bounded)"],
    "for s in a b; do until nslookup $s.shop; do sleep 1; done; done": ["nslookup a.shop", "nslookup b.shop"],
    'wait_for() { until nslookup "$1"; do sleep 1; done; }; wait_for a; wait_for b': ["nslookup a", "nslookup b"],
    "until timeout 3 nslookup $DB_HOST; do sleep 1; done": ["nslookup db"],
    "(until ping -c1 a; do sleep 1; done) && exec app": ["ping -c1 a"],
    "nslookup a; sleep 5; app": [],
    "until nslookup $(cat /name); do sleep 1; done": [],
    "while nc -z a 80; do sleep 1; done": [],
}


@pytest.mark.parametrize("script", CASES)
def test_what_loops_wait_for(script: str) -> None:
    found = waits(parse(script, bash=True), {"DB_HOST": ("db",)})
    assert [" ".join(wait.words) + " (bounded)" * wait.is_bounded for wait in found] == CASES[script]
