"""The kubeconfig file of a session: address, certificate authority, token and namespace. The user's own kubeconfig is never touched."""

from __future__ import annotations

import base64

import msgspec

NAME = "podsim"


def kubeconfig(server: str, authority: bytes, token: str, namespace: str) -> str:
    """The text of the file: JSON, which every reader of YAML reads."""
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(authority).decode()}
    context = {"cluster": NAME, "user": NAME, "namespace": namespace}
    value = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": NAME,
        "clusters": [{"name": NAME, "cluster": cluster}],
        "users": [{"name": NAME, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": context}],
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def read_back(text: str) -> tuple[str, str, str]:
    """Server, token and certificate authority (PEM) of such a file. Raises ValueError for another one."""
    try:
        value = msgspec.json.decode(text)
        cluster, user = value["clusters"][0], value["users"][0]
        if cluster["name"] != NAME:
            raise ValueError(f"cluster {cluster['name']}")
        pem = base64.b64decode(cluster["cluster"]["certificate-authority-data"]).decode()
        return cluster["cluster"]["server"], user["user"]["token"], pem
    except (msgspec.DecodeError, KeyError, IndexError, TypeError) as error:
        raise ValueError(str(error)) from error
