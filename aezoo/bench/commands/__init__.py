"""Commands, one file each: a function `command` with its options; what it does is elsewhere, imported when it runs."""
