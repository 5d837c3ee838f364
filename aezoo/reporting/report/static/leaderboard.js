// A table of one question: sorted by any column, with the rows and the columns that a reader chooses.

import { cardLink } from "./cards.js";
import { cellText, comparable, fixed, lossAt, MANY_ROWS, otherNats, subjectKey } from "./data.js";
import { choice, html, svg } from "./dom.js";
import { refresh } from "./highlight.js";
import { aroundPrint, isPrinting } from "./print.js";

const SHOWN = 25;
const FEW_ROWS = 12;
const FIRST_COLUMNS = 6;
const BAR = 72;
const RANK = "mean rank";
const TAIL = 0.05;
const BEYOND = 0.1;
const SAMPLERS = [["all", "every sampler"], ["best", "each model's best sampler by the sorted column"], ["own", "each model's own sampler"]];
const ROLES = ["samples", "model", "floor", "control", "oracle"];

/** Make the leaderboard of a question, and draw it into `place`; it shows what the filter lets through. */
export function leaderboard(place, section, index, question, filter) {
  const first = question.metrics.filter((metric) => metric.first);
  const columns = (first.length ? first : question.metrics).slice(0, FIRST_COLUMNS);
  const rows = question.rows.filter(([subject]) => section.subjects[subject].role === "model").length;
  const judged = section.verdict.find((each) => each.question === question.name);
  const firstSort = judged ? RANK : (columns.find((metric) => metric.better !== "neither")?.name ?? null);
  const state = {
    columns: new Set(columns.map((metric) => metric.name)),
    sort: firstSort,
    reversed: false,
    samplers: rows > MANY_ROWS ? "own" : "all",
    all: false,
  };
  const view = { section, index, question, filter, judged, state, table: html("div", { class: "scroll", tabindex: "0" }) };
  view.table.setAttribute("role", "region");
  view.table.setAttribute("aria-label", `scores of ${question.name}`);
  view.letters = groupLetters(judged);
  const note = judged?.letters ? html("p", { class: "note" }, judged.letters) : "";
  const ranks = judged ? html("p", { class: "note" }, `Sorted at first by the mean rank over the metrics by which the verdict compares the models${hasSamplers(question) ? ", each by its own sampler" : ""}; 1 is the best.`) : "";
  view.others = html("p", { class: "note" });
  place.replaceChildren(controls(view), ranks, view.table, view.others, note);
  draw(view);
  filter.onChange(() => draw(view));
  aroundPrint(() => draw(view));
}

/** Name the groups of models that the seeds do not tell apart: a, b and so on, by the label of the model. */
function groupLetters(judged) {
  const found = new Map();
  (judged?.groups ?? []).forEach((group, i) => group.forEach((label) => found.set(label, [...(found.get(label) ?? []), i])));
  const letter = (i) => (i < 26 ? String.fromCharCode(97 + i) : String(i + 1));
  return new Map([...found].map(([label, of]) => [label, of.map(letter).join("")]));
}

function hasSamplers(question) {
  return question.rows.some(([, sampler]) => sampler);
}

function controls(view) {
  const { section, question, filter, state } = view;
  const samplers = new Set(question.rows.filter(([subject]) => section.subjects[subject].role === "model").map(([, sampler]) => sampler));
  const rows = samplers.size < 2 ? null : choice("rows", SAMPLERS, state.samplers, (value) => { state.samplers = value; draw(view); });
  return html("div", { class: "controls" }, ...filter.controls, rows, columnChoice(view));
}

function columnChoice(view) {
  const { question, state } = view;
  const boxes = question.metrics.map((metric) => {
    const box = html("input", { type: "checkbox", checked: state.columns.has(metric.name) });
    box.addEventListener("change", () => {
      if (box.checked) state.columns.add(metric.name);
      else state.columns.delete(metric.name);
      draw(view);
    });
    return html("label", {}, box, ` ${metric.name} ${metric.arrow}`.trimEnd());
  });
  return html("details", { class: "columns" }, html("summary", {}, `Columns (${question.metrics.length})`),
    html("div", { class: "boxes" }, ...boxes));
}

function draw(view) {
  const { section, question, state } = view;
  const metrics = question.metrics.filter((metric) => state.columns.has(metric.name));
  const isSampled = hasSamplers(question);
  const bodies = ROLES.map((role) => body(view, role, metrics, isSampled)).filter(Boolean);
  const head = html("thead", {}, html("tr", {},
    headCell(view, "model", null, "model"), isSampled ? html("th", { scope: "col", class: "sampler" }, "sampler") : null,
    view.judged ? headCell(view, RANK, null, RANK, "number") : null,
    ...metrics.map((metric) => headCell(view, `${metric.name}\u00a0${metric.arrow}`.trim(), metric, metric.name)),
    html("th", { scope: "col", class: "number seeds" }, "seeds")));
  view.table.replaceChildren(html("table", { class: "board" }, head, ...bodies), ...more(view));
  view.table.dataset.rows = String(section.subjects.length);
  const out = metrics.flatMap((metric) => question.rows.filter(([subject], row) => metric.mean[row] !== null && !comparable(section, metric.name)(subject)));
  view.others.textContent = otherNats(section, out.map(([subject]) => subject), "Last by rate and distortion");
  view.others.hidden = !out.length;
  refresh();
}

function headCell(view, text, metric, key, kind = metric ? "number" : null) {
  const { state } = view;
  const sorted = state.sort === key;
  const parts = text.split(/(?<=_)/).flatMap((part, i) => (i ? [html("wbr"), part] : [part]));
  const button = html("button", { type: "button", class: "sort" }, ...parts);
  button.addEventListener("click", () => {
    state.reversed = sorted && !state.reversed;
    state.sort = key;
    draw(view);
    [...view.table.querySelectorAll("button.sort")].find((each) => each.textContent === text)?.focus();
  });
  const classes = [kind, sorted && state.reversed ? "turned" : null].filter(Boolean).join(" ") || null;
  const attributes = { scope: "col", class: classes, "aria-sort": sorted ? direction(metric, state.reversed) : null };
  return html("th", attributes, button, metric && metric.card ? cardLink(metric) : null);
}

/** Name the order of the values in a column whose best stand on top, or last where it is reversed. */
function direction(metric, reversed) {
  if (metric?.loss) return "other"; // by the distance from a target, on either side of it
  return (metric?.better === "higher") === reversed ? "ascending" : "descending";
}

function visible(view, role) {
  const { section, question, filter } = view;
  return question.rows.map((_, row) => row).filter((row) => {
    const [subject, sampler] = question.rows[row];
    return section.subjects[subject].role === role && filter.shows(subject, sampler);
  });
}

/** The mean rank by which the verdict orders the model of a row; null of what is no model. */
function meanRank({ section, question, judged }, row) {
  const { label, role } = section.subjects[question.rows[row][0]];
  return role === "model" ? (judged?.ranks[label] ?? null) : null;
}

/** Mark of the row by which the verdict compares a model: by its own sampler, or without any. */
function isOwn({ section, question }, row) {
  const [subject, sampler] = question.rows[row];
  return sampler === "" || sampler === section.subjects[subject].sampler;
}

/** The value by which a row is sorted; null where there is none, or none that can be compared. */
function sortValue(view, row) {
  const { section, question, state } = view;
  if (state.sort === RANK) return meanRank(view, row);
  const metric = question.metrics.find((each) => each.name === state.sort);
  if (!comparable(section, metric.name)(question.rows[row][0])) return null;
  return metric.better === "neither" ? metric.mean[row] : lossAt(metric, row);
}

/** Order rows from the best to the worst by the column that is sorted by; rows without a value to compare come last. */
function ordered(view, rows) {
  const { section, question, state } = view;
  const sign = state.reversed ? -1 : 1;
  const label = (row) => section.subjects[question.rows[row][0]].label;
  if (state.sort === "model") {
    return [...rows].sort((a, b) => sign * label(a).localeCompare(label(b), "en", { numeric: true }) || isOwn(view, b) - isOwn(view, a));
  }
  if (!state.sort) return rows;
  const values = new Map(rows.map((row) => [row, sortValue(view, row)]));
  return [...rows].sort((a, b) => {
    const [one, other] = [values.get(a), values.get(b)];
    if (one === null || other === null) return (one === null) - (other === null);
    return sign * (one - other) || isOwn(view, b) - isOwn(view, a);
  });
}

/** Order the rows of models, and keep those of the samplers that are asked for; the best are the same either way round. */
function best(view, rows) {
  const { state } = view;
  if (state.samplers !== "best" || !state.reversed) return sampled(view, ordered(view, rows));
  const kept = sampled(view, ordered({ ...view, state: { ...state, reversed: false } }, rows));
  return ordered(view, kept);
}

/** Keep the rows of the samplers that are asked for: of ordered rows, the first of each model is its best. */
function sampled(view, rows) {
  const { section, question, state } = view;
  if (state.samplers === "all") return rows;
  const seen = new Set();
  return rows.filter((row) => {
    const [subject] = question.rows[row];
    if (state.samplers === "own") return isOwn(view, row);
    return !seen.has(subject) && seen.add(subject);
  });
}

function body(view, role, metrics, isSampled) {
  const rows = role === "model" ? best(view, visible(view, role)) : ordered(view, visible(view, role));
  const shown = view.state.all || isPrinting() || role !== "model" ? rows : rows.slice(0, SHOWN);
  if (role === "model") view.left = rows.length - shown.length;
  if (!rows.length) return null;
  const spans = new Map(metrics.map((metric) => [metric, span(view, metric)]));
  return html("tbody", { class: role }, ...shown.map((row) => bodyRow(view, row, metrics, spans, isSampled)));
}

function modelRows(view) {
  const { section, question } = view;
  return question.rows.map((_, row) => row).filter((row) => section.subjects[question.rows[row][0]].role === "model");
}

/**
 * The span of bars: what the models' intervals span. Of many models it ends a tenth beyond the quantiles of 5 and 95 %
 * at most, so that one that is far off does not press all others together.
 */
function span(view, metric) {
  const isComparable = comparable(view.section, metric.name);
  const rows = modelRows(view).filter((row) => metric.mean[row] !== null && isComparable(view.question.rows[row][0]));
  if (!rows.length) return null;
  const ends = rows.flatMap((row) => [metric.mean[row] - (metric.half[row] ?? 0), metric.mean[row] + (metric.half[row] ?? 0)]);
  const [least, most] = [ends.reduce((a, b) => Math.min(a, b)), ends.reduce((a, b) => Math.max(a, b))];
  if (rows.length <= FEW_ROWS) return [least, most];
  const means = rows.map((row) => metric.mean[row]).sort((a, b) => a - b);
  const [low, high] = [TAIL, 1 - TAIL].map((share) => means[Math.round(share * (means.length - 1))]);
  const room = BEYOND * (high - low);
  return low < high ? [Math.max(least, low - room), Math.min(most, high + room)] : [least, most];
}

function bodyRow(view, row, metrics, spans, isSampled) {
  const { section, index, question } = view;
  const [subject, sampler, done, total] = question.rows[row];
  const { label, role } = section.subjects[subject];
  const drawn = sampler === label ? "" : sampler; // a control is its own sampler
  const key = subjectKey(index, subject);
  const name = html("button", { type: "button", class: "name", "data-choose": key, "aria-pressed": "false" }, label);
  const letters = view.letters.get(label);
  const group = letters ? html("small", { class: "group", title: "group" }, ` ${letters}`) : null;
  return html("tr", { "data-key": key },
    html("th", { scope: "row" }, name, role === "model" ? group : role === label ? null : html("small", {}, ` ${role}`),
      isSampled ? html("small", { class: "narrow" }, drawn) : null),
    isSampled ? html("td", { class: "sampler" }, drawn) : null,
    view.judged ? rankCell(view, row) : null,
    ...metrics.map((metric) => valueCell(metric, row, total, comparable(section, metric.name)(subject) ? spans.get(metric) : null)),
    html("td", { class: "number seeds" }, `${done}/${total}`));
}

function rankCell(view, row) {
  const rank = isOwn(view, row) ? meanRank(view, row) : null;
  const isBest = view.judged.winners.includes(view.section.subjects[view.question.rows[row][0]].label);
  return html("td", { class: "number" }, rank === null ? "" : html(isBest ? "strong" : "span", {}, fixed(rank, 2)));
}

function valueCell(metric, row, total, range) {
  const text = cellText(metric, row, total);
  const best = metric.best.includes(row);
  const tied = metric.tied.includes(row);
  const mark = tied && !best ? html("span", { class: "tied", title: "the seeds do not tell it from the best" }, " ≈") : null;
  return html("td", { class: "number" }, html(best ? "strong" : "span", {}, text), mark, bar(metric, row, range));
}

/** Draw a mean and its interval on the span of the models; what lies outside of it is cut at the edge. */
function bar(metric, row, range) {
  const mean = metric.mean[row];
  if (mean === null || range === null || range[0] === range[1]) return null;
  const half = metric.half[row] ?? 0;
  const at = (value) => 3 + Math.min(1, Math.max(0, (value - range[0]) / (range[1] - range[0]))) * (BAR - 6);
  const outside = mean < range[0] || mean > range[1];
  return svg("svg", { class: "bar", viewBox: `0 0 ${BAR} 6`, width: BAR, height: 6, "aria-hidden": "true" },
    svg("line", { class: "track", x1: 0, x2: BAR, y1: 3, y2: 3 }),
    svg("line", { class: "interval", x1: at(mean - half), x2: at(mean + half), y1: 3, y2: 3 }),
    svg("circle", { class: outside ? "outside" : "mean", cx: at(mean), cy: 3, r: 2.2 }));
}

function more(view) {
  if (!view.left) return [];
  const text = `Show ${view.left} more rows`;
  const button = html("button", { type: "button", class: "quiet rest", onclick: () => { view.state.all = true; draw(view); } }, text);
  return [html("p", {}, button)];
}
