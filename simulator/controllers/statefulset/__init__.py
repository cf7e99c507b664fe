"""StatefulSets: pods with stable names, in order (pkg/controller/statefulset)."""
