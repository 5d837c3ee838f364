"""Scores of images from any generator, beside the oracle, the controls and other models; nothing is trained.

`aezoo.scoring.score` is the public verb. Files are checked before anything imports TensorFlow.
"""
