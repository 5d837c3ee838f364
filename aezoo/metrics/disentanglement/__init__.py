"""Disentanglement metrics: how far each dimension of a code is one factor of variation, where the factors are known.

Definitions are those of the papers as disentanglement_lib has them (Locatello et al. 2019, arXiv:1811.12359), on given
rows instead of a generator of images; where something differs, the docstring says so.
"""

from aezoo.metrics.disentanglement.beta_vae_score import beta_vae_score
from aezoo.metrics.disentanglement.dci import dci
from aezoo.metrics.disentanglement.dci_boosted import dci_boosted
from aezoo.metrics.disentanglement.factor_vae_score import factor_vae_score
from aezoo.metrics.disentanglement.mig import mig
from aezoo.metrics.disentanglement.modularity_explicitness import modularity_explicitness
from aezoo.metrics.disentanglement.sap import sap
from aezoo.metrics.disentanglement.udr import udr, udr_of_seeds, unsupervised_disentanglement

__all__ = [
    "beta_vae_score",
    "dci",
    "dci_boosted",
    "factor_vae_score",
    "mig",
    "modularity_explicitness",
    "sap",
    "udr",
    "udr_of_seeds",
    "unsupervised_disentanglement",
]
