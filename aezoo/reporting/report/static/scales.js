// Scales and axes of charts.

import { shortNumber } from "./data.js";
import { svg } from "./dom.js";

/** Make a scale from the span of `values` to `[from, to]`, with some room at both ends and round ticks. */
export function makeScale(values, [from, to], logarithmic = false, room = 0.06) {
  const known = values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0));
  const turn = logarithmic ? (value) => (value > 0 ? Math.log10(value) : -Infinity) : (value) => value;
  let [low, high] = known.length ? [Math.min(...known), Math.max(...known)].map(turn) : [0, 1];
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  const margin = (high - low) * room;
  [low, high] = [low - margin, high + margin];
  const scale = (value) => from + ((turn(value) - low) / (high - low)) * (to - from);
  scale.ticks = logarithmic ? logTicks(low, high) : linearTicks(low, high);
  return scale;
}

function linearTicks(low, high, count = 5) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i += 1) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

function logTicks(low, high) {
  const factors = high - low > 3 ? [1] : high - low > 2 ? [1, 3] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
    for (const factor of factors) {
      const value = Math.log10(factor) + power;
      if (value >= low && value <= high) ticks.push(factor * 10 ** power);
    }
  }
  return ticks.length > 1 ? ticks : linearTicks(10 ** low, 10 ** high, 3).filter((value) => value > 0);
}

/** Draw a horizontal axis with grid lines, below a plot that ends at `bottom` and begins at `top`. */
export function bottomAxis(scale, top, bottom, title, middle) {
  const ticks = scale.ticks.map((value) =>
    svg("g", {}, svg("line", { class: "grid", x1: scale(value), x2: scale(value), y1: top, y2: bottom }),
      svg("text", { class: "tick", x: scale(value), y: bottom + 16, "text-anchor": "middle" }, shortNumber(value))),
  );
  return svg("g", {}, ...ticks, svg("text", { class: "title", x: middle, y: bottom + 36, "text-anchor": "middle" }, title));
}

/** Draw a vertical axis with grid lines, left of a plot from `left` to `right`; its title stands above it. */
export function leftAxis(scale, left, right, title, top) {
  const ticks = scale.ticks.map((value) =>
    svg("g", {}, svg("line", { class: "grid", x1: left, x2: right, y1: scale(value), y2: scale(value) }),
      svg("text", { class: "tick", x: left - 8, y: scale(value) + 4, "text-anchor": "end" }, shortNumber(value))),
  );
  return svg("g", {}, ...ticks, svg("text", { class: "title", x: 4, y: top - 14 }, title));
}
