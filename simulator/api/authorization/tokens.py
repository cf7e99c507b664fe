"""ServiceAccount tokens: where containers have them, and whose they are. All tokens read the same; a token's user is that of the pod."""

from __future__ import annotations

from typing import Literal

from simulator.api.authorization.request import ANONYMOUS, User, account_user
from simulator.objects.pod import Pod

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Where the token, the cluster's certificate and the namespace's name are mounted."""
TOKEN = "podsim-service-account-token"
"""The content of every token file."""
DEFAULT_ACCOUNT = "default"
CredentialSource = Literal["token", "kubeconfig", ""]
"""Where kubectl has its credentials from: the mounted token of the ServiceAccount, a file of unknown content, or nowhere."""


def pod_user(pod: Pod) -> User:
    """The user of the pod's token."""
    return account_user(pod.metadata.namespace, pod.spec.service_account_name or DEFAULT_ACCOUNT)


def has_token(pod: Pod, container: str) -> bool:
    """Whether a token is mounted where client libraries look for it."""
    containers = [item for item in (*pod.spec.containers, *pod.spec.init_containers) if item.name == container]
    return any(mount.mount_path.rstrip("/") == TOKEN_PATH for item in containers for mount in item.volume_mounts)


def bearer(pod: Pod, header: str) -> User | None:
    """The user of a request with that `Authorization` header; None: no user has that token (401).

    No header, one of another scheme, and an empty token are requests of the anonymous user.
    """
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return ANONYMOUS
    return pod_user(pod) if token.strip() == TOKEN else None
