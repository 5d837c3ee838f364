// Sliders for codes of other than two dimensions, each with a traversal: the image with that dimension moved alone.

import { paintDigit } from "./explorer-colours.js";

const STEPS = 7;
const SHOWN = 16;
const IN_SIGHT = 5;
const SPAN = 3; // standard deviations of codes to each side of their mean

/** A list of sliders, those of the largest spread first; `onChange(code)` where the reader moves one. */
export class Sliders {
  constructor(element, onChange) {
    Object.assign(this, { element, onChange, rows: [] });
    element.addEventListener("input", () => this.changed());
  }

  /** Make the sliders of a model. */
  setModel(model) {
    const { spread, centre } = model;
    const order = spread.map((_, i) => i).sort((a, b) => spread[b] - spread[a]);
    this.model = model;
    this.rows = order.map((dimension, place) => {
      const reach = SPAN * Math.max(spread[dimension], 0.1);
      return this.row(dimension, centre[dimension] - reach, centre[dimension] + reach, place >= SHOWN);
    });
    const more = this.rows.length > SHOWN ? [this.moreButton()] : [];
    this.element.replaceChildren(...this.cue(), ...this.rows.map((row) => row.element), ...more);
  }

  /** Say that there are more dimensions than the box shows at once. */
  cue() {
    if (this.rows.length <= IN_SIGHT) return [];
    const note = Object.assign(document.createElement("p"), { className: "note" });
    note.textContent = `${this.rows.length} dimensions, those that vary most first: scroll in this box for the others.`;
    return [note];
  }

  row(dimension, low, high, isHidden) {
    const element = document.createElement("div");
    element.className = "explorer-slider";
    element.hidden = isHidden;
    const label = document.createElement("label");
    label.append(`z${dimension + 1} `);
    const input = label.appendChild(Object.assign(document.createElement("input"), { type: "range", min: low, max: high }));
    input.step = (high - low) / 200;
    const output = label.appendChild(document.createElement("output"));
    const strip = element.appendChild(label) && element.appendChild(document.createElement("div"));
    strip.className = "explorer-strip";
    strip.setAttribute("role", "img");
    strip.setAttribute("aria-label", `decoded images with z${dimension + 1} from ${low.toFixed(1)} to ${high.toFixed(1)}`);
    const canvases = Array.from({ length: STEPS }, () => strip.appendChild(document.createElement("canvas")));
    return { dimension, low, high, element, input, output, canvases };
  }

  moreButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Show all ${this.rows.length} dimensions`;
    button.addEventListener("click", () => {
      for (const row of this.rows) row.element.hidden = false;
      button.remove();
      this.show(this.code);
    });
    return button;
  }

  changed() {
    const code = [...this.code];
    for (const { dimension, input } of this.rows) {
      // A slider cannot go where some codes are: it changes only what it was moved to.
      if (Math.abs(input.valueAsNumber - this.shownValue(dimension, input)) > 1e-9) code[dimension] = input.valueAsNumber;
    }
    this.onChange(code);
  }

  shownValue(dimension, input) {
    const before = input.valueAsNumber;
    input.value = this.code[dimension];
    const shown = input.valueAsNumber;
    input.value = before;
    return shown;
  }

  /** Show a code, and soon its traversals. */
  show(code) {
    this.code = [...code];
    for (const { dimension, input, output } of this.rows) {
      input.value = code[dimension];
      output.textContent = code[dimension].toFixed(2).replace("-", "−");
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.traverse(), 60);
  }

  traverse() {
    for (const { dimension, low, high, element, canvases } of this.rows) {
      if (element.hidden) continue;
      canvases.forEach((canvas, i) => {
        const code = [...this.code];
        code[dimension] = low + ((high - low) * i) / (STEPS - 1);
        paintDigit(canvas, this.model.decode(code));
      });
    }
  }
}
