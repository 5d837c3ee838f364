"""Running a suite: plan, sweep, progress, remaining time, status. Callable from Python; prints nothing."""
