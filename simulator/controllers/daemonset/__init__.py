"""DaemonSets: a pod on every matching node (pkg/controller/daemon)."""
