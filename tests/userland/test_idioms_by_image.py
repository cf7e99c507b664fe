"""How people wait in the images that they use: what each try prints, and when the loop ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.images.contents import contents
from simulator.process.host import Reply
from simulator.process.world import HasProgram, WorldRequest
from tests.fake_container import Container, World

ROWS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("idioms_images.yaml").read_text(encoding="utf-8"))
STATES = ("missing", "refused", "open")
ENDS = {"name": ("refused", "open"), "nothing": ()}
"""The states in which a loop ends, by what it waits for; others wait for the port."""
RESOLV_CONF = "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"


class ImageWorld(World):
    """An image has the programs that podsim's lists give it."""

    def ask(self, request: WorldRequest) -> Reply:
        if isinstance(request, HasProgram):
            return Reply(contents(self.image_name).has(request.command) != "no")
        return super().ask(request)


def first_try(row: dict[str, Any], state: str) -> tuple[int | None, str]:
    """The status and the output before the first pause is over, in one of the states."""
    shell = "bash" if "bash" in row else "sh"
    world = ImageWorld(image_name=row["image"], names={"db"} if state != "missing" else set())
    if state == "open":
        world.open("db", row.get("port", 5432))
    container = Container(shell, "-c", row[shell], world=world, files={"etc/resolv.conf": RESOLV_CONF})
    printed: list[str] = []
    container.out = {1: printed, 2: printed}
    container.run(0.9)
    return container.main.status, "".join(printed)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['image']} {row.get('sh') or row.get('bash')}"[:70])
def test_a_try_prints_what_the_tool_prints(row: dict[str, Any], state: str) -> None:
    ends = state in ENDS.get(row.get("waits_for", ""), ("open",))
    assert first_try(row, state) == (0 if ends else None, row[state])
