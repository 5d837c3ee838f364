"""Pages: comparison, agreement, verdict and uncertainty as documents."""
