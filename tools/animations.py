#!/usr/bin/env python3
"""Draws the animated pictures in docs/images: `podsim play` on the terminal, and the lab in a browser. `make animations`.

The lab's needs Chromium and the lab's data (`make lab`). `play` or `lab`: only that one.
"""

from __future__ import annotations

import io
import shutil
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image, ImageDraw, ImageFont  # noqa: E402 (what matplotlib needs anyway)

import simulator  # noqa: E402 (found because of the line above)
from simulator.units import MILLISECOND  # noqa: E402
from simulator.views.legend import LEGEND, THEMES  # noqa: E402
from simulator.views.picture import DARK  # noqa: E402
from simulator.views.play.film import film  # noqa: E402
from simulator.views.play.frame import Size, frame, tape  # noqa: E402
from simulator.views.play.player import Player, advance  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGES = ROOT / "docs" / "images"
SCENARIO = "redis-late"
SIZE = Size(100, 27)
CELL = (8, 17)
MARGIN = 8
FONT_SIZE = 13
STEP = 400 * MILLISECOND
"""Of real time, between two frames."""
LINGER = 2500
"""Milliseconds for which the last frame stays."""
LAB_SIZE = {"width": 1200, "height": 860}
TURN = "([place, value]) => { const one = document.querySelector(place); one.value = value; one.dispatchEvent(new Event('input')); }"
PULL = "[data-control='image redis:7.2'] input[type=range]"
STYLES = {
    "dim": "#98a4b3",
    "cyan": "#4bbfff",
    "blue": "#5375da",
    "green": "#1aaf7e",
    "yellow": "#f7cc24",
    "red": "#fd6c3a",
    "magenta": "#ef8ac1",
}
SIGN_COLORS = {sign: one.colors[THEMES["dark"]] for sign, one in LEGEND.items()}


def terminal_frames() -> Iterator[Image.Image]:
    """`podsim play`, frame by frame, at the speed at which it plays by itself."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    fonts = [ImageFont.truetype(folder / name, FONT_SIZE) for name in ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")]
    reel = film(simulator.run(ROOT / "scenarios" / SCENARIO).journal.at())
    assert reel is not None
    player = Player(reel.begin, tape(reel, Player(reel.begin, 1.0), SIZE).speed)
    while True:
        yield _drawn(reel, player, fonts)
        if player.paused:
            return
        player = advance(player, STEP, tape(reel, player, SIZE))


def _drawn(reel: object, player: Player, fonts: list[ImageFont.FreeTypeFont]) -> Image.Image:
    image = Image.new("RGB", (SIZE.columns * CELL[0] + 2 * MARGIN, SIZE.rows * CELL[1] + 2 * MARGIN), DARK["axes.facecolor"])
    draw = ImageDraw.Draw(image)
    for y, line in enumerate(frame(reel, player, SIZE)):  # type: ignore[arg-type]
        x = 0
        for part in line:
            color = next((STYLES[word] for word in reversed(part.style.split()) if word in STYLES), DARK["text.color"])
            for sign in part.text:
                place = (MARGIN + x * CELL[0], MARGIN + y * CELL[1])
                draw.text(
                    place,
                    sign,
                    fill=SIGN_COLORS[sign] if part.text == sign * len(part.text) and sign in SIGN_COLORS else color,
                    font=fonts["bold" in part.style],
                )
                x += 1
    return image


def lab_frames() -> Iterator[Image.Image]:
    """The lab: a run plays, a slider makes an image smaller while the timeline follows, `why` explains, a command changes the cluster."""
    from playwright.sync_api import sync_playwright

    from simulator.lab.serve import server
    from simulator.lab.site import site

    with server(site({}), 0) as running, sync_playwright() as started:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport=LAB_SIZE, reduced_motion="reduce")
        tab.set_default_timeout(120_000)

        def shown(times: int = 1) -> Iterator[Image.Image]:
            tab.wait_for_function("document.getElementById('view').ariaBusy === 'false'")
            tab.wait_for_timeout(200)
            image = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
            yield from [image] * times

        tab.goto(f"http://{running.server_address[0]}:{running.server_address[1]}/")
        tab.wait_for_selector("html[data-loaded=yes]")
        tab.select_option("#gallery", SCENARIO)
        tab.wait_for_selector(PULL)
        tab.locator(PULL).scroll_into_view_if_needed()
        yield from shown(3)
        for seconds in range(0, 90, 4):
            tab.evaluate(TURN, ["#slider", seconds * 1_000_000])
            yield from shown()
        yield from shown(2)
        for seconds in (40, 35, 30, 25, 20, 15, 10, 5):
            tab.evaluate(TURN, [PULL, seconds])
            yield from shown(2)
        yield from shown(3)
        tab.evaluate(TURN, ["#slider", 3_000_000])
        tab.click("#panel [data-tab=why]")
        yield from shown(8)
        tab.click("#panel [data-tab=get]")
        tab.type("#line", "scale deployment/app-tier-dp --replicas 3")
        yield from shown(3)
        tab.press("#line", "Enter")
        tab.wait_for_function("document.querySelectorAll('#lanes [data-object^=\"Pod/\"] text.head').length === 4")
        yield from shown(10)
        browser.close()
        running.shutdown()


def save(frames: list[Image.Image], file: Path, milliseconds: int) -> None:
    """Save frames as one picture that repeats."""
    times = [milliseconds] * (len(frames) - 1) + [LINGER]
    frames[0].save(
        file, save_all=True, append_images=frames[1:], duration=times, loop=0, lossless=True, quality=100, method=4, minimize_size=True
    )
    print(f"{file.relative_to(ROOT)}: {len(frames)} frames, {sum(times) / 1000:g} s, {file.stat().st_size // 1000} kB")


def main() -> None:
    """Draw them into docs/images."""
    if "lab" not in sys.argv[1:]:
        save(list(terminal_frames()), IMAGES / "terminal.webp", STEP // MILLISECOND)
    if "play" not in sys.argv[1:]:
        save(list(lab_frames()), IMAGES / "lab.webp", STEP // MILLISECOND)


if __name__ == "__main__":
    main()
