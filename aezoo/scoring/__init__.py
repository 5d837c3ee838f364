"""Scores of anyone's samples: any images beside the oracle, the controls and the zoo; nothing is trained.

`aezoo.scoring.score` is the public verb. Files are checked before anything imports TensorFlow.
"""
