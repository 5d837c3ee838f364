"""Feature spaces in which images are compared: the judge's features, principal components, pixels."""
