"""docs/cli.md names every environment variable that podsim reads."""

from __future__ import annotations

import re

from tests.conftest import ROOT
from tests.documents.pages import read

VARIABLE = re.compile(r"""environ(?:\.get\(|\[)"([A-Z_]+)"(?!\] =)""")


def test_every_variable_is_named() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "simulator").rglob("*.py") if "userland" not in path.parts)
    variables = {name for source in sources for name in VARIABLE.findall(source)}
    assert variables
    assert sorted(name for name in variables if not re.search(rf"`\$?{name}`", read("docs/cli.md"))) == []
