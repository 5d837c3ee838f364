// Marks of points: a shape and a colour for each family of models, hollow ones for yardsticks, and the legend of them.

import { svg } from "./dom.js";

const CHARACTER = 6.6;
const ROW = 18;
/** Colours that stand out from light and from dark paper alike; none is that of a model that is highlighted. */
const COLOURS = ["var(--ink)", "#c9600a", "#1f8a5b", "#9a5bb5", "#c9407a", "#16879a", "#8f6b3a"];
const line = (...points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");
const polygon = (x, y, ...points) => `${line(...points.map(([dx, dy]) => [x + dx, y + dy]))}Z`;
const cross = (x, y, r, w) => polygon(x, y, [-w, -r], [w, -r], [w, -w], [r, -w], [r, w], [w, w], [w, r], [-w, r], [-w, w], [-r, w], [-r, -w], [-w, -w]);
const SHAPES = [
  (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  (x, y, r) => polygon(x, y, [0, -1.25 * r], [1.2 * r, 0.9 * r], [-1.2 * r, 0.9 * r]),
  (x, y, r) => polygon(x, y, [-0.9 * r, -0.9 * r], [0.9 * r, -0.9 * r], [0.9 * r, 0.9 * r], [-0.9 * r, 0.9 * r]),
  (x, y, r) => cross(x, y, 1.25 * r, 0.42 * r),
  (x, y, r) => polygon(x, y, [0, -1.35 * r], [1.1 * r, 0], [0, 1.35 * r], [-1.1 * r, 0]),
  (x, y, r) => polygon(x, y, [0, 1.25 * r], [1.2 * r, -0.9 * r], [-1.2 * r, -0.9 * r]),
  (x, y, r) => polygon(x, y, [-1.3 * r, -0.8 * r], [0, 0], [1.3 * r, -0.8 * r], [1.3 * r, 0.8 * r], [0, 0], [-1.3 * r, 0.8 * r]),
];
const YARDSTICKS = { floor: "floor", control: "control", oracle: "oracle (real images)" };

/** The families of a section's models, those with the most models first; the order gives each its mark. */
export function familiesOf(section) {
  const counts = new Map();
  for (const { role, family } of section.subjects) if (role === "model") counts.set(family, (counts.get(family) ?? 0) + 1);
  return [...counts.keys()].sort((a, b) => (a === "") - (b === "") || counts.get(b) - counts.get(a) || a.localeCompare(b));
}

/** Draw the mark of a subject; of a model that is marked as doubtful, hollow. */
export function mark({ role, family }, families, x, y, r, isHollow = false) {
  if (role !== "model") return yardstick(role, x, y);
  const i = families.indexOf(family);
  const drawn = svg("path", { class: `family${isHollow ? " hollow" : ""}`, d: SHAPES[i % SHAPES.length](x, y, r) });
  drawn.style.setProperty("--family", COLOURS[(i + Math.floor(i / SHAPES.length)) % COLOURS.length]);
  return drawn;
}

function yardstick(role, x, y) {
  if (role === "oracle") return svg("path", { class: "yardstick", d: polygon(x, y, [0, -6], [6, 0], [0, 6], [-6, 0]) });
  const [width, height] = role === "floor" ? [10, 6] : [8, 8];
  return svg("rect", { class: "yardstick", x: x - width / 2, y: y - height / 2, width, height });
}

/** Draw an arrow at the edge of a plot, towards a point that lies outside: `across` and `down` are -1, 0 or 1. */
export function arrow(x, y, across, down) {
  const size = 6 / Math.hypot(across, down);
  const [dx, dy] = [across * size, down * size];
  return svg("path", { class: "yardstick", d: `${line([x - dx - dy, y - dy + dx], [x, y], [x - dx + dy, y - dy - dx])}Z` });
}

/** Draw the legend of some subjects below a plot, from `top` on: { element, height }; empty where all look alike. */
export function legend(subjects, families, width, top) {
  const entries = [
    ...families.filter((family) => subjects.some((each) => each.role === "model" && each.family === family))
      .map((family) => [{ role: "model", family }, family || "other models"]),
    ...Object.entries(YARDSTICKS).filter(([role]) => subjects.some((each) => each.role === role)).map(([role, text]) => [{ role }, text]),
  ];
  if (entries.length < 2) return { element: null, height: 0 };
  let [x, row] = [4, 0];
  const items = entries.map(([subject, text]) => {
    const size = 32 + text.length * CHARACTER;
    if (x > 4 && x + size > width) [x, row] = [4, row + 1];
    const y = top + row * ROW;
    const item = svg("g", {}, mark(subject, families, x + 6, y, 4.5), svg("text", { class: "tick", x: x + 16, y: y + 4 }, text));
    x += size;
    return item;
  });
  return { element: svg("g", { class: "legend" }, ...items), height: (row + 1) * ROW };
}
