"""What tests of the lab need besides Python: its data, Node.js, a browser."""

from __future__ import annotations

import os
import shutil

import pytest

from simulator.lab.site import CHECKOUT

NODE = shutil.which("node")
CHROMIUM = (
    os.environ.get("PODSIM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
BUILT = (CHECKOUT / "data" / "packages.zip").is_file()


def needs_node() -> None:
    """Skip the module without Node.js or the lab's data; CI requires both."""
    if (NODE is None or not BUILT) and os.environ.get("PODSIM_WEB") != "required":
        pytest.skip("no Node.js, or the lab's data is missing: make lab", allow_module_level=True)


def needs_browser() -> None:
    """Skip the module without Chromium or the lab's data; CI requires both."""
    required = os.environ.get("PODSIM_BROWSER") == "required" and os.environ.get("PODSIM_WEB") == "required"
    if (CHROMIUM is None or not BUILT) and not required:
        pytest.skip("no Chromium, or the lab's data is missing: make lab", allow_module_level=True)
