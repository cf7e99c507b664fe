"""Paths of a node that `hostPath` volumes name, and what the kubelet's check of their type says (pkg/volume/hostpath)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from simulator.objects.volume import HostPathVolumeSource

DIRECTORY, FILE, SOCKET, CHAR_DEVICE, BLOCK_DEVICE, MISSING = "Directory", "File", "Socket", "CharDevice", "BlockDevice", "Missing"
KINDS = (DIRECTORY, FILE, SOCKET, CHAR_DEVICE, BLOCK_DEVICE, MISSING)
"""What can be at a path; MISSING says that nothing is."""
IN_WORDS = {
    DIRECTORY: "a directory",
    FILE: "a file",
    SOCKET: "a socket file",
    CHAR_DEVICE: "a character device",
    BLOCK_DEVICE: "a block device",
}
OR_CREATE = {"DirectoryOrCreate": DIRECTORY, "FileOrCreate": FILE}
OF_THE_KERNEL = ("/proc/", "/sys/")
"""File systems whose content the kernel makes: a path in them is assumed to be there, with the type that the pod expects."""
TREE_KINDS = {"dir": DIRECTORY, "link": DIRECTORY, "file": FILE}
"""What containers put on a node. A link is taken for one to a directory."""

_WELL_KNOWN = {
    DIRECTORY: """/ /bin /boot /dev /dev/disk /dev/mapper /dev/net /dev/shm /etc /etc/cni /etc/cni/net.d /etc/containerd /etc/default
        /etc/kubernetes /etc/kubernetes/manifests /etc/kubernetes/pki /etc/kubernetes/pki/etcd /etc/pki /etc/ssl /etc/ssl/certs
        /etc/sysctl.d /etc/systemd /etc/systemd/system /etc/udev /home /lib /lib/firmware /lib/modules /lib/udev /lib64 /media /mnt
        /opt /opt/cni /opt/cni/bin /proc
        /root /run /run/containerd /run/dbus /run/lock /run/systemd /run/systemd/system /run/udev /sbin /srv /sys /sys/fs /sys/fs/bpf
        /sys/fs/cgroup /sys/kernel /sys/kernel/debug /tmp /usr /usr/bin /usr/lib /usr/lib/firmware /usr/lib/modules /usr/lib/udev
        /usr/libexec
        /usr/libexec/kubernetes /usr/local /usr/local/bin /usr/local/share /usr/local/share/ca-certificates /usr/sbin /usr/share
        /usr/share/ca-certificates /usr/share/zoneinfo /usr/src /var /var/cache /var/lib /var/lib/cni /var/lib/containerd
        /var/lib/etcd /var/lib/kubelet /var/lib/kubelet/device-plugins /var/lib/kubelet/pki /var/lib/kubelet/plugins
        /var/lib/kubelet/plugins_registry /var/lib/kubelet/pod-resources /var/lib/kubelet/pods /var/lib/systemd /var/log
        /var/log/containers /var/log/journal /var/log/pods /var/tmp""",
    FILE: """/etc/fstab /etc/group /etc/hostname /etc/hosts /etc/kubernetes/kubelet.conf /etc/localtime /etc/machine-id
        /etc/nsswitch.conf /etc/os-release /etc/passwd /etc/resolv.conf /etc/shadow /etc/timezone /run/xtables.lock
        /usr/lib/os-release /usr/bin/kubelet /usr/bin/mount /usr/bin/nsenter /var/lib/kubelet/config.yaml""",
    SOCKET: """/run/containerd/containerd.sock /run/dbus/system_bus_socket /run/systemd/notify /var/lib/kubelet/device-plugins/kubelet.sock
        /var/lib/kubelet/pod-resources/kubelet.sock""",
    CHAR_DEVICE: "/dev/fuse /dev/kmsg /dev/net/tun /dev/null /dev/random /dev/tty /dev/urandom /dev/zero",
}
"""What is on a Linux node that kubeadm or minikube made (assumed): the file system hierarchy, systemd, containerd, the kubelet."""
_DOCKER = {DIRECTORY: "/var/lib/docker /var/lib/docker/containers /run/docker", SOCKET: "/run/docker.sock"}
"""What a node with Docker has in addition."""


def well_known(runtime: str) -> dict[str, str]:
    """The kinds of the paths that a node with that container runtime has by default."""
    tables = (_WELL_KNOWN, _DOCKER) if runtime == "docker" else (_WELL_KNOWN,)
    return {path: kind for table in tables for kind, paths in table.items() for path in paths.split()}


def canonical(path: str) -> str:
    """A path without `.`, `..` and final slashes, and without the link that /var/run is."""
    path = posixpath.normpath(f"/{path.lstrip('/')}")
    return path.removeprefix("/var") if path == "/var/run" or path.startswith("/var/run/") else path


class HostPaths:
    """The paths of one node.

    Args:
        runtime: The container runtime, `containerd` or `docker`.
        stated: What the Scenario says of paths: their kinds. It goes first.
        written: What containers have put at a path of the node: `dir`, `file` or `link`; None: nothing.
    """

    def __init__(self, runtime: str, stated: Mapping[str, str], written: Callable[[str], str | None]) -> None:
        self._kinds = well_known(runtime)
        self._stated = {canonical(path): kind for path, kind in stated.items()}
        for path, kind in self._stated.items():
            self._kinds[path] = kind
            if kind != MISSING:
                self._add_parents(path)
        self._written = written

    def problem(self, source: HostPathVolumeSource) -> str:
        """The kubelet's error for a volume whose path is not what its type says; empty when it is, or was created."""
        expected = OR_CREATE.get(source.type, source.type)
        if not expected:
            return ""
        path = canonical(source.path)
        actual = self.kind(path)
        if actual is None and path.startswith(OF_THE_KERNEL):
            return ""
        if actual is None and source.type in OR_CREATE:
            if expected == FILE and self.kind(posixpath.dirname(path)) != DIRECTORY:
                return f"open {source.path}: no such file or directory"
            self._kinds[path] = expected
            if expected == DIRECTORY:
                self._add_parents(path)
            return ""
        return "" if actual == expected else f"hostPath type check failed: {source.path} is not {IN_WORDS[expected]}"  # VOL-04

    def exists(self, path: str) -> bool:
        """Whether there is anything at a path, as far as podsim knows."""
        path = canonical(path)
        return self.kind(path) is not None or path.startswith(OF_THE_KERNEL)

    def is_stated(self, path: str) -> bool:
        """Whether the Scenario says what is at a path."""
        return canonical(path) in self._stated

    def kind(self, path: str) -> str | None:
        """What is at a canonical path; None: nothing."""
        kind = self._kinds.get(path)
        if kind is None:
            written = self._written(path)
            return None if written is None else TREE_KINDS.get(written)
        return None if kind == MISSING else kind

    def _add_parents(self, path: str) -> None:
        while (path := posixpath.dirname(path)) != "/":
            self._kinds.setdefault(path, DIRECTORY)
