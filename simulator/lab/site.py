"""The lab as files: the page (built from `web/`), podsim itself as a zip, and Pyodide from the distribution `podsim-lab`."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from simulator.errors import UsageError
from simulator.scenario.gallery import exhibits, gallery_folder
from simulator.version import __version__

PACKAGE = Path(__file__).resolve().parent.parent
ASSETS = Path(__file__).parent / "assets"
CHECKOUT = PACKAGE.parent / "web" / "podsim-lab" / "podsim_lab"
"""Where `make lab` writes the data in a checkout."""
NOT_IN_THE_BROWSER = ("lab/assets", "views/page/assets", "gallery", "notebooks", "cli")
"""Parts of the package that the bench does not need; the gallery is added from wherever it is."""
DATE = (2020, 1, 1, 0, 0, 0)
MISSING = "podsim lab needs Python for the browser: pip install 'podsim[lab]' (in a checkout: make lab)"


def site(files: Mapping[str, str]) -> dict[str, bytes]:
    """Every file of the lab by its path; `files` are on the bench when it opens. Raises UsageError when podsim-lab is missing."""
    data = _data()
    pages = {path.relative_to(ASSETS).as_posix(): path.read_bytes() for path in sorted(ASSETS.rglob("*")) if path.is_file()}
    pages |= {path.relative_to(data).as_posix(): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}
    pages["podsim.zip"] = _podsim()
    pages["sizes.json"] = json.dumps({name: len(content) for name, content in pages.items()}).encode()
    pages["start.json"] = json.dumps(files).encode()
    return {**pages, "sw.js": _names(pages) + pages["sw.js"]}


def _data() -> Path:
    """The folder with Pyodide. Raises UsageError."""
    from importlib.util import find_spec

    spec = find_spec("podsim_lab")
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    for folder in (*folders, CHECKOUT):
        if (folder / "data" / "packages.zip").is_file():
            return folder / "data"
    raise UsageError(MISSING)


def _podsim() -> bytes:
    """This very podsim, so that the page runs what the command line runs. The same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, path in (*_modules(), *_gallery()):
            archive.writestr(zipfile.ZipInfo(name, DATE), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not any(name.startswith(f"{part}/") for part in NOT_IN_THE_BROWSER):
            yield f"simulator/{name}", path


def _gallery() -> Iterator[tuple[str, Path]]:
    home = gallery_folder()
    yield "simulator/gallery/README.md", home / "README.md"
    for one in exhibits():
        for path in sorted(one.folder.rglob("*")):
            if path.is_file() and "expected" not in path.relative_to(one.folder).parts:
                yield f"simulator/gallery/{path.relative_to(home).as_posix()}", path


def _names(pages: Mapping[str, bytes]) -> bytes:
    """The list that the service worker keeps files by; another file makes another list, and so another service worker."""
    hashes = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in pages.items() if name != "start.json"}
    whole = hashlib.sha256(json.dumps(hashes).encode()).hexdigest()[:16]
    listed = {"version": f"{__version__}-{whole}", **{name: digest for name, digest in hashes.items() if name != "sw.js"}, "start.json": ""}
    return f"const FILES={json.dumps(listed, separators=(',', ':'))};\n".encode()
