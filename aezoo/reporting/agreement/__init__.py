"""Whether metrics agree about models: rank correlations, winners that change, reversals."""
