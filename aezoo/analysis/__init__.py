"""Analysis of records without words: sections, score arrays, agreement, verdict, comparison, gate."""
