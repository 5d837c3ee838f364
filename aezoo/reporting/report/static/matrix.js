// Agreement of metrics as a matrix: Kendall's tau of each two of them.

import { choice, html, svg } from "./dom.js";
import { downloadButton } from "./download.js";

const LETTER = { usual: 7.2, small: 6.2 };
const FIRST = "first";
const FEW = 5; // models in common: of fewer an order is alike or reversed by chance
const PALE = 0.35;
const HOW_TO = "Tap a cell, or press arrow keys in the matrix, for its value.";
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Fill a figure with the matrix, and a choice of what it shows. */
export function agreementMatrix(figure, section) {
  const found = section.agreement;
  const questions = [...new Set(found.metrics.map(([, question]) => question))];
  const first = new Set(section.questions.flatMap(({ metrics }) => metrics.filter((metric) => metric.first).map((metric) => metric.name)));
  const picked = (value) => found.metrics.map((_, i) => i).filter((i) =>
    value === FIRST ? first.has(found.metrics[i][0]) : value === "all" || found.metrics[i][1] === value);
  const told = html("p", { class: "note told", role: "status" }, HOW_TO);
  const tell = (text) => { told.textContent = text; };
  const plot = html("div", { class: "scroll", role: "region", "aria-label": "agreement of metrics" });
  const draw = (value) => { tell(HOW_TO); plot.replaceChildren(matrix(found, picked(value), tell)); };
  const options = [[FIRST, "the metrics to read first"], ...questions.map((name) => [name, name]), ["all", "all metrics"]];
  figure.replaceChildren(
    html("figcaption", {}, `Among ${found.among} models. Blue: the same order; red: the reverse; faint: no relation${few(found)}`),
    html("div", { class: "axes" }, choice("metrics", options, FIRST, draw)), plot, told,
    downloadButton(() => plot.querySelector("svg"), () => "agreement"));
  draw(FIRST);
}

/** Say how many pairs are pale, because few models have both scores. */
function few({ pairs }) {
  const count = pairs.filter(([, , , models]) => models < FEW).length;
  if (!count) return "";
  return `. ${count === pairs.length ? "All" : "Some"} are pale: fewer than ${FEW} models have both scores, and so few are soon in the same order by chance`;
}

function matrix(found, shown, tell) {
  const isNarrow = matchMedia("(max-width: 40rem)").matches;
  const cell = sizes(isNarrow).find(([most]) => shown.length <= most)[1];
  const isSmall = isNarrow || cell < 12;
  const words = shown.map((metric) => found.metrics[metric][0]);
  const place = new Map(shown.map((metric, i) => [metric, i]));
  const size = shown.length * cell;
  const tiles = new Map();
  for (const [one, other, tau, models] of found.pairs) {
    if (!place.has(one) || !place.has(other)) continue;
    const [low, high] = [place.get(one), place.get(other)].sort((a, b) => a - b);
    tiles.set(`${high},${low}`, tile(found, shown, low, high, tau, models, cell));
  }
  // On the diagonal a name stands at the end of its row and on top of its column, in the half that has no cells.
  const ends = shown.map((_, i) => i * cell + 3);
  const names = words.map((word, i) => svg("text", { class: "label", x: ends[i], y: (i + 0.7) * cell }, word));
  const width = Math.max(size, ...words.map((word, i) => ends[i] + word.length * (isSmall ? LETTER.small : LETTER.usual)));
  const chart = svg("svg", { viewBox: `0 0 ${width} ${size + 4}`, class: `matrix${isSmall ? " small" : ""}`, role: "application", tabindex: "0", "aria-label": "agreement of metrics: arrow keys go from pair to pair" },
    ...[...tiles.values()].map(({ element }) => element), ...names);
  chart.style.width = `${width}px`;
  listen(chart, tiles, shown.length, tell);
  return chart;
}

/** Numbers of metrics up to which a cell is so many pixels wide. */
function sizes(isNarrow) {
  return isNarrow ? [[8, 30], [20, 18], [Infinity, 12]] : [[20, 30], [40, 18], [Infinity, 11]];
}

/** Tell the pair that is tapped, or that arrow keys go to. */
function listen(chart, tiles, count, tell) {
  let at = [1, 0];
  const show = (row, column) => {
    const found = tiles.get(`${row},${column}`);
    at = [row, column];
    for (const { element } of tiles.values()) element.classList.toggle("at", element === found?.element);
    tell(found ? found.text : "This pair has no value.");
  };
  chart.addEventListener("click", (event) => {
    const found = [...tiles].find(([, { element }]) => element.contains(event.target));
    if (found) show(...found[0].split(",").map(Number));
  });
  chart.addEventListener("focus", () => { if (chart.matches(":focus-visible")) show(...at); });
  chart.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const row = Math.min(count - 1, Math.max(1, at[0] + step[0]));
    show(row, Math.min(row - 1, Math.max(0, at[1] + step[1])));
  });
}

/** Draw a cell below the diagonal, row `high`, column `low`, with the sentence that says it. */
function tile(found, shown, low, high, tau, models, cell) {
  const [x, y] = [low * cell, high * cell];
  const [first, second] = [found.metrics[shown[low]][0], found.metrics[shown[high]][0]];
  const strength = Math.abs(tau) * (models < FEW ? PALE : 1);
  const value = cell >= 30 ? svg("text", { class: `value${strength > 0.6 ? " strong" : ""}`, x: x + cell / 2, y: y + cell * 0.64, "text-anchor": "middle" }, tau.toFixed(1).replace("-", "−").replace("0.", ".")) : null;
  const text = `${first} and ${second}: ${tau.toFixed(2).replace("-", "−")}, over ${models} models`;
  const element = svg("g", { class: "tile" }, svg("title", {}, text),
    svg("rect", { class: tau < 0 ? "against" : "along", x: x + 0.5, y: y + 0.5, width: cell - 1, height: cell - 1, "fill-opacity": strength.toFixed(2) }), value);
  return { element, text };
}
