"""The timeline as a picture: same bytes each time, every lane labelled; the documents' pictures show what is played today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

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
