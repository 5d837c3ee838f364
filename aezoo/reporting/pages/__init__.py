"""Pages: results as documents, one file for each; their text stands beside them."""
