"""Two models, or two results folders, compared seed by seed, and the regression gate."""
