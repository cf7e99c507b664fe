"""`podsim story`: everything that happened, one line each, in order: when, who, to what, what, and why."""
