"""Builds the site: docs/ and, as pages, the executed notebooks."""
