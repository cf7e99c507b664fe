"""`kubectl describe`, kind by kind (kubectl/pkg/describe). A describer writes an object on a `Sheet`; `command` puts the events below."""
