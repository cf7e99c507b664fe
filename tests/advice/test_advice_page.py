"""docs/advice.md contains the table of rules. `--update-golden` rewrites it."""

from __future__ import annotations

import re

import pytest

from simulator.advice.rule_table import table
from simulator.advice.rules import RULES
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "advice.md"
TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end -->)", re.DOTALL)


def test_the_table_of_rules(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    renewed = TABLE.sub(lambda _: table(RULES), text)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(renewed, encoding="utf-8")
    else:
        assert text == renewed
