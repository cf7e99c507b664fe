"""Exports of a run to other programs: traces, tables, Markdown, manifests."""
