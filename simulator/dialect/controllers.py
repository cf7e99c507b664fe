"""The words and ways of the controller-manager and the scheduler, release by release. Rows as in `kubelet`."""

from __future__ import annotations

from typing import Any

WORDING: dict[str, list[tuple[str, str]]] = {}

SWITCHES: dict[str, list[tuple[str, Any]]] = {}
