"""One file per thing a clerk does: (command, desk) -> result. The only writers; each commits once and never waits for a line."""
