"""Links lead somewhere: to a file, to a heading, to a file of the repository by its address. Other sites are not asked."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.documents.pages import anchors, links, pages, read

REPOSITORY = "https://github.com/podsim/podsim/"


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page: str) -> None:
    assert [target for target in links(read(page)) if not leads_somewhere(page, target)] == []


def leads_somewhere(page: str, target: str) -> bool:
    if target.startswith(REPOSITORY):
        kind, _, path = target.removeprefix(REPOSITORY).partition("/main/")
        return kind not in ("blob", "tree") or (ROOT / path.partition("#")[0]).exists()
    if "://" in target:
        return target.startswith("https://")
    name, _, anchor = target.partition("#")
    file = (ROOT / page).parent / name if name else ROOT / page
    return file.exists() and (not anchor or anchor in anchors(file.read_text(encoding="utf-8")))


def test_the_site_links_only_to_itself_and_to_addresses() -> None:
    """A page of docs/ names other files of the repository by their address: on the site they would be missing."""
    for page in pages():
        if page.startswith("docs/"):
            relative = [target for target in links(read(page)) if "://" not in target]
            outside = [target for target in relative if not ((ROOT / page).parent / target).resolve().is_relative_to(ROOT / "docs")]
            assert outside == [], page


@pytest.mark.parametrize(
    ("target", "good"),
    [
        ("architecture.md", True),
        ("architecture.md#packages-from-the-bottom-up", True),
        ("architecture.md#no-such-heading", False),
        ("no-such-page.md", False),
        ("https://github.com/podsim/podsim/blob/main/README.md#install", True),
        ("https://github.com/podsim/podsim/blob/main/no-such-file", False),
        ("https://example.com/anything", True),
        ("http://example.com/plain", False),
    ],
)
def test_what_leads_somewhere(target: str, good: bool) -> None:
    assert leads_somewhere("docs/fidelity.md", target) is good
