// Agreement of metrics as a matrix: Kendall's tau of each two of them.

import { choice, html, svg } from "./dom.js";
import { downloadButton } from "./download.js";

const NAME = 190;
const FIRST = "first";

/** Fill a figure with the matrix, and a choice of what it shows. */
export function agreementMatrix(figure, section) {
  const found = section.agreement;
  const questions = [...new Set(found.metrics.map(([, question]) => question))];
  const first = new Set(section.questions.flatMap(({ metrics }) => metrics.filter((metric) => metric.first).map((metric) => metric.name)));
  const picked = (value) => found.metrics.map((_, i) => i).filter((i) =>
    value === FIRST ? first.has(found.metrics[i][0]) : value === "all" || found.metrics[i][1] === value);
  const plot = html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "agreement of metrics" });
  const draw = (value) => plot.replaceChildren(matrix(found, picked(value)));
  const options = [[FIRST, "the metrics to read first"], ...questions.map((name) => [name, name]), ["all", "all metrics"]];
  figure.replaceChildren(
    html("figcaption", {}, `Among ${found.among} models. Blue: the same order; red: the reverse; pale: no relation`),
    html("div", { class: "axes" }, choice("metrics", options, FIRST, draw)), plot,
    downloadButton(() => plot.querySelector("svg"), "agreement"));
  draw(FIRST);
}

function matrix(found, shown) {
  const cell = shown.length > 40 ? 11 : shown.length > 20 ? 18 : 30;
  const place = new Map(shown.map((metric, i) => [metric, i]));
  const size = shown.length * cell;
  const cells = found.pairs.filter(([one, other]) => place.has(one) && place.has(other)).map(([one, other, tau, models]) => {
    const [low, high] = [place.get(one), place.get(other)].sort((a, b) => a - b);
    return tile(found, shown, low, high, tau, models, cell);
  });
  const names = shown.map((metric, i) => svg("text", { class: "label", x: NAME + i * cell + cell * 0.2, y: i * cell + cell * 0.7, "font-size": Math.min(12, cell) }, found.metrics[metric][0]));
  const chart = svg("svg", { viewBox: `0 0 ${NAME + size + NAME} ${size + 8}`, class: "matrix", role: "img", "aria-label": "agreement of metrics" }, ...cells, ...names);
  chart.style.width = `${2 * NAME + size}px`;
  return chart;
}

/** Draw a cell below the diagonal: row `high`, column `low`. */
function tile(found, shown, low, high, tau, models, cell) {
  const [x, y] = [NAME + low * cell, high * cell];
  const [first, second] = [found.metrics[shown[low]][0], found.metrics[shown[high]][0]];
  const strength = Math.abs(tau).toFixed(2);
  const text = cell >= 30 ? svg("text", { class: `value${Math.abs(tau) > 0.6 ? " strong" : ""}`, x: x + cell / 2, y: y + cell * 0.64, "text-anchor": "middle" }, tau.toFixed(1).replace("-", "−").replace("0.", ".")) : null;
  return svg("g", {}, svg("title", {}, `${first} and ${second}: ${tau.toFixed(2)}, over ${models} models`),
    svg("rect", { class: tau < 0 ? "against" : "along", x: x + 0.5, y: y + 0.5, width: cell - 1, height: cell - 1, "fill-opacity": strength }), text);
}
