"""StatefulSets: pods with names, in order (pkg/controller/statefulset)."""
