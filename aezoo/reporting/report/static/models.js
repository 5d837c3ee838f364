// A model's part of the page, filled when it is opened: curves of its training, its images and all of its scores.

import { cellText } from "./data.js";
import { html, svg } from "./dom.js";
import { bottomAxis, leftAxis, makeScale } from "./scales.js";

const BOX = { width: 300, height: 210, left: 46, right: 10, top: 30, bottom: 44 };
const PARTS = { train: "training", held_out: "held out" };

/** Fill a model's part when it is opened, or before the page is printed. */
export function modelPart(element, section) {
  const fillOnce = () => {
    if (element.dataset.filled) return;
    element.dataset.filled = "yes";
    const label = element.dataset.label;
    element.querySelector(".curves").replaceChildren(...curves(section.curves[label]));
    element.querySelector(".gallery").replaceChildren(...images(element.dataset.section, label));
    element.querySelector(".scores").replaceChildren(scores(section, label));
  };
  element.addEventListener("toggle", () => { if (element.open) fillOnce(); });
  addEventListener("beforeprint", fillOnce);
}

function curves(found) {
  if (!found) return [html("p", { class: "note" }, "No training curves are recorded.")];
  const terms = [...new Set(Object.values(found).flatMap((part) => Object.keys(part)))];
  if (!terms.length) return [html("p", { class: "note" }, "No training curves are recorded.")];
  const caption = "Mean over seeds, band from the least to the most; solid: training, dashed: held out";
  return [html("p", { class: "note" }, caption), html("div", { class: "panels" }, ...terms.map((term) => panel(found, term)))];
}

function panel(found, term) {
  const { width, height, left, right, top, bottom } = BOX;
  const drawn = Object.keys(PARTS).filter((part) => found[part]?.[term]);
  const bands = drawn.map((part) => found[part][term]).map(([epochs, mean, low = mean, high = mean]) => [epochs, mean, low, high]);
  const x = makeScale(bands.flatMap(([epochs]) => epochs), [left, width - right], false, 0);
  const y = makeScale(bands.flatMap(([, , low, high]) => [...low, ...high]), [height - bottom, top]);
  const line = (epochs, values) => epochs.map((epoch, i) => `${i ? "L" : "M"}${x(epoch).toFixed(1)} ${y(values[i]).toFixed(1)}`).join("");
  const shapes = drawn.flatMap((part, i) => {
    const [epochs, mean, low, high] = bands[i];
    const back = [...epochs].reverse();
    const area = `${line(epochs, high)}${line(back, [...low].reverse()).replace("M", "L")}Z`;
    return [svg("path", { class: `band ${part}`, d: area }), svg("path", { class: `curve ${part}`, d: line(epochs, mean) })];
  });
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `training curve of ${term}` },
    bottomAxis(x, top, height - bottom, "epoch", (left + width - right) / 2), leftAxis(y, left, width - right, term, top), ...shapes);
}

function images(section, label) {
  const rows = [...document.querySelectorAll(`.wall[data-section="${section}"] tr.model`)].filter((row) => row.dataset.label === label);
  return rows.flatMap((row) => [...row.querySelectorAll("img")]).map((image) => {
    const copy = image.cloneNode();
    const frame = { class: "scroll", tabindex: "0", role: "region", "aria-label": image.alt };
    return html("figure", { class: "sheet" }, html("figcaption", {}, image.alt), html("div", frame, copy));
  });
}

function scores(section, label) {
  const subject = section.subjects.findIndex((each) => each.label === label && each.role === "model");
  const bodies = section.questions.map((question) => {
    const rows = question.rows.map((_, row) => row).filter((row) => question.rows[row][0] === subject);
    const lines = question.metrics.flatMap((metric) => rows.filter((row) => metric.mean[row] !== null).map((row) =>
      html("tr", {}, html("th", { scope: "row" }, `${metric.name} ${metric.arrow}`), html("td", {}, question.rows[row][1]),
        html("td", { class: "number" }, html(metric.best.includes(row) ? "strong" : "span", {}, cellText(metric, row, question.rows[row][3]))),
        html("td", {}, metric.unit))));
    return lines.length ? html("tbody", {}, html("tr", { class: "group" }, html("th", { colspan: 4, scope: "rowgroup" }, question.name)), ...lines) : null;
  });
  const head = html("thead", {}, html("tr", {}, ...["score", "sampler", "mean", "unit"].map((name) => html("th", { scope: "col" }, name))));
  return html("details", {}, html("summary", {}, "All scores"),
    html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `all scores of ${label}` }, html("table", {}, head, ...bodies)));
}
