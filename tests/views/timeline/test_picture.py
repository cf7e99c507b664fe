"""The timeline as a picture: same bytes each time, every lane labelled; the documents' pictures show what is played today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from simulator.errors import UsageError
from simulator.public.runs import Run, run
from simulator.units import SECOND
from simulator.views.timeline.picture import draw_picture
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def retries() -> Run:
    return run(ROOT / "scenarios" / "await-redis-retries")


def labels(svg: str) -> list[str]:
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_each_lane_is_labelled_and_the_bytes_are_the_same(retries: Run, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.svg", "two.svg")]
    for file in files:
        draw_picture(retries.at().snapshot, file, end=45 * SECOND)
    one, two = (file.read_bytes() for file in files)
    assert one == two
    shown = labels(one.decode())
    assert [name for name in shown if name.startswith(("app-tier-dp", "data-tier-"))] == [pod.name for pod in retries.at().pods()]
    assert [shown.count(name) for name in ("await-redis", "server", "redis", "data-tier", "app-tier-svc")] == [2, 2, 1, 1, 1]


def test_the_axis_ends_when_nothing_more_happens(tmp_path: Path) -> None:
    played = run(ROOT / "scenarios" / "redis-never")
    draw_picture(played.at().snapshot, tmp_path / "never.svg")
    shown = labels((tmp_path / "never.svg").read_text(encoding="utf-8"))
    assert "10" in shown
    assert "20" not in shown, "the run is 2 minutes long"


def test_a_large_run_has_a_row_for_each_workload(tmp_path: Path) -> None:
    pods = [
        f"{{apiVersion: v1, kind: Pod, metadata: {{name: p{i}}}, spec: {{containers: [{{name: c, image: busybox}}]}}}}" for i in range(4)
    ]
    web = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 45, selector: {matchLabels: {app: web}}, "
        "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: nginx}]}}}}"
    )
    (tmp_path / "all.yaml").write_text("\n---\n".join([*pods, web]), encoding="utf-8")
    snapshot = run(tmp_path / "all.yaml").at().snapshot
    draw_picture(snapshot, tmp_path / "folded.svg", end=20 * SECOND)
    shown = labels((tmp_path / "folded.svg").read_text(encoding="utf-8"))
    assert "deploy/web ×45" in shown
    assert [name for name in shown if name.startswith("po/p")] == ["po/p0", "po/p1", "po/p2", "po/p3"]
    assert {"ready", "down, back-off", "failed", "ContainerCreating"} & set(shown) >= {"ready"}
    draw_picture(snapshot, tmp_path / "whole.svg", end=20 * SECOND, name="deployment/web")
    assert sum(name.startswith("web-") for name in labels((tmp_path / "whole.svg").read_text(encoding="utf-8"))) == 45
    with pytest.raises(UsageError, match="no pods of api"):
        draw_picture(snapshot, tmp_path / "none.svg", name="api")


def test_other_formats_and_an_early_end(retries: Run, tmp_path: Path) -> None:
    for suffix, magic in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        files = [tmp_path / f"{name}.{suffix}" for name in ("one", "two")]
        for file in files:
            draw_picture(retries.at("5s").snapshot, file)
        one, two = (file.read_bytes() for file in files)
        assert one.startswith(magic)
        assert one == two


def test_pictures_of_the_documents_show_today_s_names() -> None:
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "tools" / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    for name in pictures.PICTURES:
        shown = labels((ROOT / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8"))
        missing = {pod.name for pod in run(ROOT / "scenarios" / name).at().pods()} - set(shown)
        assert not missing, "make pictures"


@pytest.mark.parametrize("name", ["terminal", "lab"])
def test_animated_pictures_are_small_and_take_half_a_minute(name: str) -> None:
    from PIL import Image

    file = ROOT / "docs" / "images" / f"{name}.webp"
    assert file.stat().st_size < 500_000
    assert f"docs/images/{name}.webp" in (ROOT / "README.md").read_text("utf-8")
    with Image.open(file) as picture:
        milliseconds = 0
        for i in range(picture.n_frames):  # type: ignore[attr-defined]
            picture.seek(i)
            picture.load()
            milliseconds += picture.info["duration"]
    assert 20_000 <= milliseconds <= 32_000
