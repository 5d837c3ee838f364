"""Evaluation: a trained model, or images, to scores."""
