"""The ClusterRoles and ClusterRoleBindings that every cluster has from its start.

The data is in `bootstrap.json`: the default policy of Kubernetes 1.36 (plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata), without
the roles of controllers, which no container has. The objects are not in the store; objects of the same name there replace them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

FILE = Path(__file__).with_name("bootstrap.json")


class Bootstrap(msgspec.Struct, frozen=True):
    """The default policy: ClusterRoles by name (labels, aggregationRule, rules), and bindings by name (role, subjects)."""

    roles: dict[str, dict[str, Any]]
    bindings: dict[str, dict[str, Any]]


@cache
def bootstrap() -> Bootstrap:
    """The default policy, read on first use."""
    return msgspec.json.decode(FILE.read_bytes(), type=Bootstrap)
