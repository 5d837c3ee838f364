"""The cards of all metrics: `python benchmarks/metric_cards.py`.

Writes docs/metric-cards.md from the registry, the docstrings and the digest of the audit, as the cards of a report
are, and from the marks `exact_metric` and `independent` of the tests.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
PAGE = ROOT / "docs" / "metric-cards.md"
COMMAND = "python benchmarks/metric_cards.py"
CARDS = "../results/audit/cards"
SPACE = "judge"
"""The feature space of the answers that the page shows; the audit's own page has every one."""
DETECTS, FOOLED = "●", "✗"
NONE = "–"
Row = tuple[str, ...]


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


class MarkedTest(NamedTuple):
    """A test that a mark names as one of a metric.

    Attributes:
        sentence: its name, in words.
        path: its file, below the folder of tests.
        by: what it holds the metric against; empty for an exact value.
    """

    sentence: str
    path: str
    by: str


@cache
def marked_tests(mark: str) -> dict[str, list[MarkedTest]]:
    """The tests with a mark, by the names of metrics that the mark gives, in the order of files and lines."""
    found: dict[str, list[MarkedTest]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            for decorator in getattr(function, "decorator_list", ()):
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == f"pytest.mark.{mark}":
                    by = {each.arg: ast.literal_eval(each.value) for each in decorator.keywords}.get("by", "")
                    sentence = function.name.removeprefix("test_").replace("_", " ")
                    test = MarkedTest(sentence, path.relative_to(TESTS).as_posix(), by)
                    for name in decorator.args:
                        found.setdefault(ast.literal_eval(name), []).append(test)
    return found


@cache
def own_metrics() -> dict[str, list]:
    """The metrics of aezoo itself, by question, those first whose scores are to be read first."""
    from aezoo.analysis.conventions import headline_metrics, question_key
    from aezoo.metrics import METRICS

    def place(metric) -> tuple[int, str]:
        first = headline_metrics(metric.question)
        places = [first.index(score.name) for score in metric.scores if score.name in first]
        return min(places, default=len(first)), metric.name

    own = [metric for name, metric in METRICS.items() if METRICS.is_builtin(name)]
    own.sort(key=lambda metric: (question_key(metric.question), place(metric)))
    return {question: list(these) for question, these in groupby(own, key=lambda metric: metric.question)}


def page() -> str:
    """docs/metric-cards.md."""
    lines = ["# Metric cards", "", *finding(), "", *reading(), ""]
    for question, metrics in own_metrics().items():
        lines += [f"## {question.capitalize()}", "", *score_table(metrics), ""]
        for metric in metrics:
            lines += card(metric)
    lines += test_table()
    return "\n".join(lines).rstrip() + "\n"


def digest() -> dict:
    """The audit's digest, as the report has it."""
    from aezoo.reporting.report.audit import audit_digest

    return audit_digest()


def finding() -> list[str]:
    """The first lines: no score sees everything, and how many metrics a test holds."""
    audited = [name for name in digest()["metrics"] if not repeated(name)]
    verdicts = {name: at_default(name) for name in audited}
    seen = {each["name"]: sum(of[each["name"]] == DETECTS for of in verdicts.values()) for each in digest()["controls"]}
    hardest, easiest = min(seen, key=seen.__getitem__), max(seen, key=seen.__getitem__)
    whole = [name for name in audited if set(verdicts[name].values()) == {DETECTS}]
    fooled = sum(FOOLED in of.values() for of in verdicts.values())
    every = [metric for metrics in own_metrics().values() for metric in metrics]
    names = {metric.name for metric in every}
    exact, independent = (len(names & set(marked_tests(mark))) for mark in ("exact_metric", "independent"))
    sees = f"only {', '.join(map(code, whole))} notice" if whole else "none notices"
    return [
        f"**No score sees everything.** Of {len(audited)} scores of samples and copying that the audit tried on "
        f"{len(seen)} generators known",
        f"to be bad, at their default doses, {sees} them all: `{easiest}` is noticed by {seen[easiest]}, "
        f"`{hardest}` by {seen[hardest]},",
        f"and {fooled} take one of them for better than real data. So read scores that fail differently side by side.",
        "",
        f"There are {len(every)} metrics of {len(own_metrics())} questions, with "
        f"{sum(len(metric.scores) for metric in every)} scores. {exact} are held to an exact value or a closed form,",
        f"{independent} to another implementation: [the tests](#tests).",
    ]


def reading() -> list[str]:
    """The lines that say what stands on a card."""
    return [
        "↓ lower is better, ↑ higher is, → the nearest to that value is; a score that *describes* ranks nothing. With",
        f"fewer `images` it is `n/a`. The *audit* is a measurement, on {digest()['dataset']} with {digest()['n']:,} "
        "images a side in the judge's features: which",
        "generators a score misses at their default doses, and which it takes for better than real data, at any dose;",
        "the name of a score leads to the audit's own card. [The audit](../results/audit/README.md) says what the",
        "generators are, and has the other feature space. *Limits* follow from the definition, and are not measured. "
        "Formula and shapes:",
        f"`python -m aezoo.bench list metrics NAME` says where they stand. This page is made by `{COMMAND}`.",
    ]


def score_table(metrics) -> list[str]:
    """Lines of all scores of a question: direction, range, unit, the least number of images, and what they notice."""
    from aezoo.statistics.direction import arrow

    rows: list[tuple[str, Row]] = []
    for metric in metrics:
        images = f"{metric.minimum_n:,}" if metric.minimum_n > 1 else "any"
        for score in metric.scores:
            better = arrow(score.better, score.ideal) or "describes"
            facts = (f"#{metric.name}", better, span(*score.range), escape(score.unit), images, notices(score.name))
            rows.append((escape(score.name), facts))
    audited = any(row[-1] for _, row in rows)
    head = ["score", "better", "range", "unit", "images", *([f"notices, of {len(digest()['controls'])}"] * audited)]
    lines = [f"| {' | '.join(head)} |", f"|:--|:--|:--|:--|{'--:|' * (len(head) - 4)}"]
    for names, (link, *facts) in merged(rows):
        lines.append(f"| {' | '.join([f'[{names}]({link})', *facts][: len(head)])} |")
    spaces = [metric for metric in metrics if metric.per_feature_space]
    if spaces:
        others = [metric.name for metric in metrics if metric not in spaces]
        first = spaces[0].scores[0].name
        if len(others) < len(spaces):
            which = f"All but {', '.join(map(code, others))}" if others else "All"
        else:
            which = "Of these " + ", ".join(code(metric.name) for metric in spaces)
        is_one = len(spaces) == 1
        lines += ["", f"{which} {'is' if is_one else 'are'} computed in each feature space: `{first}` is "
                  f"`{first}_judge` and `{first}_pca`."]  # fmt: skip
    return lines


def merged(rows: Iterable[tuple[str, Row]]) -> Iterator[tuple[str, Row]]:
    """Yield each row once, with the names of all that have it."""
    names: dict[Row, list[str]] = defaultdict(list)
    for name, row in rows:
        names[row].append(name)
    yield from ((", ".join(these), row) for row, these in names.items())


def span(low: float, high: float) -> str:
    """A range in words, as in ``0 to ∞``."""
    if np.isinf(low) and np.isinf(high):
        return "unbounded"
    return " to ".join(f"{end:,.3g}" if abs(end) < 1000 else f"{end:,.0f}" for end in (low, high)).replace("inf", "∞")


def audited_name(score: str) -> str:
    """The name by which the audit knows a score; empty where it does not."""
    return next((name for name in (f"{score}_{SPACE}", score) if name in digest()["metrics"]), "")


def notices(score: str) -> str:
    """How many of the controls a score notices; empty where it was not audited."""
    name = audited_name(score)
    return str(sum(verdict == DETECTS for verdict in at_default(name).values())) if name else ""


def audit_text(score: str) -> str:
    """What a score misses, what fools it and how many images it needs, by the audit."""
    name = audited_name(score)
    if original := repeated(name):
        return f"as {code(original.removesuffix(f'_{SPACE}'))}, on another scale."
    verdicts = at_default(name)
    missed = [control for control, verdict in verdicts.items() if verdict != DETECTS]
    noticed = [control for control in verdicts if control not in missed]
    sees = f"misses {', '.join(missed) or 'none'}"
    if noticed and len(missed) > len(noticed):
        sees = f"misses all but {', '.join(noticed)}"
    for_real = statement(name, "takes for real, although it detects a milder dose: ")
    deceived = [text for text in (statement(name, "fooled by: "), for_real) if text not in ("", "nothing")]
    needed = re.match(r"\d+", statement(name, "needs n: "))
    fooled = f"takes for better than real: {'; '.join(deceived)}" if deceived else "fooled by none"
    needs = f"notices as many with {int(needed[0]):,} images" if needed and int(needed[0]) < digest()["n"] else ""
    return "; ".join(filter(None, (sees, needs, fooled))) + "."


def statement(score: str, begin: str) -> str:
    """What the audit says of a score after these words; empty where it says nothing."""
    said = digest()["metrics"][score]["statements"]
    return next((text.removeprefix(begin) for text in said if text.startswith(begin)), "")


def repeated(score: str) -> str:
    """The score that this one repeats on another scale; empty for one that counts."""
    return statement(score, "the same as ").partition(" on another scale")[0]


def at_default(score: str) -> dict[str, str]:
    """The verdict of a score on each control at its default dose."""
    answers, found = digest()["metrics"][score]["answers"], {}
    for control in digest()["controls"]:
        found[control["name"]] = answers[control["name"]][control["doses"].index(control["default"])][0]
    return found


def card(metric) -> list[str]:
    """Lines of a metric: what it is, its scores, what they miss, its limits and who defined it."""
    from aezoo.reporting.report.catalogue import metric_entries

    entry = metric_entries()[metric.name]
    first, *rest = entry.text
    slow = " Slow: only when asked for." if metric.slow else ""
    lines = [f"### {metric.name}", "", escape(first) + slow, ""]
    items = [item.partition(": ") for part in rest if not isinstance(part, str) for item in part]
    lines += [f"- {code(name)}: {escape(text)}" for name, _, text in items] + [""] * bool(items)
    audited = [score.name for score in metric.scores if audited_name(score.name)]
    told = merged((f"[{code(score)}]({CARDS}/{score}.md)", (audit_text(score),)) for score in audited)
    texts = [f"*Audit* of {links}: {text}" for links, (text,) in told]
    lines += [*(f"- {text}" for text in texts), ""] if len(texts) > 1 else []
    sources = [part.removeprefix("Source: ") for part in rest if isinstance(part, str) and part.startswith("Source: ")]
    last = texts if len(texts) == 1 else []
    last += [f"*Limits*: {escape(entry.limits)}"] if entry.limits else []
    last += [f"*Source*: {escape(source)}" for source in sources]
    return [*lines, " ".join(last), ""]


def test_table() -> list[str]:
    """Lines of the exact test and the independent check of each metric."""
    exact, independent = marked_tests("exact_metric"), marked_tests("independent")
    lines = [
        "## Tests",
        "",
        "The name of a test is a sentence. Files are below `tests/metrics/` and `tests/evaluation/`. A dash: there is",
        "none, as where a metric is a call of scikit-learn, which has tests of its own.",
        "",
        "| metric | exact value or closed form | held against | files |",
        "|:--|:--|:--|:--|",
    ]
    for metrics in own_metrics().values():
        rows: list[tuple[str, Row]] = []
        for metric in metrics:
            values, checks = exact.get(metric.name, []), independent.get(metric.name, [])
            files = dict.fromkeys(code(Path(test.path).name) for test in (*values, *checks))
            cells = (
                "; ".join(test.sentence for test in values) or NONE,
                "; ".join(f"**{escape(test.by)}**: {test.sentence}" for test in checks) or NONE,
                ", ".join(files) or NONE,
            )
            rows.append((f"[{escape(metric.name)}](#{metric.name})", cells))
        lines += [f"| {' | '.join([names, *cells])} |" for names, cells in merged(rows)]
    return lines


def code(text: str) -> str:
    return f"`{text}`"


def escape(text: str) -> str:
    """Text in Markdown whose signs are meant as such."""
    return re.sub(r"(?<=\])(?=[(\[:])", r"\\", re.sub(r"([|*_\\])", r"\\\1", text)).replace("<", "&lt;")


if __name__ == "__main__":
    main()
