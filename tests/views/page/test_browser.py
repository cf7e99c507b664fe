"""The page in a real browser, without a network: its texts are kubectl's, keys and links work, small and dark screens too.

Needs Chromium (`chromium` on the PATH, or its path in PODSIM_CHROMIUM); CI installs it and sets PODSIM_BROWSER=required.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from simulator.kubectl.print.listing import GetOptions
from simulator.kubectl.read.describe import DescribeOptions, describe
from simulator.kubectl.read.get import get
from simulator.kubectl.view import View
from simulator.objects.pod import Pod
from simulator.units import SECOND
from simulator.views.page.page import page
from tests.views.page.runs import played

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUM = (
    os.environ.get("PODSIM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

if CHROMIUM is None and os.environ.get("PODSIM_BROWSER") != "required":
    pytest.skip("no Chromium: install it, or name it in PODSIM_CHROMIUM", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Reader:
    """The page of a run, open in the browser; complaints and requests of the page are kept."""

    def __init__(self, browser: Any, file: Path, *, width: int = 1280, scheme: str = "light") -> None:
        self.file = file
        self.tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", lambda request: self.requests.append(request.url))

    def open(self, address: str) -> Reader:
        self.tab.goto("about:blank")
        self.tab.goto(f"file://{self.file}#{address}")
        self.tab.wait_for_selector("html[data-loaded=yes]")
        return self

    def press(self, *keys: str) -> Reader:
        for key in keys:
            self.tab.keyboard.press(key)
        self.tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self

    @property
    def text(self) -> str:
        """The texts of the panel, without the command lines above them."""
        texts = self.tab.eval_on_selector_all(
            "#text pre",
            "all => all.map(one => { const copy = one.cloneNode(true);"
            " copy.querySelectorAll('.prompt').forEach(p => p.remove());"
            " copy.querySelectorAll('a').forEach(a => a.append('\\n')); return copy.textContent; })",
        )
        return "".join(texts).removeprefix("\n").strip("\n") + "\n"

    @property
    def instant(self) -> str:
        return str(self.tab.input_value("#instant"))

    @property
    def selected(self) -> str:
        return str(self.tab.text_content('[role="tab"][aria-selected="true"]'))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page") / "report.html"
    made.write_text(page(played("rollout").at(), "rollout"), "utf-8")
    return made


@pytest.fixture
def reader(browser: Any, file: Path) -> Iterator[Reader]:
    reader = Reader(browser, file)
    yield reader
    reader.tab.close()
    assert reader.complaints == []
    assert all(url.startswith(("file:", "about:")) for url in reader.requests)


@pytest.mark.parametrize("seconds", [1, 9, 31, 45, 75, 90])
def test_texts_are_kubectls(reader: Reader, seconds: int) -> None:
    view = View(played("rollout").at(seconds * SECOND))
    for plural, kind in (("pods", "Pod"), ("deployments", "Deployment"), ("jobs", "Job"), ("nodes", "Node")):
        printed = get([plural], GetOptions(), view).out
        assert reader.open(f"t={seconds}s&kind={kind}").text == (printed or "\n"), plural
    for pod in view.snapshot.typed(Pod)[::3]:
        name = pod.metadata.name
        shown = reader.open(f"t={seconds}s&show=describe&on=Pod/default/{name}").text
        assert shown == describe(["pod", name], DescribeOptions(), view).out, name


def test_keys(reader: Reader) -> None:
    reader.open("t=10s")
    assert (reader.instant, reader.selected) == ("10s", "Get")
    assert reader.press("ArrowRight", "ArrowRight", "ArrowLeft").instant == "11s"
    later = reader.press("Shift+ArrowRight").instant
    assert later != "11s"
    assert reader.press("Shift+ArrowLeft", "Shift+ArrowRight").instant == later
    assert reader.press("Home").instant == "0s"
    assert reader.press("End").instant == "1m30s"
    assert reader.press("3").selected == "Events"
    assert reader.press("1", "Home", "ArrowRight", "j").selected == "Describe"
    first = reader.tab.input_value("#object")
    assert first.startswith("Pod/default/")
    assert reader.press("j").tab.input_value("#object") != first
    assert reader.press("k").tab.input_value("#object") == first


def test_an_address_leads_to_an_instant_an_object_and_a_text(reader: Reader) -> None:
    reader.open("t=42.5s&show=describe&on=Deployment/default/web")
    assert (reader.instant, reader.selected) == ("42.5s", "Describe")
    assert reader.text.startswith("Name:                   web\n")
    reader.press("ArrowRight")
    reader.tab.wait_for_function("location.hash.includes('t=43.5s')")
    assert "on=Deployment%2Fdefault%2Fweb" in reader.tab.evaluate("location.hash")


def test_a_click_on_a_bar_tells_its_story(reader: Reader) -> None:
    reader.open("t=30s")
    bar = reader.tab.locator("g[data-object^='Pod/'] rect.run").first
    name = bar.evaluate("one => one.parentNode.dataset.object")
    bar.click()
    reader.tab.wait_for_function("document.querySelector('[data-tab=story]').getAttribute('aria-selected') === 'true'")
    assert reader.tab.input_value("#object") == name
    assert "starts" in reader.tab.inner_text("table.story")
    assert reader.tab.inner_text("pre.why").splitlines()[1].startswith(name.replace("Pod/default/", "pod/"))


def test_a_click_on_the_axis_goes_there(reader: Reader) -> None:
    reader.open("t=0s").press("0")
    box = reader.tab.locator("#lanes svg").bounding_box()
    reader.tab.mouse.click(box["x"] + box["width"] - 20, box["y"] + 10)
    reader.tab.wait_for_function("document.getElementById('instant').value !== '0s'")


def test_time_plays_by_itself(reader: Reader) -> None:
    reader.open("t=0s").press("Space")
    reader.tab.wait_for_function("document.getElementById('instant').value !== '0s'")
    reader.press("Space")
    assert reader.tab.get_attribute("#play", "aria-pressed") == "false"


def test_log_lines_are_text_and_not_markup(reader: Reader) -> None:
    reader.open("t=29s&show=logs")
    assert "<b>version 1</b>" in reader.text
    assert reader.tab.locator("#text b").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_small_and_dark_screens(browser: Any, file: Path, width: int, scheme: str) -> None:
    reader = Reader(browser, file, width=width, scheme=scheme).open("t=20s&show=describe&on=Deployment/default/web")
    assert reader.tab.evaluate("document.documentElement.scrollWidth") <= width
    back = reader.tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(255, 255, 255)") == (scheme == "light")
    reader.press("t")
    assert reader.tab.evaluate("getComputedStyle(document.body).backgroundColor") != back
    assert reader.complaints == []
    reader.tab.close()
