// Ranks of models as lines from column to column: who wins where.

import { ownRows, ranksOf, subjectKey } from "./data.js";
import { choice, html, svg } from "./dom.js";
import { downloadButton } from "./download.js";
import { refresh } from "./highlight.js";
import { textWidth } from "./measure.js";

const FEW = { step: 84, line: 22, dot: 4.5 };
const MANY = { step: 84, line: 13, dot: 2.5 };
const WIDE_STEP = 150;
const GAP = 14; // of headings
const NAME = 24; // room beside a name at an end of its line
const TOP = 72;
const MOST_COLUMNS = 9;
const MOST_TOGETHER = 12;
const MOST_THICK = 30;
const MOST_MODELS = 60;
const MOST_FIRST = 3;
const MOST_LINES = 20;
const LEADERS = 12;
const UNRANKED = 1.5;
const NO_RANK = "no rank here:";

/** Draw the mean ranks over the metrics of each question: the chart of the answer. */
export function questionRanks(section, index) {
  const columns = section.verdict.map((each) => ({
    title: each.title,
    note: each.sure ? "sure winner" : "not sure",
    ranks: new Map(section.subjects.map((subject, i) => [i, each.ranks[subject.label]])
      .filter(([i, rank]) => rank !== undefined && section.subjects[i].role === "model")),
  }));
  const caption = "Mean rank of each model over the metrics of a question, the best on top; sure winner: repeated trainings tell it from all others";
  return bump(section, index, columns, caption, "ranks-by-question");
}

/**
 * Draw the ranks by some metrics of a question, of the models that the filter lets through; a reader chooses among as many
 * at a time as there is room for, those to read first before the others. Null where fewer than two rank two models.
 */
export function metricRanks(section, index, question, filter) {
  const metrics = ranking(question, ownRows(section, question));
  if (metrics.length < 2) return null;
  const groups = inGroups(metrics);
  let shown = groups[0];
  const plot = html("div", {});
  const redraw = () => {
    plot.replaceChildren(filteredRanks(section, index, question, filter, { shown, of: metrics.length }));
    refresh();
  };
  const options = groups.map((group, i) => {
    const start = metrics.indexOf(group[0]);
    return [i, `${start + 1} to ${start + group.length}: ${group[0].name} to ${group.at(-1).name}`];
  });
  const pick = groups.length < 2 ? null
    : html("div", { class: "axes" }, choice("metrics", options, 0, (value) => { shown = groups[value]; redraw(); }));
  redraw();
  filter.onChange(redraw);
  return html("div", { class: "ranks" }, ...(pick ? [pick] : []), plot);
}

/** Select the metrics of a question that rank two of the models of some rows. */
function ranking(question, rows) {
  return question.metrics.filter((metric) => metric.better !== "neither" && ranksOf(metric, rows).size > 1);
}

/** Cut metrics into groups of equal sizes, as few as there may be; a few more than one group holds stay together. */
function inGroups(metrics) {
  if (metrics.length <= MOST_TOGETHER) return [metrics];
  const size = Math.ceil(metrics.length / Math.ceil(metrics.length / MOST_COLUMNS));
  return Array.from({ length: Math.ceil(metrics.length / size) }, (_, i) => metrics.slice(i * size, (i + 1) * size));
}

function filteredRanks(section, index, question, filter, { shown, of }) {
  const rows = ownRows(section, question).filter((row) => filter.shows(...question.rows[row]));
  const metrics = ranking(question, rows).filter((metric) => shown.includes(metric));
  if (metrics.length < 2) return html("p", { class: "note" }, "No ranks: fewer than two models are left with the sampler that they are compared by.");
  const columns = metrics.map((metric) => ({
    title: metric.name,
    note: metric.arrow,
    ranks: new Map([...ranksOf(metric, rows)].map(([row, rank]) => [question.rows[row][0], rank])),
  }));
  const who = filter.isOn ? "Rank of each model that is shown, among these," : "Rank of each model";
  const rest = of > columns.length ? `, ${columns.length} of ${of} metrics` : "";
  return bump(section, index, columns, `${who} by each metric, the best on top${rest}`, `ranks-${question.name}`);
}

/** List who is first in a column; nobody where more than three are level, as no reader learns anything from their lines. */
function firstOf({ ranks }) {
  const best = Math.min(...ranks.values());
  const found = [...ranks.keys()].filter((subject) => ranks.get(subject) === best);
  return found.length > MOST_FIRST ? [] : found;
}

/** Order the ranks of a column to whole places, 0 on top; who is level keeps the order of the column before. */
function placesOf(columns) {
  let before = new Map();
  return columns.map(({ ranks }) => {
    const order = [...ranks.keys()].sort((a, b) =>
      ranks.get(a) - ranks.get(b) || (before.get(a) ?? Infinity) - (before.get(b) ?? Infinity) || a - b);
    before = new Map(order.map((subject, place) => [subject, place]));
    return before;
  });
}

/** Keep the models with the best mean rank, where there are too many to draw; each rank stays that among all. */
function leading(columns) {
  const all = new Map();
  for (const { ranks } of columns) for (const [subject, rank] of ranks) all.set(subject, [...(all.get(subject) ?? []), rank]);
  if (all.size <= MOST_MODELS) return [columns, ""];
  const mean = (ranks) => ranks.reduce((a, b) => a + b) / ranks.length;
  const kept = new Set([...all.keys()].sort((a, b) => mean(all.get(a)) - mean(all.get(b))).slice(0, MOST_MODELS));
  const few = columns.map((column) => ({ ...column, ranks: new Map([...column.ranks].filter(([subject]) => kept.has(subject))) }));
  return [few, `; the ${MOST_MODELS} of ${all.size} models with the best mean rank`];
}

/** Choose whose lines are drawn at first: all, or of many the leaders by the mean rank, and who is first in a column. */
function leadersOf(subjects, columns, firsts) {
  if (subjects.length <= MOST_LINES) return new Set(subjects);
  const ranks = (subject) => columns.flatMap((column) => column.ranks.get(subject) ?? []);
  const mean = new Map(subjects.map((subject) => [subject, ranks(subject).reduce((a, b) => a + b) / ranks(subject).length]));
  const order = [...subjects].sort((a, b) => mean.get(a) - mean.get(b));
  return new Set([...order.slice(0, LEADERS), ...firsts.flatMap((first) => [...first])]);
}

/** Give those without a rank in the last column a place below it, so that every name stands at the end of its line. */
function endsOf(subjects, places) {
  const last = places.at(-1);
  const before = (subject) => places.findLast((column) => column.has(subject)).get(subject);
  const without = subjects.filter((subject) => !last.has(subject)).sort((a, b) => before(a) - before(b));
  return new Map(without.map((subject, i) => [subject, last.size + UNRANKED + i]));
}

function bump(section, index, every, text, name) {
  const [columns, more] = leading(every);
  const caption = text + more;
  const places = placesOf(columns);
  const subjects = [...new Set(columns.flatMap(({ ranks }) => [...ranks.keys()]))];
  const firsts = columns.map((column) => new Set(firstOf(column)));
  const leaders = leadersOf(subjects, columns, firsts);
  const ends = endsOf(subjects, places);
  const depth = Math.max(...places.map((column) => column.size), ...[...ends.values()].map((place) => place + 1));
  const isMany = subjects.length > MOST_THICK;
  const { step: least, line, dot } = isMany ? { ...MANY, step: columns.length > 5 ? MANY.step : WIDE_STEP } : FEW;
  const widest = Math.max(...columns.flatMap(({ title, note }) => [...wrap(title), note].map((text) => textWidth(text, 12, 600))));
  const step = Math.max(least, widest + GAP);
  const names = [...subjects.map((subject) => section.subjects[subject].label), ends.size ? NO_RANK : ""];
  const left = Math.max(widest / 2 + 4, NAME + Math.max(...names.map((text) => textWidth(text, 12, 600))));
  const size = { width: left + (columns.length - 1) * step + left, height: TOP + depth * line + 12 };
  const at = (column, place) => [left + column * step, TOP + 14 + place * line];
  const lines = subjects.map((subject) => path(section, index, subject, { places, ends, at, r: dot, firsts, leaders }));
  const under = ends.size ? svg("text", { class: "note", x: at(columns.length - 1, 0)[0] + 11, y: at(0, places.at(-1).size + UNRANKED - 1)[1] + 4 }, NO_RANK) : null;
  const chart = svg("svg", { viewBox: `0 0 ${size.width} ${size.height}`, class: `bump${isMany ? " many" : ""}`, role: "img", "aria-label": caption },
    ...columns.map((column, i) => heading(column, at(i, 0)[0])), under, ...lines);
  chart.style.width = `${size.width}px`;
  return html("figure", { class: "chart" }, html("figcaption", {}, caption), allButton(chart, subjects.length, leaders.size),
    html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, chart),
    downloadButton(() => chart, () => name));
}

/** Make the button that draws the lines of all models, or of the leaders alone; null where all are leaders. */
function allButton(chart, all, leaders) {
  if (leaders === all) return null;
  const text = (isAll) => (isAll ? `Show the ${leaders} leaders alone` : `Show all ${all} models`);
  const button = html("button", { type: "button", class: "quiet", onclick: () => { button.textContent = text(chart.classList.toggle("all")); } }, text(false));
  return button;
}

function heading({ title, note }, x) {
  const lines = wrap(title);
  const at = (i) => 57 - 13 * (lines.length - i);
  return svg("g", {}, svg("title", {}, title),
    ...lines.map((text, i) => svg("text", { class: "column", x, y: at(i), "text-anchor": "middle" }, text)),
    svg("text", { class: "note", x, y: 60, "text-anchor": "middle" }, note));
}

/** Break a name at its underscores and spaces into three lines at most. */
function wrap(title, most = 13) {
  const lines = [];
  for (const part of title.split(/(?<=[_ ])/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && (last + part).length <= most) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines.length > 3 ? [...lines.slice(0, 2), `${lines[2].slice(0, most - 1)}…`] : lines;
}

/**
 * Draw a model's line, dashed past columns where it has no rank, with its name at the end, and before the first column,
 * where the eye begins.
 */
function path(section, index, subject, { places, ends, at, r, firsts, leaders }) {
  const points = places.map((column, i) => (column.has(subject) ? at(i, column.get(subject)) : null));
  const [steps, gaps] = [[], []];
  let last = null;
  points.forEach((point, i) => {
    if (point === null) return;
    steps.push(points[i - 1] ? curve(last, point) : `M${point[0]} ${point[1]}`);
    if (last && !points[i - 1]) gaps.push(`M${last[0]} ${last[1]}${curve(last, point)}`);
    last = point;
  });
  const end = ends.has(subject) ? at(points.length - 1, ends.get(subject)) : last;
  const { label } = section.subjects[subject];
  const name = (attributes) => svg("text", { class: "label", ...attributes }, label);
  const dots = points.map((point, i) => point && svg("circle",
    { cx: point[0], cy: point[1], r, class: firsts[i].has(subject) ? "first" : null }));
  const wins = firsts.some((first) => first.has(subject));
  if (end !== last) gaps.push(`M${last[0]} ${last[1]}${curve(last, end)}`);
  const dashes = gaps.length ? svg("path", { d: gaps.join(""), "stroke-dasharray": "2 4" }) : null;
  return svg("g", { class: `line${wins ? " wins" : ""}${leaders.has(subject) ? "" : " rest"}`, "data-key": subjectKey(index, subject) },
    svg("title", {}, label), svg("path", { d: steps.join("") }), dashes, ...dots,
    points[0] ? name({ x: points[0][0] - 9, y: points[0][1] + 4, "text-anchor": "end" }) : null,
    name({ x: end[0] + 11, y: end[1] + 4 }));
}

function curve([x, y], [toX, toY]) {
  const middle = (x + toX) / 2;
  return `C${middle} ${y} ${middle} ${toY} ${toX} ${toY}`;
}
