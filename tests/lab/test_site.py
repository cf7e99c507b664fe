"""The lab's files, and the command that serves or writes them."""

from __future__ import annotations

import io
import json
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.lab import site as module
from simulator.lab.serve import POLICY, server
from simulator.lab.site import site
from tests.conftest import Podsim


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What podsim-lab would hold, in small."""
    folder = tmp_path / "podsim_lab"
    (folder / "data" / "pyodide").mkdir(parents=True)
    (folder / "data" / "packages.zip").write_bytes(b"packages")
    (folder / "data" / "pyodide" / "pyodide.mjs").write_bytes(b"pyodide")
    monkeypatch.setattr(module, "CHECKOUT", folder)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    return folder


@pytest.mark.usefixtures("data")
def test_the_same_files_give_the_same_bytes_and_the_service_worker_lists_them() -> None:
    files = site({"app.yaml": "a"})
    assert files == site({"app.yaml": "a"})
    listed = json.loads(files["sw.js"].split(b"\n")[0].removeprefix(b"const FILES=").removesuffix(b";"))
    assert set(listed) == {*files, "version"} - {"sw.js"}
    assert json.loads(files["start.json"]) == {"app.yaml": "a"}
    # Other files on the bench are no reason to load everything again.
    assert site({})["sw.js"] == files["sw.js"]


@pytest.mark.usefixtures("data")
def test_podsim_is_in_it_with_the_gallery_and_without_what_the_browser_does_not_need() -> None:
    with zipfile.ZipFile(io.BytesIO(site({})["podsim.zip"])) as archive:
        names = archive.namelist()
    assert "simulator/lab/bench.py" in names
    assert "simulator/gallery/await-redis/scenario.yaml" in names
    assert not [name for name in names if "__pycache__" in name or "/cli/" in name or "/expected/" in name]


def test_no_page_names_another_host() -> None:
    for path in sorted(module.ASSETS.glob("*")):
        if path.name != "vendor.js":
            assert "https://" not in path.read_text("utf-8"), path.name


@pytest.mark.usefixtures("data")
def test_build(podsim: Podsim, tmp_path: Path) -> None:
    result = podsim("lab", "--build", str(tmp_path / "out"))
    assert result.code == 0
    assert {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()} == set(site({}))


def test_without_its_data_the_command_says_what_to_install(podsim: Podsim, data: Path) -> None:
    (data / "data" / "packages.zip").unlink()
    result = podsim("lab", "--no-open")
    assert result.code == 2
    assert "pip install 'podsim[lab]'" in result.err


@pytest.mark.usefixtures("data")
def test_bad_paths(podsim: Podsim, tmp_path: Path) -> None:
    assert "nope.yaml" in podsim("lab", "nope.yaml").err
    (tmp_path / "empty").mkdir()
    assert "no manifests in" in podsim("lab", str(tmp_path / "empty")).err


@pytest.fixture
def address(data: Path) -> Iterator[str]:
    with server(site({"app.yaml": "a"}), 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_served(address: str, podsim: Podsim) -> None:
    with urllib.request.urlopen(f"{address}/") as page:
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["Content-Security-Policy"] == POLICY
        text = page.read()
    assert b"podsim lab" in text
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'.encode() in text
    with urllib.request.urlopen(f"{address}/start.json?x=1") as start:
        assert start.read() == b'{"app.yaml": "a"}'
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{address}/../pyproject.toml")
    port = address.rpartition(":")[2]
    assert f"--port {port}: " in podsim("lab", "--no-open", "--port", port).err
