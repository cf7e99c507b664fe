"""What the screen shows at an instant: it fits, does not jump, and says what the other commands say."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.journal.journal import Journal
from simulator.journal.records import LogLine
from simulator.kubectl.print.listing import GetOptions
from simulator.kubectl.read.get import get
from simulator.kubectl.view import View
from simulator.public.runs import Run, run
from simulator.units import MILLISECOND, SECOND
from simulator.views.play.bars import NOW, Detail, bars, height
from simulator.views.play.film import TOGETHER, Film, film
from simulator.views.play.frame import Size, frame, plan, tape
from simulator.views.play.player import BINDINGS, Player
from simulator.views.play.podlist import pod_list
from simulator.views.styled import plain
from simulator.views.timeline.text import Focus, draw
from tests.conftest import ROOT

NAMES = ("redis-late", "rolling-update", "crash-loop", "sidecar", "node-lost", "requests-lost")


@lru_cache(maxsize=len(NAMES))
def played(name: str) -> Run:
    return run(ROOT / "scenarios" / name)


@lru_cache(maxsize=len(NAMES))
def reel(name: str) -> Film:
    found = film(played(name).journal.at())
    assert found is not None
    return found


def text(name: str, seconds: float, size: Size = Size(100, 30), **player: bool) -> str:  # noqa: B008 (a value)
    return plain(frame(reel(name), Player(round(seconds * SECOND), 1.0, **player), size))


@given(
    st.sampled_from(NAMES), st.floats(0, 1), st.integers(1, 130), st.integers(1, 60), st.booleans(), st.booleans(),
    st.sampled_from([None, *range(len(Detail))]), st.integers(0, 40),
)  # fmt: skip
def test_it_fills_the_terminal_and_no_more(
    name: str, share: float, columns: int, rows: int, paused: bool, help_: bool, detail: int | None, scroll: int
) -> None:
    film_ = reel(name)
    t = film_.begin + round((film_.end - film_.begin) * share)
    lines = frame(film_, Player(t, 1.0, paused, help_, scroll, detail), Size(columns, rows))
    assert len(lines) == rows
    for line in lines:
        whole = "".join(part.text for part in line)
        assert cell_len(whole) <= columns
        assert whole.isprintable()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("detail", Detail)
def test_the_timeline_is_never_higher_than_was_planned_for(name: str, detail: Detail) -> None:
    film_ = reel(name)
    most = max(len(bars(film_, t, 80, detail)) for t in range(film_.begin, film_.end + 1, (film_.end - film_.begin) // 40))
    assert most <= height(film_, 80, detail)


@pytest.mark.parametrize("name", NAMES)
def test_panes_stay_where_they_are(name: str) -> None:
    film_ = reel(name)
    titles = {
        tuple(i for i, line in enumerate(frame(film_, Player(t, 1.0), Size(90, 28))) if line and line[0].text == "── ")
        for t in range(film_.begin, film_.end, (film_.end - film_.begin) // 20)
    }
    assert len(titles) == 1
    assert len(titles.pop()) == 2


@pytest.mark.parametrize("name", NAMES)
def test_bars_are_those_of_the_timeline(name: str) -> None:
    """On the axis of the play, which is the same at every instant, nothing is drawn later than now; otherwise it is the timeline."""
    film_ = reel(name)
    whole = draw(film_.snapshot, 100, focus=Focus(until=film_.end))
    assert plain(bars(film_, film_.end, 100, Detail.ALL)) in plain(whole)
    half = (film_.end - film_.begin) // 2
    for line in plain(bars(film_, half, 100, Detail.ALL)).splitlines()[2:]:
        before, mark, after = line.partition(NOW)
        assert not after.strip(), "nothing lies behind now"
        del before, mark


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_pods_are_what_kubectl_prints(name: str, share: float) -> None:
    film_ = reel(name)
    t = round(film_.end * share)
    namespace = film_.story.pods[0].key.namespace
    printed = get(["pods"], GetOptions(namespace=namespace), View(film_.snapshot.at(t)))
    assert plain(pod_list(film_, t, 50)) == (printed.out or printed.err)


def test_pods_that_need_a_look_come_first_when_not_all_fit() -> None:
    lines = plain(pod_list(reel("rolling-update"), 25 * SECOND, 5)).splitlines()
    assert [line.split()[1:3] for line in lines[1:4]] == [["0/1", "Running"], ["0/1", "Running"], ["1/1", "Running"]]
    assert lines[4] == "and 2 more: 2 Running"


def test_a_pod_has_one_row_when_there_is_no_room() -> None:
    rows = {line.split()[0]: line for line in text("redis-late", 70, Size(80, 18)).splitlines() if "▒" in line or "svc/" in line}
    server = next(line for name, line in rows.items() if name.startswith("app"))
    assert re.search(r"▒+-━+│", server), "init container, the wait for the next start, then the container that is not ready yet"
    assert "svc/data-tier" in rows


def test_a_pod_with_a_sidecar_is_as_ready_as_its_least_ready_container() -> None:
    film_ = reel("sidecar")
    shown = plain(bars(film_, film_.end, 100, Detail.ROW_A_POD)).splitlines()
    full = plain(bars(film_, film_.end, 100, Detail.ALL)).splitlines()
    assert len(shown) < len(full)
    assert any(re.fullmatch(r"app +-+━+█+▄+■", line) for line in shown)


def test_news_come_in_at_the_bottom_and_repetitions_take_the_place_of_what_they_repeat() -> None:
    lines = text("rolling-update", 27, Size(140, 60)).splitlines()
    failing = [line for line in lines if "readiness probe fails" in line and "7nf2k" in line]
    assert len(failing) == 1
    assert re.match(r" *2\d\.\d{3}s .* ×\d", failing[0])
    times = [float(found[1]) for line in lines if (found := re.match(r" *(\d+\.\d{3})s  ", line))]
    assert times == sorted(times)
    assert times[-1] <= 28


def test_events_to_jump_to_are_bursts() -> None:
    film_ = reel("rolling-update")
    assert all(stop % MILLISECOND == 0 for stop in film_.stops)
    assert all(after - stop >= TOGETHER for stop, after in zip(film_.stops, film_.stops[1:], strict=False))
    action = film_.actions[0]
    assert any(action <= stop <= action + SECOND for stop in film_.stops)


def test_the_first_line_says_where_it_stands() -> None:
    assert text("redis-late", 12.345, Size(130, 20)).startswith("▶ replay     12.3s of 2m  ×1  redis-late  Kubernetes 1.32  ")
    assert text("redis-late", 12.345, paused=True).startswith("‖ paused   12.345s of 2m")
    assert text("redis-late", 120, paused=True).startswith("■ ended  2m00.000s of 2m")


def test_it_says_that_the_run_went_on() -> None:
    film_ = film(run(ROOT / "scenarios" / "redis-never").journal.at())
    assert film_ is not None
    at_end = plain(frame(film_, Player(film_.end, 1.0, paused=True), Size(100, 30)))
    assert film_.end == 10 * SECOND
    assert "(nothing new until 2m)" in at_end
    assert "(nothing new" not in plain(frame(film_, Player(film_.end - 1, 1.0), Size(100, 30)))


def test_the_help_names_every_key_and_every_sign() -> None:
    shown = text("redis-late", 0, Size(100, 40), help=True)
    for _, words, _ in BINDINGS:
        assert words in shown
    assert "Pending: not scheduled" in shown
    assert "user action" in shown


def test_rows_that_do_not_fit_can_be_scrolled_to() -> None:
    film_, size = reel("rolling-update"), Size(80, 14)
    player = Player(film_.end, 1.0, paused=True, detail=Detail.ALL)
    bounds = tape(film_, player, size)
    assert bounds.most > 0
    seen: set[str] = set()
    for scroll in range(bounds.most + 1):
        lines = plain(frame(film_, player._replace(scroll=scroll), size)).splitlines()
        assert "┬" in lines[2], "the axis stays"
        seen.update(lines[3 : plan(film_, size, Detail.ALL).timeline])
    assert seen >= {line for line in plain(bars(film_, film_.end, 80, Detail.ALL)).splitlines()[3:] if line}


def test_one_pod() -> None:
    film_ = film(played("redis-late").journal.at(), None, Focus(("data-tier*",)))
    assert film_ is not None
    assert {entry.about.name.rpartition("-")[0] for entry in film_.entries} == {"data-tier-798668f559"}
    assert "app-tier-dp" not in plain(frame(film_, Player(60 * SECOND, 1.0), Size(100, 30)))
    assert film(played("redis-late").journal.at(), None, Focus(("nobody",))) is None
    assert film(played("redis-late").journal.at(), "elsewhere") is None


def test_what_containers_print_does_not_steer_the_terminal() -> None:
    journal = played("redis-late").journal
    line = next(record for record in journal if isinstance(record, LogLine) and record.container)
    records = [record._replace(line="\x1b[2Jgone\x07\x9b1m \u65e5\u672c\u8a9e") if record is line else record for record in journal]
    film_ = film(Journal(journal.header, records).at())
    assert film_ is not None
    shown = frame(film_, Player(line.t, 1.0), Size(100, 30))
    assert "�[2Jgone��1m 日本語" in plain(shown)
