"""Texts as Go makes them: sorting, formatting of values, columns, YAML. Pure, and independent of Kubernetes."""
