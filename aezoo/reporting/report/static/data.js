// The data of the page: what its tables and charts show, and what follows from it.

/** Read the JSON that the page holds in the element `id`. */
export function readData(id = "report-data") {
  return JSON.parse(document.getElementById(id).textContent);
}

/** Read the data of tables and charts, and fill in the half widths that are left out where no row has one. */
export function readReport() {
  const data = readData();
  for (const { questions } of data.sections) {
    for (const { metrics } of questions) for (const metric of metrics) metric.half ??= metric.mean.map(() => null);
  }
  return data;
}

/** More rows of models than this are too many to read at once: tables and charts then begin with one of each model. */
export const MANY_ROWS = 60;

/** The key of a subject in all tables and charts of a section. */
export function subjectKey(section, subject) {
  return `${section}:${subject}`;
}

/** The value by which a metric ranks, lower is better: null where there is none, or where neither way is better. */
export function lossAt(metric, row) {
  if (metric.loss) return metric.loss[row];
  const value = metric.mean[row];
  if (value === null) return null;
  return { lower: value, higher: -value }[metric.better] ?? null;
}

/** What is left of equal numbers after rounding; no score is so near to 0 otherwise. */
const ROUNDING = 1e-12;

/** A metric's value in a row as it is printed, as every other format prints it, but for what rounding leaves of 0. */
export function cellText(metric, row, total) {
  const mean = metric.mean[row];
  if (mean === null) return { "other row": "", undefined: "–" }[metric.state[row]] ?? metric.state[row];
  const text = Math.abs(mean) < ROUNDING ? "0" : formatMean(mean, metric.half[row]);
  return row in metric.seeds ? `${text} (${metric.seeds[row]} of ${total})` : text;
}

/** Write a mean as `170.31 ± 0.42`: the half width has two significant digits, the mean as many decimals. */
export function formatMean(mean, half, digits = 6) {
  const scale = Math.max(Math.abs(mean), half ?? 0);
  const exponent = scale ? exponentOf(scale) : 0;
  if (exponent >= -4 && exponent < 6) return meanText(mean, half, digits);
  const factor = 10 ** -exponent;
  const power = `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  const text = meanText(mean * factor, half === null ? null : half * factor, digits);
  return half === null ? text + power : `(${text})${power}`;
}

function exponentOf(value) {
  return Number(value.toExponential(15).split("e")[1]);
}

function meanText(mean, half, digits) {
  const scale = Math.max(Math.abs(mean), half ?? 0);
  const exponent = scale ? exponentOf(scale) : 0;
  const wanted = half ? 1 - exponentOf(half) : 3 - exponent;
  const decimals = Math.max(0, Math.min(wanted, digits - 1 - exponent, 6));
  const text = fixed(mean, decimals).replace(/^-(0(\.0*)?)$/, "$1");
  if (half === null) return text;
  return half ? `${text} ± ${fixed(half, decimals)}` : `${text} ± 0`;
}

/** More decimals than a tie can have: of such a number, all that follow are 0. */
const ALL_DECIMALS = 60;

/** Write a number with so many decimals. toFixed rounds a tie away from 0; every other format, to the even digit. */
export function fixed(value, decimals) {
  const exact = value.toFixed(ALL_DECIMALS);
  const end = exact.length - ALL_DECIMALS + decimals;
  const isTie = /^50*$/.test(exact.slice(end));
  const cut = exact.slice(0, end).replace(/\.$/, "");
  return isTie && cut.at(-1) % 2 === 0 ? cut : value.toFixed(decimals);
}

/** Write a number for an axis. */
export function shortNumber(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(0).replace("e+", "e");
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

const IN_NATS = ["rate", "distortion"];

/**
 * The subjects whose values of a metric can be compared, and why the others cannot. In nats they are those with a bound
 * on binary images: the density of a grey image has nats of another kind, by any number fewer. Where no subject has such
 * a bound, all of them are of one kind.
 */
export function comparable(section, name) {
  if (!IN_NATS.includes(name)) return () => true;
  const bounded = boundedIn(section);
  return (subject) => !bounded.size || bounded.has(subject);
}

/** By section the subjects with a bound on binary images, found once: they are asked for at every point and every row. */
const known = new WeakMap();

function boundedIn(section) {
  if (!known.has(section)) {
    const likelihood = section.questions.find(({ metrics }) => metrics.some((metric) => metric.name === "elbo_binary"));
    const bound = likelihood?.metrics.find((metric) => metric.name === "elbo_binary");
    known.set(section, new Set(likelihood?.rows.flatMap(([subject], row) => (bound.mean[row] === null ? [] : [subject]))));
  }
  return known.get(section);
}

/** Say of some subjects that their nats cannot be compared; "" of none. */
export function otherNats(section, subjects, begin) {
  const names = [...new Set(subjects)].map((subject) => section.subjects[subject].label).join(", ");
  return names && `${begin}: ${names}. Without a bound on binary images, nats are of another kind and cannot be compared.`;
}

/** The rows of a question that stand for its models: each with the sampler that the verdict compares it by. */
export function ownRows(section, question) {
  const found = [];
  question.rows.forEach(([subject, sampler], row) => {
    const { role, sampler: own } = section.subjects[subject];
    if (role === "model" && (sampler === "" || sampler === own)) found.push(row);
  });
  return found;
}

/** Ranks of some rows by a metric, 1 the best; equal losses share the mean of their places; none without a loss. */
export function ranksOf(metric, rows) {
  const known = rows.filter((row) => lossAt(metric, row) !== null);
  known.sort((a, b) => lossAt(metric, a) - lossAt(metric, b));
  const ranks = new Map();
  for (let from = 0, to; from < known.length; from = to) {
    for (to = from + 1; to < known.length && lossAt(metric, known[to]) === lossAt(metric, known[from]);) to += 1;
    for (const row of known.slice(from, to)) ranks.set(row, (from + 1 + to) / 2);
  }
  return ranks;
}
