"""A template holds from one change to the next: filled in at any instant, it is what kubectl prints at that instant."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import simulator
from simulator.golang.tabwriter import TableWriter
from simulator.journal.journal import Journal
from simulator.kubectl.print.listing import GetOptions
from simulator.kubectl.read.describe import description
from simulator.kubectl.read.get import get
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.units import SECOND
from simulator.views.page import reasons, related
from simulator.views.page.content import content
from simulator.views.page.page import page
from simulator.views.page.templates import expanded
from tests.views.page.runs import MANIFESTS, played


@cache
def told(name: str) -> JSON:
    return content(played(name).at(), name)


def value_at(versions: list[list[object]], t: int) -> object:
    i = bisect_right(versions, t // 1000, key=lambda version: version[0])
    return versions[i - 1][1] if i else None


def differing(journal: Journal, data: JSON, t: int) -> list[str]:
    """The objects whose description on the page is not kubectl's."""
    view = View(journal.at(t))
    found = []
    for kind in data["kinds"]:
        for one in kind["objects"]:
            item = view.snapshot.get(Key(kind["kind"], one["namespace"], one["name"]))
            number = value_at(one["describe"], t)
            text = None if number is None else expanded("\n".join(data["lines"][i] for i in data["texts"][number]), t)
            if text != (None if item is None else description(item, view)):
                found.append(f"{kind['singular']}/{one['name']}")
    return found


@pytest.mark.parametrize("name", MANIFESTS)
@given(data=st.data())
def test_descriptions_are_kubectls_at_any_instant(name: str, data: st.DataObject) -> None:
    journal = played(name)
    t = data.draw(st.integers(0, journal.end // 1000)) * 1000
    assert differing(journal, told(name), t) == []


@pytest.mark.parametrize("name", MANIFESTS)
def test_descriptions_are_kubectls_at_every_change(name: str) -> None:
    journal = played(name)
    for t in sorted({write.t // 1000 * 1000 + 1000 for write in journal.at().writes()}):
        assert differing(journal, told(name), t) == [], t


@pytest.mark.parametrize("seconds", [0, 3, 8, 20, 60])
def test_tables_are_kubectls(seconds: int) -> None:
    name, t = "rollout", seconds * SECOND
    data, view = told(name), View(played(name).at(t))
    for kind in data["kinds"]:
        rows = [value_at(one["rows"], t) for one in kind["objects"] if one["namespace"] in ("", "default")]
        cells = [[expanded(cell, t) for cell in row] for row in rows if row is not None]
        text = TableWriter().table([kind["columns"], *cells]) if cells else ""
        assert text == get([kind["plural"]], GetOptions(), view).out, kind["plural"]


def test_a_large_run_is_described_at_some_instants(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = played("rollout")
    whole = content(journal.at(), "rollout")
    monkeypatch.setattr(related, "MOST_TEXTS", 100)
    monkeypatch.setattr(reasons, "MOST_QUESTIONS", 100)
    few = content(journal.at(), "rollout")
    sampled = 0
    for kind, other in zip(whole["kinds"], few["kinds"], strict=True):
        for one, two in zip(kind["objects"], other["objects"], strict=True):
            assert one["rows"] == two["rows"], "tables are those of every instant"
            texts = [
                ["\n".join(data["lines"][i] for i in data["texts"][n]) if n is not None else None for _, n in versions["describe"]]
                for data, versions in ((whole, one), (few, two))
            ]
            assert texts[1][-1] == texts[0][-1]
            assert set(texts[1]) <= set(texts[0])
            assert len(texts[1]) <= related.SAMPLES + 1 if "sampled" in two else texts[0] == texts[1]
            sampled += "sampled" in two
    assert sampled
    assert "" in whole["why"]
    assert "" not in few["why"]


def test_the_page_stands_alone_and_is_the_same_each_time() -> None:
    journal = played("rollout")
    text = page(journal.at(), "a <title> & more")
    assert text == page(simulator.run(str(MANIFESTS["rollout"])).journal.at(), "a <title> & more")
    assert "<title>a &lt;title&gt; &amp; more</title>" in text
    for fetches in ("src=", "@import", "fetch(", "https://", "<link"):
        assert fetches not in text, fetches
    assert text.count("url(") == text.count("url(#"), "only to what is in the page"
