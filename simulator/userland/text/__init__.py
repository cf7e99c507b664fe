"""Tools that print, filter and compare text."""
