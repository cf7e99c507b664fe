"""DaemonSets: a pod on every node that will have it (pkg/controller/daemon)."""
