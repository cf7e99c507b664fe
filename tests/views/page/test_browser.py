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

import simulator
from simulator.kubectl.print.listing import GetOptions
from simulator.kubectl.read.describe import DescribeOptions, describe
from simulator.kubectl.read.get import get
from simulator.kubectl.view import View
from simulator.objects.pod import Pod
from simulator.units import SECOND
from simulator.views.page.page import page
from tests.conftest import ROOT
from tests.views.page.runs import played

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUM = (
    os.environ.get("PODSIM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

AXE = next((path for path in [ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"] if path.is_file()), None)

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

    def until(self, holds: str) -> None:
        """Wait; the browser's own waiting needs `eval`, which the page's policy forbids."""
        for _ in range(200):
            if self.tab.evaluate(holds):
                return
            self.tab.wait_for_timeout(50)
        raise AssertionError(holds)

    @property
    def caption(self) -> str:
        return str(self.tab.text_content("#caption"))

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


def test_it_opens_at_the_start_and_says_what_happens(browser: Any, tmp_path: Path) -> None:
    made = tmp_path / "late.html"
    made.write_text(page(simulator.run(ROOT / "scenarios" / "redis-late").journal.at(), "late"), "utf-8")
    reader = Reader(browser, made).open("")
    assert (reader.instant, reader.selected) == ("0s", "Get")
    assert reader.caption == "redis: container is being created · 0 of 3 pods ready"
    assert "redis pulls its image · await-redis calls data-tier:6379: connection refused (×2)" in reader.open("t=10s").caption
    assert reader.press("End").caption == "3 of 3 pods ready"
    reader.tab.close()
    assert reader.complaints == []


def test_the_slider_and_the_lanes_have_one_scale(reader: Reader) -> None:
    middles = (
        "() => { const slider = document.getElementById('slider'), box = slider.getBoundingClientRect();"
        " const share = (slider.value - slider.min) / (slider.max - slider.min);"
        " return [box.left + 8 + share * (box.width - 16), document.querySelector('svg .now').getBoundingClientRect().left]; }"
    )
    for keys in ((), ("ArrowRight",), ("0",), ("+", "+"), ("End",)):
        thumb, line = reader.open("t=20s").press(*keys).tab.evaluate(middles)
        assert abs(thumb - line) < 2, keys


def test_why_and_the_lines_behind_it(browser: Any, tmp_path: Path) -> None:
    folder = ROOT / "scenarios" / "await-redis"
    texts = {name: (folder / name).read_text("utf-8") for name in ("app-tier.yaml", "data-tier.yaml")}
    made = tmp_path / "await.html"
    made.write_text(page(simulator.run(folder).journal.at(), "await", sources=texts), "utf-8")
    reader = Reader(browser, made).open("t=1m&show=why")
    assert "container server has no port named server (app-tier.yaml:41)" in reader.text
    assert reader.press("7").selected == "YAML"
    assert reader.tab.inner_text(".cause").split()[:3] == ["41", "ports:", "◀"]
    assert reader.tab.locator("mark.named").count() == 3
    assert reader.tab.evaluate("document.querySelector('.cause').getBoundingClientRect().top < innerHeight")
    reader.open("t=1m&show=yaml&on=Service/pb/data-tier")
    assert reader.tab.inner_text("pre.yaml").split() == [
        word for i, line in enumerate(texts["data-tier.yaml"].split("\n")[:14]) for word in (str(i + 1), *line.split())
    ]
    assert reader.tab.locator("mark").count() == 0
    assert reader.open("t=1m&show=why&on=Service/pb/data-tier").selected == "Why"
    reader.tab.close()
    assert reader.complaints == []


def test_lanes_can_be_folded_and_reached_by_keys(reader: Reader) -> None:
    reader.open("t=20s")
    rows = reader.tab.locator("#lanes g[role=button]").count()
    assert reader.press("f").tab.locator("#lanes g[role=button]").count() < rows
    assert reader.tab.get_attribute("#fold", "aria-pressed") == "true"
    reader.tab.focus("#lanes g[tabindex='0']")
    reader.press("ArrowDown", "ArrowUp", "Enter")
    chosen = reader.tab.input_value("#object")
    assert chosen == "CronJob/default/tick"
    assert reader.tab.evaluate("document.activeElement.parentElement.dataset.object") == chosen
    assert reader.press("f").tab.locator("#lanes g[role=button]").count() == rows


@pytest.mark.skipif(AXE is None and os.environ.get("PODSIM_WEB") != "required", reason="no axe-core: npm ci --prefix web")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_rule_of_wcag_aa_is_broken(browser: Any, file: Path, width: int, scheme: str) -> None:
    """axe-core's rules of WCAG 2.2 A and AA; the page's policy lets no other script in, so axe comes through the debugger."""
    assert AXE is not None
    reader = Reader(browser, file, width=width, scheme=scheme)
    axe = AXE.read_text("utf-8")
    for tab in ("get", "describe", "events", "logs", "story", "why", "yaml"):
        reader.open(f"t=31s&show={tab}&on=Deployment/default/web")
        reader.tab.evaluate(f"() => {{ {axe} }}")
        found = reader.tab.evaluate(
            "() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })"
            ".then((all) => all.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html} ${node.failureSummary}`)))"
        )
        assert found == [], tab
    reader.tab.close()


def test_nothing_but_the_page_s_own_script_runs(browser: Any, file: Path, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled.html"
    spoiled.write_text(
        file.read_text("utf-8").replace(
            "</body>", "<script>document.title = 'spoiled'</script><img src=x onerror=\"document.title='spoiled'\"></body>"
        ),
        "utf-8",
    )
    reader = Reader(browser, spoiled).open("")
    assert reader.tab.title() == "rollout"
    assert all("Content Security Policy" in complaint for complaint in reader.complaints)
    assert reader.complaints
    reader.tab.close()


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
    reader.until("location.hash.includes('t=43.5s')")
    assert "on=Deployment%2Fdefault%2Fweb" in reader.tab.evaluate("location.hash")


def test_a_click_on_a_bar_tells_its_story(reader: Reader) -> None:
    reader.open("t=30s")
    bar = reader.tab.locator("g[data-object^='Pod/'] rect.s-ready").first
    name = bar.evaluate("one => one.parentNode.dataset.object")
    bar.click()
    reader.until("document.querySelector('[data-tab=story]').getAttribute('aria-selected') === 'true'")
    assert reader.tab.input_value("#object") == name
    assert "starts" in reader.tab.inner_text("table.story")
    reader.press("6")
    assert reader.tab.inner_text("pre.why").splitlines()[1].startswith(name.replace("Pod/default/", "pod/"))


def test_a_click_on_the_axis_goes_there(reader: Reader) -> None:
    reader.open("t=0s").press("0")
    box = reader.tab.locator("#lanes svg").bounding_box()
    reader.tab.mouse.click(box["x"] + box["width"] - 20, box["y"] + 10)
    reader.until("document.getElementById('instant').value !== '0s'")


def test_time_plays_by_itself(reader: Reader) -> None:
    reader.open("t=0s").press("Space")
    reader.until("document.getElementById('instant').value !== '0s'")
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
