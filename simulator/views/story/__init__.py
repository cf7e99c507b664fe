"""`podsim story`: everything that happened, a line each, in order: time, component, object, what and why."""
