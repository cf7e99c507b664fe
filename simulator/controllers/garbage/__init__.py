"""Deletion of objects whose owners are deleted (pkg/controller/garbagecollector)."""
