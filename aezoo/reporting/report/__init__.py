"""Report of a results folder: one page of HTML that holds everything it shows and asks for nothing."""

from aezoo.reporting.report.build import REPORT, has_explorer, render_report, write_report_page
from aezoo.reporting.report.few_scores import few_scores

__all__ = ["REPORT", "few_scores", "has_explorer", "render_report", "write_report_page"]
