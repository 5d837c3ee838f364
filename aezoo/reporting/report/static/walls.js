// The tables of images of a section: a reader chooses the families whose rows are shown.

import { chip, html } from "./dom.js";

/** Put chips of the families above the first of the tables; nothing where all models are of one family. */
export function familiesOfWalls(walls, section) {
  const families = new Map(section.subjects.filter(({ role }) => role === "model").map(({ label, family }) => [label, family]));
  const rows = walls.flatMap((wall) => [...wall.querySelectorAll("tr.model")]);
  const names = [...new Set(rows.map((row) => families.get(row.dataset.label)))].filter(Boolean);
  if (names.length < 2) return;
  const toggle = (name, on) => {
    for (const row of rows) if (families.get(row.dataset.label) === name) row.hidden = !on;
  };
  walls[0].before(html("div", { class: "controls" }, html("div", { class: "chips", role: "group", "aria-label": "family" },
    html("span", {}, "family"), ...names.sort().map((name) => chip(name, true, (on) => toggle(name, on))))));
}
