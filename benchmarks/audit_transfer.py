"""Verdicts of an audit on digits beside those on garments: `python benchmarks/audit_transfer.py`.

Writes `results/audit/fashion-mnist/transfer.md`: of each score the share of verdicts that are the same on both data
sets, and what it is fooled by on either. Scores that say the same on another scale count once.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

DIGITS = Path(__file__).parents[1] / "results" / "audit"
GARMENTS = DIGITS / "fashion-mnist"
KEYS = ["metric", "control", "dose", "default"]
HEAD = """# Are the cards properties of the metrics or of the digits?

**{share} of {pairs} verdicts are the same on Fashion-MNIST**, of {scores} scores on {controls} controls at their
default doses; chance would give {chance}. What a score notices is a property of the score.

- *What fools it is mostly a property of the data*: of {digits} verdicts "fooled" on digits and {garments} on garments
  {both} are on both, of {always}.
- *Faint noise on copies of training images* parts the two most: {jitter} of its {jitters} verdicts are the same, of all
  other controls' {others}.
- The verdicts, detects, blind or fooled, are those of the [audit of digits](../README.md) and the
  [audit of garments](README.md). Rows begin with the scores whose verdicts differ most. Fooled by: at any dose.
"""
COLUMNS = ("score", "the same", "fooled by, on digits", "fooled by, on garments")


def main() -> None:
    (GARMENTS / "transfer.md").write_text(page())


def both_audits() -> pd.DataFrame:
    """Join the verdicts of both audits, a row for each score, control and dose."""
    scores = pd.read_csv(DIGITS / "metrics.csv")
    different = set(scores.loc[scores["same_as"].isna(), "name"])
    digits, garments = (
        pd.read_csv(folder / "verdicts.csv")[[*KEYS, "verdict"]].set_index(KEYS)["verdict"]
        for folder in (DIGITS, GARMENTS)
    )
    joined = pd.concat({"digits": digits, "garments": garments}, axis=1, join="inner").reset_index()
    joined = joined[joined["metric"].isin(different)]
    return joined.assign(same=joined["digits"] == joined["garments"])


def page() -> str:
    """Write the page."""
    joined = both_audits()
    usual = joined[joined["default"]]
    fooled = {name: usual[name] == "fooled" for name in ("digits", "garments")}
    jitter = usual["control"] == "jittered-memoriser"
    always = sorted(set(usual.loc[fooled["digits"] & fooled["garments"], "metric"]))
    shares = [usual[name].value_counts(normalize=True) for name in ("digits", "garments")]
    head = HEAD.format(
        pairs=len(usual),
        scores=usual["metric"].nunique(),
        controls=usual["control"].nunique(),
        share=_percent(usual["same"].mean()),
        always=f"{', '.join(always[:-1])} and {always[-1]}",
        digits=fooled["digits"].sum(),
        garments=fooled["garments"].sum(),
        both=(fooled["digits"] & fooled["garments"]).sum(),
        jitter=usual.loc[jitter, "same"].sum(),
        jitters=jitter.sum(),
        others=_percent(usual.loc[~jitter, "same"].mean()),
        chance=_percent(shares[0].mul(shares[1], fill_value=0).sum()),
    )
    rows = [f"| {' | '.join(COLUMNS)} |", "|:--|--:|:--|:--|"]
    for score, share in usual.groupby("metric")["same"].mean().sort_values(kind="stable").items():
        of = joined[joined["metric"] == score]
        by = (", ".join(dict.fromkeys(of.loc[of[name] == "fooled", "control"])) for name in ("digits", "garments"))
        rows.append(f"| {score} | {_percent(share)} | {' | '.join(by)} |")
    return "\n".join([head, *rows]) + "\n"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


if __name__ == "__main__":
    main()
