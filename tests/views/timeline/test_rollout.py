"""The picture of a roll-out: what it draws, in both themes; files are the same each time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import simulator
from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.objects.kinds import Key
from simulator.units import SECOND
from simulator.views.picture import theme
from simulator.views.timeline.rollout import draw_rollout, revisions, rollout_figure, terminating
from tests.conftest import ROOT, Podsim


@cache
def played() -> Journal:
    return simulator.run(str(ROOT / "scenarios" / "rolling-update")).journal


def test_revisions_follow_each_other_within_the_bounds() -> None:
    snapshot = played().at()
    deployment = snapshot.get(Key("Deployment", "default", "web"))
    old, new = (steps for _, steps in revisions(snapshot, deployment))
    assert (old[-1][1], new[-1][1]) == (0, 4)
    with theme():
        axes = rollout_figure(snapshot, "web", "default").axes[0]
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
    assert set(lines["replicas + maxSurge"]) == {5}
    assert set(lines["replicas - maxUnavailable"]) == {3}
    available = next(line for line in axes.lines if line.get_label() == "available")
    settled = [count for t, count in zip(available.get_xdata(), available.get_ydata(), strict=True) if t > 10]
    assert min(settled) >= 3
    assert [layer.get_label().partition("-")[0] for layer in axes.collections] == ["pods of web", "pods of web", "terminating pods"]
    leaving = terminating(snapshot, deployment)
    assert max(count for _, count in leaving) == 2
    assert leaving[-1][1] == 0
    assert axes.get_xlim()[1] < snapshot.t / SECOND, "the axis ends when the rollout is over"
    assert [text.get_text().strip() for text in axes.texts] == ["setImage at 20s"]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_same_run_gives_the_same_file(tmp_path: Path, look: str) -> None:
    for name in ("a.svg", "b.svg"):
        draw_rollout(played().at(), tmp_path / name, "web", "default", look=look)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert ("#12161c" in (tmp_path / "a.svg").read_text()) == (look == "dark")


def test_who_is_not_there_cannot_be_drawn() -> None:
    with pytest.raises(UsageError, match="no deployment 'db'"):
        rollout_figure(played().at(), "db", "default")


def test_the_command(tmp_path: Path, podsim: Podsim) -> None:
    scenario = str(ROOT / "scenarios" / "rolling-update")
    for words in (("timeline", "--until", "40s"), ("rollout", "deployment/web", "--since", "15s")):
        file = tmp_path / f"{words[0]}.png"
        assert podsim("plot", *words, "-f", scenario, "-o", str(file), "--theme", "dark").code == 0
        assert file.read_bytes().startswith(b"\x89PNG")
    assert podsim("plot", "rollout", "-f", scenario, "-o", "x.png").code == 2
    assert podsim("plot", "timeline", "-f", scenario, "-o", "x.gif").code == 2
