// The entry of the explorer: what the reader draws or picks, the choices for all views, and two views side by side.

import { onTheme, paintDigit } from "./explorer-colours.js";
import { readData } from "./data.js";
import { isReadRight, Library, unit } from "./explorer-model.js";
import { PIXELS } from "./explorer-networks.js";
import { Pen } from "./explorer-pen.js";
import { View } from "./explorer-view.js";

const root = document.getElementById("explorer-root");
const library = new Library(readData("explorer-data"));
const element = (name) => document.getElementById(`explorer-${name}`);

const shared = {
  image: null,
  one: root?.dataset.one,
  layer: "none",
  showsCodes: true,
  isLine: false,
  onModel: () => showMapOptions(),
  onCode: (from, code) => followers(from).forEach((view) => view.setCode(code)),
  onPin: (from, pin) => followers(from).forEach((view) => view.setPin(pin && [...pin])),
};
const views = [...root.querySelectorAll("[data-view]")].map((card) => new View(card, library, shared));
const pen = new Pen(element("pad"), element("pen"), (image) => show(image));

/** The other views, which follow one where both are to be at the same code. */
function followers(from) {
  return element("linked").checked ? views.filter((view) => view !== from) : [];
}

/** Offer what concerns maps where a view has one. */
function showMapOptions() {
  const hasMap = views.some((view) => view.model?.extent);
  for (const option of root.querySelectorAll("[data-map]")) option.hidden = !hasMap;
}

/** Show an image (784 numbers in [0, 1]) in every view, or none. */
function show(image) {
  shared.image = image;
  paintDigit(element("seen"), image ?? new Float32Array(PIXELS));
  views.forEach((view) => view.setImage(image));
}

/** Make a button of each held-out digit of the data set of the model that the explorer opens with; `open` presses one. */
async function offerDigits() {
  const { test, labels } = await library.digits(library.payload.models[library.payload.opening[0]].digits);
  const buttons = Array.from({ length: test.length / PIXELS }, (_, i) => {
    const image = unit(test.subarray(i * PIXELS, (i + 1) * PIXELS));
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.setAttribute("aria-label", `held-out image ${i + 1}${labels.length ? `, class ${labels[i]}` : ""}`);
    const canvas = button.appendChild(document.createElement("canvas"));
    button.addEventListener("click", () => {
      pen.clear();
      show(image);
    });
    return { button, image, label: labels[i], paint: () => paintDigit(canvas, image) };
  });
  element("picks").replaceChildren(...buttons.map(({ button }) => button));
  const open = () => (buttons.find((digit) => isReadRight(digit, views.map(({ model }) => model))) ?? buttons[0])?.button.click();
  return { open, paint: () => buttons.forEach(({ paint }) => paint()) };
}

function listen() {
  element("clear").addEventListener("click", () => pen.clear());
  element("line").addEventListener("change", (event) => (shared.isLine = event.target.checked));
  element("codes").addEventListener("change", (event) => {
    shared.showsCodes = event.target.checked;
    views.forEach((view) => view.render());
  });
  element("layers").addEventListener("change", (event) => {
    shared.layer = event.target.value;
    views.forEach((view) => view.setLayer());
  });
}

async function start() {
  listen();
  const picks = await offerDigits();
  const repaint = () => {
    picks.paint();
    pen.paint();
    paintDigit(element("seen"), shared.image ?? new Float32Array(PIXELS));
    views.forEach((view) => {
      view.render();
      view.setLayer();
    });
  };
  onTheme(repaint);
  const { models, opening } = library.payload;
  const dimensions = (place) => models[place].networks.decoder[0].inputs;
  const [first, ...others] = opening;
  const second = others.find((place) => dimensions(place) === dimensions(first)) ?? "";
  await Promise.all([views[0].choose(String(first)), views[1].choose(String(second))]);
  picks.open();
  repaint();
  root.hidden = false;
  element("wait").hidden = true;
  repaint();
  root.explorer = { library, views, show };
}

if (root) start();
