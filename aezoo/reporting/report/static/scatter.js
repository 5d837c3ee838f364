// A scatter of models: any metric, the seconds of training or the number of weights on either axis.

import { comparable, MANY_ROWS, otherNats, subjectKey } from "./data.js";
import { choice, html, svg } from "./dom.js";
import { downloadButton } from "./download.js";
import { refresh } from "./highlight.js";
import { placeLabels } from "./labels.js";
import { arrow, familiesOf, legend, mark } from "./marks.js";
import { bottomAxis, leftAxis, makeScale } from "./scales.js";

const WIDE = { width: 640, height: 440, left: 56, right: 16, top: 34, bottom: 48 };
const NARROW = { ...WIDE, width: 340, height: 340, left: 50, right: 10 };
const CROWD = 80;
const COSTS = { seconds: "training, s", weights: "weights" };
/** Remarks on the seconds of a model, as records have them: for an axis, and in words. */
const REMARKS = {
  loaded: ["shared machine", "a seed was trained while the machine had more work than cores, and may have taken longer for it"],
  "load not recorded": ["unknown machine", "nobody recorded what else the machine did"],
};
/** Questions whose first metric stands against one of another question, those that say most first. */
const BESIDE = ["samples", "latent"];

/**
 * Draw a scatter of what the filter lets through into a new figure; its axes begin with what suits the question. Null
 * where the question has no values.
 */
export function scatter(section, index, question, filter) {
  if (!question.metrics.some(hasValues)) return null;
  const models = question.rows.filter(([subject]) => section.subjects[subject].role === "model").length;
  const state = { ...firstAxes(section, question), logs: { x: false, y: false }, every: models <= MANY_ROWS };
  state.logs.x = state.x === "seconds" || state.x === "weights";
  const plot = html("div", {});
  const redraw = () => { plot.replaceChildren(...chart(section, index, state, filter)); refresh(); };
  const options = axisOptions(section);
  const log = (axis) => {
    const box = html("input", { type: "checkbox", checked: state.logs[axis] });
    box.addEventListener("change", () => { state.logs[axis] = box.checked; redraw(); });
    return html("label", { class: "choice" }, box, html("span", {}, `log ${axis}`));
  };
  const every = () => {
    const box = html("input", { type: "checkbox" });
    box.addEventListener("change", () => { state.every = box.checked; redraw(); });
    return html("label", { class: "choice" }, box, html("span", {}, "every sampler"));
  };
  const pick = (axis) => choice(`${axis} axis`, options, state[axis], (value) => { state[axis] = value; redraw(); });
  const figure = html("figure", { class: "chart scatter" },
    html("figcaption", {}, "Each model's mean and interval, by two measures"),
    html("div", { class: "axes" }, pick("x"), log("x"), pick("y"), log("y"), state.every ? null : every()), plot,
    downloadButton(() => plot.querySelector("svg"), () => `${question.name}-${state.x}-${state.y}`));
  redraw();
  filter.onChange(redraw);
  return figure;
}

function hasValues(metric) {
  return metric.mean.some((value) => value !== null);
}

function firstAxes(section, question) {
  const valued = question.metrics.filter(hasValues);
  const names = valued.map((metric) => metric.name);
  if (names.includes("rate") && names.includes("distortion")) return { x: "rate", y: "distortion" };
  const ranked = rankedMetrics(question);
  const [y = question.metrics[0]?.name, other] = [...ranked, ...valued.filter((metric) => metric.better === "neither")].map((metric) => metric.name);
  if (question.name !== "reconstruction" && ranked.length > 1) return { x: other, y };
  const timed = section.subjects.filter((subject) => subject.role === "model" && subject.seconds);
  const cost = timed.length && !timed.some((subject) => subject.remark) ? "seconds" : undefined; // others compare no models
  return { x: cost ?? elsewhere(section, question) ?? other ?? y, y };
}

function rankedMetrics(question) {
  return question.metrics.filter((metric) => metric.better !== "neither" && hasValues(metric));
}

/** The first metric of another question; undefined where no other has one. */
function elsewhere(section, { name }) {
  const place = (each) => (BESIDE.includes(each.name) ? BESIDE.indexOf(each.name) : BESIDE.length);
  const others = section.questions.filter((each) => each.name !== name).sort((a, b) => place(a) - place(b));
  return others.flatMap(rankedMetrics)[0]?.name;
}

function axisOptions(section) {
  const groups = section.questions.map(({ name, metrics }) => ({
    label: name,
    options: metrics.filter(hasValues)
      .map((metric) => [metric.name, `${metric.name} ${metric.arrow}`.trim()]),
  }));
  const costs = Object.entries(COSTS).filter(([cost]) => section.subjects.some((subject) => subject[cost]));
  return [{ label: "cost", options: costs }, ...groups.filter((group) => group.options.length)];
}

/** Find values of a measure, by subject and sampler: { mean, half }. */
function measure(section, name) {
  const found = new Map();
  if (name in COSTS) {
    section.subjects.forEach((subject, i) => {
      if (subject[name]) found.set(`${i}/`, { mean: subject[name], half: null });
    });
    return found;
  }
  for (const question of section.questions) {
    const metric = question.metrics.find((each) => each.name === name);
    if (metric === undefined) continue;
    question.rows.forEach(([subject, sampler], row) => {
      if (metric.mean[row] !== null) found.set(`${subject}/${sampler}`, { mean: metric.mean[row], half: metric.half[row] });
    });
  }
  return found;
}

/** Pair two measures: of one sampler, or, where a measure depends on none, of the model. */
function pairs(section, xName, yName) {
  const [xs, ys] = [measure(section, xName), measure(section, yName)];
  const found = [];
  for (const key of new Set([...xs.keys(), ...ys.keys()])) {
    const [subject, sampler] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
    const [x, y] = [xs.get(key) ?? xs.get(`${subject}/`), ys.get(key) ?? ys.get(`${subject}/`)];
    if (x && y) found.push({ subject: Number(subject), sampler, x, y });
  }
  return found;
}

function chart(section, index, state, filter) {
  const box = matchMedia("(max-width: 40rem)").matches ? NARROW : WIDE;
  const { width, height, left, right, top, bottom } = box;
  // A model whose own sampler is filtered out stands with those that are left.
  const isOwn = ({ subject, sampler }) => {
    const { role, sampler: own } = section.subjects[subject];
    return sampler === "" || role !== "model" || sampler === own || !filter.shows(subject, own);
  };
  const found = pairs(section, state.x, state.y);
  const isComparable = ({ subject }) => [state.x, state.y].every((name) => comparable(section, name)(subject));
  const note = otherNats(section, found.filter((point) => !isComparable(point)).map(({ subject }) => subject), "Not drawn");
  const points = found.filter(isComparable)
    .filter(({ subject, sampler }) => filter.shows(subject, sampler))
    .filter((point) => state.every || isOwn(point));
  const models = points.filter(({ subject }) => section.subjects[subject].role === "model");
  const spanned = models.length ? models : points;
  const x = makeScale(spanned.flatMap((point) => ends(point.x)), [left, width - right], state.logs.x);
  const y = makeScale(spanned.flatMap((point) => ends(point.y)), [height - bottom, top], state.logs.y);
  const cut = (value, low, high) => Math.min(high, Math.max(low, value));
  const placed = firstLabelled(section, points, state).map((point) => {
    const [atX, atY] = [x(point.x.mean), y(point.y.mean)];
    const [cx, cy] = [cut(atX, left, width - right), cut(atY, top, height - bottom)];
    return { ...point, cx, cy, beyond: [Math.sign(atX - cx), Math.sign(atY - cy)] };
  });
  const outside = placed.filter(({ beyond }) => beyond.some(Boolean));
  const names = [...new Set(outside.map(({ subject }) => section.subjects[subject].label))].join(", ");
  const load = loadRemarks(points.map(({ subject }) => section.subjects[subject]), state);
  const title = (name) => (COSTS[name] ?? metricTitle(section, name)) + (name === "seconds" ? load.title : "");
  const families = familiesOf(section);
  const key = legend(points.map(({ subject }) => section.subjects[subject]), families, width, height + 10);
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${height + key.height}`, role: "img", "aria-label": `${title(state.y)} against ${title(state.x)}` },
    bottomAxis(x, top, height - bottom, title(state.x), (left + width - right) / 2),
    leftAxis(y, left, width - right, title(state.y), top), key.element,
    svg("g", { class: points.length > CROWD ? "crowd" : null }, ...marks(section, index, placed, x, y, box, state.every, families, load.isHollow)));
  const beyond = outside.length ? [html("p", { class: "note" }, `Outside of the plot, at arrows at its edge: ${names}`)] : [];
  return [drawn, ...beyond, ...[note, load.note].filter(Boolean).map((text) => html("p", { class: "note" }, text))];
}

/** What is to be said where an axis has seconds of a machine that did other work too: { isHollow(subject), title, note }. */
function loadRemarks(subjects, { x, y }) {
  const isHollow = ({ remark }) => Boolean(remark) && [x, y].includes("seconds");
  const found = subjects.filter(isHollow);
  if (!found.length) return { isHollow, title: "", note: "" };
  const models = found.filter(({ role }) => role === "model");
  // The mark of what is no model is hollow anyway.
  const others = [...new Set(found.filter(({ role }) => role !== "model").map(({ label }) => label))].join(", ");
  const words = (among, i) => Object.entries(REMARKS).filter(([key]) => among.some(({ remark }) => remark === key)).map(([, texts]) => texts[i]).join(", or ");
  const title = models.length ? ` (hollow: ${words(models, 0)})` : "";
  const who = models.length ? `Hollow${others && `, and ${others}`}` : others;
  return { isHollow, title, note: `${who}: ${words(found, 1)}. Such seconds do not compare models.` };
}

/** The ends of an interval; of one that is far wider than its mean, as two seeds give, the mean alone. */
function ends({ mean, half }) {
  return half && half < Math.abs(mean) / 2 ? [mean - half, mean + half] : [mean];
}

/** Order points as they get their labels: the oracle, models by the better of their places on the two axes, other yardsticks. */
function firstLabelled(section, points, { x, y }) {
  const places = [x, y].map((name, i) => {
    const better = section.questions.flatMap(({ metrics }) => metrics).find((metric) => metric.name === name)?.better ?? "lower";
    const value = (point) => (i ? point.y : point.x).mean * (better === "higher" ? -1 : 1);
    const order = [...points].sort((a, b) => value(a) - value(b));
    return new Map(order.map((point, place) => [point, better === "neither" ? points.length : place]));
  });
  const best = (point) => Math.min(...places.map((place) => place.get(point)));
  const turn = ({ subject }) => ({ oracle: 0, model: 1 })[section.subjects[subject].role] ?? 2;
  return [...points].sort((a, b) => turn(a) - turn(b) || best(a) - best(b));
}

function metricTitle(section, name) {
  for (const question of section.questions) {
    const metric = question.metrics.find((each) => each.name === name);
    if (metric) return `${metric.name} ${metric.arrow}`.trim();
  }
  return name;
}

function marks(section, index, points, x, y, box, every, families, isHollow) {
  const words = ({ subject, sampler }) => `${section.subjects[subject].label}${sampler && every && sampler !== section.subjects[subject].label ? `, ${sampler}` : ""}`; // a control is its own sampler
  const labels = placeLabels(points.map((point) => ({
    x: point.cx, y: point.cy, text: words(point), whiskers: point.beyond.some(Boolean) ? [] : reaches(point, x, y, box).map(areaOf),
  })), box);
  const size = points.length > CROWD ? 3 : 4.5;
  return points.map((point, i) => {
    const { cx, cy, beyond } = point;
    const subject = section.subjects[point.subject];
    const label = labels[i];
    const drawn = beyond.some(Boolean) ? [arrow(cx, cy, ...beyond)] : [whisker(point, x, y, box), mark(subject, families, cx, cy, size, isHollow(subject))];
    return svg("g", { class: `point ${subject.role}${label.hidden ? " crowded" : ""}`, "data-key": subjectKey(index, point.subject) },
      svg("title", {}, words(point)), ...drawn,
      "x" in label ? svg("text", { class: "label", x: label.x, y: label.y, "text-anchor": label.anchor }, words(point)) : null);
  });
}

/** Draw the intervals of a point. */
function whisker(point, x, y, box) {
  return svg("g", {}, ...reaches(point, x, y, box).map((line) => svg("line", { class: "whisker", ...line })));
}

/** The lines of the intervals of a point, cut off at the edges of the plot. */
function reaches({ x: across, y: down, cx, cy }, x, y, { width, height, left, right, top, bottom }) {
  const cut = (value, low, high) => Math.min(high, Math.max(low, value));
  const line = ({ mean, half }, scale, low, high, place) =>
    (half ? [place(cut(scale(mean - half), low, high), cut(scale(mean + half), low, high))] : []);
  return [
    ...line(across, x, left, width - right, (x1, x2) => ({ x1, x2, y1: cy, y2: cy })),
    ...line(down, y, top, height - bottom, (y1, y2) => ({ x1: cx, x2: cx, y1, y2 })),
  ];
}

function areaOf({ x1, x2, y1, y2 }) {
  return [Math.min(x1, x2) - 1, Math.min(y1, y2) - 1, Math.max(x1, x2) + 1, Math.max(y1, y2) + 1];
}
