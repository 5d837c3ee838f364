// "Fool the metric": a control and its dose, its images, and which metrics notice.

import { choice, html } from "./dom.js";

const ABOUT_Z = "z / threshold: z is how much worse than real data the images are to a metric, in standard deviations of it over draws of real data; below 0 they are better than real. A draw above the threshold is noticed; shown is the median draw. Without numbers: a metric that does not vary on real data.";
const ANSWERS = [
  ["✗", "are fooled", "they take it for better than real images"],
  ["○", "see nothing", "to them it might be real"],
  ["◐", "notice now and then", "in more than half of the draws, not in 95 %"],
  ["●", "notice", "they tell it from real images in 95 % of the draws"],
];
const MOST_NAMED = 16; // of one reply: more names are folded away

/** Fill `place` with the choice of a control and a dose, and what follows from it. */
export function foolTheMetric(place, audit) {
  const state = { control: Math.max(0, audit.controls.findIndex(({ name }) => name === "blur")), dose: 0, unfolded: new Set() };
  const result = html("div", { class: "fool-result", "aria-live": "polite" });
  const doses = html("div", { class: "chips", role: "group", "aria-label": "dose" });
  const redraw = () => {
    const control = audit.controls[state.control];
    doses.replaceChildren(html("span", {}, control.unit || "dose"), ...control.doses.map((dose, i) => doseButton(dose, i, state, redraw)));
    result.replaceChildren(...describe(audit, control, state));
  };
  const pick = choice("control", audit.controls.map(({ name }, i) => [i, name]), state.control, (value) => {
    state.control = Number(value);
    const control = audit.controls[state.control];
    state.dose = Math.max(0, control.doses.indexOf(control.default));
    redraw();
  });
  state.dose = Math.max(0, audit.controls[state.control].doses.indexOf(audit.controls[state.control].default));
  place.replaceChildren(html("div", { class: "axes" }, pick, doses), result);
  redraw();
}

function doseButton(dose, i, state, redraw) {
  const text = dose === null ? "one dose" : String(dose);
  const button = html("button", { type: "button", class: "chip", "aria-pressed": String(i === state.dose) }, text);
  button.addEventListener("click", () => {
    state.dose = i;
    redraw();
    [...document.querySelectorAll("#fool .chip")].find((each) => each.textContent === text)?.focus();
  });
  return button;
}

function describe(audit, control, { dose, unfolded }) {
  const metrics = Object.entries(audit.metrics).filter(([, { answers }]) => answers[control.name]);
  const columns = ANSWERS.map(([symbol, title, about]) => {
    const found = metrics.filter(([, { answers }]) => answers[control.name][dose][0] === symbol);
    const names = html("ul", {}, ...found.map(([name, { answers, family }]) => entry(name, family, answers[control.name][dose])));
    return html("div", { class: "reply" }, html("h4", {}, `${symbol} ${found.length} ${title}: `, html("small", {}, about)),
      found.length > MOST_NAMED ? folded(names, symbol, unfolded) : names);
  });
  const image = control.images[dose];
  return [
    html("p", {}, html("b", {}, `${control.name}${doseWords(control, dose)}: `), control.summary),
    image ? html("img", { class: "strip", src: image, alt: `images of ${control.name} at dose ${control.doses[dose]}` }) : html("p", { class: "note" }, "no images of it come with this version"),
    html("p", { class: "note" }, ABOUT_Z),
    html("div", { class: "answers" }, ...columns),
  ];
}

/** Fold a long list away; one that a reader has opened stays open by every dose and control. */
function folded(names, symbol, unfolded) {
  const details = html("details", { open: unfolded.has(symbol) }, html("summary", {}, `Their ${names.children.length} names`), names);
  details.addEventListener("toggle", () => { if (details.isConnected) unfolded[details.open ? "add" : "delete"](symbol); });
  return details;
}

/** Write a dose after the name of its control; nothing where there is but one. */
function doseWords({ unit, doses }, dose) {
  return doses[dose] === null ? "" : `, ${unit || "dose"} ${doses[dose]}`;
}

function entry(name, family, [, z, threshold]) {
  const link = document.getElementById(`metric-${family}`) ? html("a", { href: `#metric-${family}` }, name) : html("span", {}, name);
  const title = `median z ${z}; noticed above ${threshold}`;
  return html("li", {}, link, z === null ? null : html("small", { title }, ` ${z} / ${threshold}`));
}
