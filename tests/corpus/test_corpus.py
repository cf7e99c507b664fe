"""Real manifests run to their horizon or are refused with a reason: copied samples always, all of them where they are at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from tests.depth import some

from .play import play
from .report import MEANINGS, READ, SHARED, files, play_all, read_elsewhere, report, sample, table

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = {
    "ContainerSolutions+kubernetes-examples/init-container.yaml": ("waits", "init container init-container-init-container runs"),
    "Andygol+k8s-website/commands.yaml": ("finished", ""),
    "Andygol+k8s-website/two-container-pod.yaml": ("ready", "some containers have finished"),
    "GoogleCloudPlatform+microservices-demo/emailservice.yaml": ("ready", ""),
    "GoogleCloudPlatform+kubernetes-engine-samples/mmap-count.yaml": ("ready", ""),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_samples_end_as_their_authors_meant(name: str) -> None:
    played = play(SAMPLES / name)
    assert not played.broken
    assert not played.refused
    assert [outcome[1:] for outcome in played.outcomes] == [EXPECTED[name]]


def test_every_sample_says_where_it_comes_from() -> None:
    with (SAMPLES / "SOURCES.tsv").open(encoding="utf-8") as lines:
        named = {row["file"] for row in csv.DictReader(lines, delimiter="\t")}
    assert named == set(EXPECTED)


def test_the_report_counts_every_workload() -> None:
    text = "\n".join(report(play_all(SAMPLES)))
    assert "5 files ran to their horizon, 0 were refused, 0 broke." in text
    assert "| became ready | 3 | 3 | 3 |" in text
    assert "| what its init container waits for | 1 |" in text


def test_a_file_is_played_with_what_it_refers_to(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    spec = {"serviceAccountName": "me", "containers": [{"name": "c", "image": "nginx", "envFrom": [{"secretRef": {"name": "s"}}]}]}
    labels = {"matchLabels": {"app": "p"}}
    template = {"metadata": {"labels": {"app": "p"}}, "spec": spec}
    pod = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "p"}, "spec": {"selector": labels, "template": template}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "me"}}
    (folder / "pod.yaml").write_text(yaml.safe_dump(pod), encoding="utf-8")
    (folder / "account.yaml").write_text(yaml.safe_dump(account), encoding="utf-8")
    ends = play_all(tmp_path)["project/pod.yaml"]
    assert [played.outcomes[0].verdict if played.outcomes else played.refused for played in ends[1:]] == ["waits", "ready"]


def test_the_sample_says_how_often_it_is_right() -> None:
    verdicts = [row["verdict"] for row in sample()]
    assert len(verdicts) == 40
    assert set(verdicts) <= {"right", "wrong"}


def test_what_was_read_says_where_it_comes_from_and_how_it_ended() -> None:
    rows = table("read.tsv")
    assert len(rows) >= 60
    assert len({(row["repository"], row["paths"]) for row in rows}) == len(rows)
    assert all(len(row["commit"]) == 40 and row["paths"] and row["outcome"] for row in rows)
    assert all(row["why"] or row["verdict"] == "agrees" for row in rows)
    assert {row["verdict"] for row in rows} <= set(MEANINGS)
    assert READ.read_text(encoding="utf-8") == "".join(f"{line}\n" for line in read_elsewhere())


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the corpus is not at hand")
def test_the_sample_still_ends_as_it_was_judged() -> None:
    for row in sample():
        outcome = next(o for o in play(SHARED / "corpus" / row["file"]).outcomes if o.workload == row["workload"])
        meant = row["meant"].split(" ")[0].rstrip(",:")
        expected = {"ready": "ready", "runs": "ready", "finishes": "finished"}.get(meant)
        if row["verdict"] == "right" and expected and not row["why"].startswith("waits"):
            assert outcome.verdict == expected, row
        if row["why"].startswith("waits"):
            assert outcome.verdict == "waits", row


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the corpus is not at hand")
def test_the_corpus() -> None:
    broken = {path.name: played.broken for path in some(files(SHARED / "corpus")) if (played := play(path)).broken}
    assert broken == {}


@pytest.mark.skipif(not (SHARED / "corpus-invalid").is_dir(), reason="the corpus is not at hand")
def test_every_invalid_file_is_refused_with_its_line() -> None:
    for path in files(SHARED / "corpus-invalid"):
        played = play(path)
        assert played.refused.startswith(f"{path}:"), path
        assert played.refused.removeprefix(f"{path}:").partition(":")[0].isdigit(), played.refused
