"""How the API server of each release words its refusals."""

from __future__ import annotations

from typing import Any

FIRST = "1.0"

WORDING: dict[str, list[tuple[str, str]]] = {
    "statefulset.update": [
        (
            FIRST,
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
            "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
        (
            "1.34",
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
            "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
    ],
}

SWITCHES: dict[str, list[tuple[str, Any]]] = {
    # Offending values that are no plain text or number: in Go's own notation, later as JSON.
    "values_in_errors_are_json": [(FIRST, False), ("1.34", True)],
}
