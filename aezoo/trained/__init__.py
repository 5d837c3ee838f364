"""Trained models of a results folder: loaded, asked for images, exported for plain Keras."""
