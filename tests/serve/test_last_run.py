"""A session becomes the last run: other commands look back at it, and its requests replay to the same bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from simulator.journal.journal import Journal
from simulator.journal.records import Fact, Record
from simulator.journal.saved import load
from tests.conftest import Podsim

SCRIPT = """
import base64, json, os, ssl, urllib.request
config = json.load(open(os.environ["KUBECONFIG"]))
cluster = config["clusters"][0]["cluster"]
context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
token = config["users"][0]["user"]["token"]
def ask(path, body=None, method="GET", kind="application/json"):
    headers = {"Authorization": "Bearer " + token, "Content-Type": kind}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(cluster["server"] + path, data, headers, method=method), context=context) as answer:
        return json.load(answer)
labels = {"app": "web"}
template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
web = "/apis/apps/v1/namespaces/default/deployments"
ask(web, {"metadata": {"name": "web"}, "spec": spec}, "POST")
while ask(web + "/web")["status"].get("readyReplicas") != 2:
    pass
ask(web + "/web", {"spec": {"replicas": 3}}, "PATCH", "application/merge-patch+json")
while ask(web + "/web")["status"].get("readyReplicas") != 3:
    pass
raise SystemExit(7)
"""


def test_a_session_on_auto_repeats_itself_and_replays(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODSIM_LAST_RUN", str(tmp_path / "last.journal"))
    Path("client.py").write_text(SCRIPT)
    journals = []
    for _ in range(2):
        result = podsim("serve", "--clock", "auto", "--kubeconfig", "kubeconfig", "--", sys.executable, "client.py")
        assert result.code == 7, "the command's exit code"
        journals.append(Path("last.journal").read_bytes())
    assert journals[0] == journals[1]
    Path("session.journal").write_bytes(journals[0])
    pods = podsim("get", "pods").out.splitlines()
    assert [line.split()[1] for line in pods[1:]] == ["1/1"] * 3
    actions = podsim("actions").out
    assert actions.count("- {at: ") == 2
    scenario = f"apiVersion: podsim/v1\nkind: Scenario\nspec:\n  {actions.replace(chr(10), chr(10) + '  ')}"
    Path("scenario.yaml").write_text(scenario)
    replayed = podsim("run", "scenario.yaml", "--save", "replayed.journal")
    assert replayed.code == 0, replayed.err
    ours, theirs = loaded("session.journal"), loaded("replayed.journal")
    assert without_places(ours) == without_places(theirs.at(ours.end).records())


def loaded(file: str) -> Journal:
    with Path(file).open("rb") as content:
        return load(content, file)


def without_places(records: Iterable[Record]) -> list[Record]:
    """Records without the line of a file at which an action is written: a request of a session has none."""
    return [record._replace(data={**record.data, "file": "", "line": 0}) if isinstance(record, Fact) else record for record in records]
