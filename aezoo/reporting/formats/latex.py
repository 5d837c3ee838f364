"""Documents as LaTeX for ``\\input``: no package needed; graphicx, if loaded, shrinks wide tables to the line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2

from aezoo.reporting.document import Document, Grid, GridCell, PageSection
from aezoo.reporting.formats import FORMATS
from aezoo.reporting.formats.escaping import escape_latex
from aezoo.reporting.text import EMPTY

TABLE = r"""\begin{table}[htbp]
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

TEXT = r"""<< command >>{<< heading >>}
<% if lines %>
\begin{itemize}
<% for line in lines %>
\item << line >>
<% endfor %>
\end{itemize}
<% endif %>
"""

HEADINGS = (r"\section*", r"\subsection*", r"\subsubsection*", r"\paragraph*")

EXPONENT = re.compile(r"e([+-]\d+)")

OPTION = re.compile(r"^[\[*]")
"""A first sign that the command before it, the end of a row or an item, would take for its own."""

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


@FORMATS.register("latex", suffix="tex")
def render_latex(document: Document) -> str:
    """Write a heading and a list for a section of lines, and a ``table`` environment per table with its lines below.

    The last table of a section says where all of it comes from, and how to read it.
    """
    if not document.sections:
        return EMPTY + "\n"
    preamble = PREAMBLE if any(section.grids for section in document.sections) else ""
    return preamble + "\n".join(block for section in document.sections for block in _section(section))


def _section(section: PageSection) -> Iterator[str]:
    if not section.grids:
        command = LatexText(HEADINGS[min(section.level, len(HEADINGS)) - 1])
        items = [_after_command(escape_latex(line)) for line in (*section.lines, *section.footer)]
        yield ENVIRONMENT.from_string(TEXT).render(command=command, heading=section.heading, lines=items)
        return
    template = ENVIRONMENT.from_string(TABLE)
    for i, grid in enumerate(section.grids):
        lines = (
            *(section.lines if i == 0 else ()),
            *filter(None, [grid.note]),
            *((*section.footer, *section.legend) if i == len(section.grids) - 1 else ()),
        )
        yield template.render(_content(section.heading, grid), lines=lines)


def _content(heading: str, grid: Grid) -> dict[str, object]:
    return {
        "title": ": ".join(filter(None, [heading, grid.caption])),
        "alignment": LatexText("".join("l" if is_text else "r" for is_text in grid.is_text)),
        "header": LatexText(" & ".join(map(escape_latex, grid.headings))),
        "groups": [[_after_command(" & ".join(map(_cell, row))) for row in group] for group in grid.groups],
    }


def _after_command(latex: str) -> LatexText:
    """Put the first sign into a group where the command before would take it for an option: ``{[}U+03B2]``."""
    return LatexText(OPTION.sub(lambda found: f"{{{found[0]}}}", latex))


def _cell(cell: GridCell) -> str:
    if not cell.is_number:
        return escape_latex(cell.text)
    number, parenthesis, seeds = cell.text.partition(" (") if " of " in cell.text else (cell.text, "", "")
    math = EXPONENT.sub(lambda found: rf"\times 10^{{{int(found[1])}}}", number).replace("±", r"\pm")
    math = math.replace(" ‡", r"^\ddagger").replace(" †", r"^\dagger")
    tied = r"\,$\approx$" if cell.is_tied else ""
    return f"{{\\boldmath${math}$}}{parenthesis}{seeds}" if cell.is_best else f"${math}${parenthesis}{seeds}{tied}"
