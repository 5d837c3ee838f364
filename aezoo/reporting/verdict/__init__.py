"""Who wins each question and how surely, and which metrics disagree about it."""
