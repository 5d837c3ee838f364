"""Tables as LaTeX for ``\\input``: no package needed; graphicx, if loaded, shrinks wide ones to the line."""

from __future__ import annotations

import re
from collections.abc import Sequence

import jinja2

from aezoo.reporting.formats.escaping import escape_latex
from aezoo.reporting.table import Cell, Column, Row, Table
from aezoo.reporting.text import (
    EMPTY,
    READING,
    by_question,
    by_role,
    cell_text,
    column_heading,
    has_samplers,
    row_label,
    table_title,
)

TEMPLATE = r"""\begin{table}[htbp]
\centering
\caption{<< title >>}
\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%
\begin{tabular}{<< alignment >>}
\hline
<< header >> \\
<% for group in groups %>
\hline
<% for row in group %>
<< row >> \\
<% endfor %>
<% endfor %>
\hline
\end{tabular}}\par\smallskip
<% for line in lines %>
\parbox{\linewidth}{\scriptsize << line >>}\par
<% endfor %>
\end{table}
"""

EXPONENT = re.compile(r"e([+-]\d+)")

# Without graphicx a wide table runs into the margin, but the document still compiles.
PREAMBLE = "\\providecommand{\\resizebox}[3]{#3}\n"

ENVIRONMENT = jinja2.Environment(
    block_start_string="<%",
    block_end_string="%>",
    variable_start_string="<<",
    variable_end_string=">>",
    comment_start_string="<#",
    comment_end_string="#>",
    trim_blocks=True,
    finalize=lambda value: value if isinstance(value, LatexText) else escape_latex(str(value)),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # HTML's rules would break LaTeX; `finalize` escapes by LaTeX's own
)


class LatexText(str):
    """LaTeX made here; any other text that reaches the template is escaped."""


def render_latex(tables: Sequence[Table]) -> str:
    """One ``table`` environment per table; the last part of a question says where all of it comes from."""
    if not tables:
        return EMPTY + "\n"
    template = ENVIRONMENT.from_string(TEMPLATE)
    shown = [(table, table is parts[-1]) for parts in by_question(tables) for table in parts]
    return PREAMBLE + "\n".join(template.render(_content(table, last)) for table, last in shown)


def _content(table: Table, last: bool) -> dict[str, object]:
    samplers = has_samplers(table)
    names = ["model", *(["sampler"] if samplers else [])]
    headers = [*names, *(_heading(column, table) for column in table.columns), "seeds"]
    return {
        "title": ": ".join(filter(None, [table_title(table), table.part])),
        "alignment": LatexText("l" * len(names) + "r" * (len(table.columns) + 1)),
        "header": LatexText(" & ".join(headers)),
        "groups": [[_row(row, samplers) for row in group] for group in by_role(table)],
        "lines": [*filter(None, [table.note]), *((*table.footer, *READING) if last else ())],
    }


def _heading(column: Column, table: Table) -> str:
    return escape_latex(column_heading(column, table))


def _row(row: Row, with_sampler: bool) -> LatexText:
    names = [row_label(row), *([row.sampler] if with_sampler else [])]
    cells = [_cell(cell, row) for cell in row.cells]
    return LatexText(" & ".join([*(escape_latex(name) for name in names), *cells, f"{row.done}/{row.total}"]))


def _cell(cell: Cell, row: Row) -> str:
    text = cell_text(cell, row)
    if cell.mean is None:
        return escape_latex(text)
    number, parenthesis, seeds = text.partition(" (") if " of " in text else (text, "", "")
    math = EXPONENT.sub(lambda found: rf"\times 10^{{{int(found[1])}}}", number).replace("±", r"\pm")
    return f"{{\\boldmath${math}$}}{parenthesis}{seeds}" if cell.best else f"${math}${parenthesis}{seeds}"
