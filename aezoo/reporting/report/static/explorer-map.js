// The latent map: codes of held-out digits, a layer behind them, a point to move, q(z|x) as an ellipse, and a line.

import { classColour, css } from "./explorer-colours.js";
import { CELLS } from "./explorer-layers.js";

const MARGIN = 44; // for the numbers of the axes

/**
 * A map on a canvas. `handlers`: `onMove(code)` where the reader moves the point, `onPin(code)` where a line is to begin
 * (null where it is to go), `isLine()` whether dragging draws one.
 */
export class LatentMap {
  constructor(canvas, handlers) {
    Object.assign(this, { canvas, handlers, scene: null, layer: null });
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.dragging && handlers.onMove(this.code(event)));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (this.dragging = false));
    canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  /** Show a scene: `extent`, `codes`, `labels`, `code`, `posterior`, `draws`, `pin`. */
  show(scene) {
    this.scene = scene;
    this.draw();
  }

  press(event) {
    if (event.button !== 0 || !this.scene) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.dragging = true;
    const code = this.code(event);
    if (this.handlers.isLine() || event.shiftKey) this.handlers.onPin(code);
    this.handlers.onMove(code);
  }

  /** Arrow keys move the point, finely with Shift; Enter begins a line at the point, Escape removes it. */
  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (!this.scene) return;
    const { code, extent } = this.scene;
    if (event.key in moves) {
      const step = extent.radius / (event.shiftKey ? 100 : 20);
      this.handlers.onMove(moves[event.key].map((direction, i) => code[i] + direction * step));
    } else if (event.key === "Enter") this.handlers.onPin([...code]);
    else if (event.key === "Escape") this.handlers.onPin(null);
    else return;
    event.preventDefault();
  }

  /** The code below the pointer. */
  code(event) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const { centre, radius } = this.scene.extent;
    const share = (value) => Math.min(1, Math.max(0, (value - MARGIN / 2) / (width - MARGIN))) * 2 - 1;
    return [centre[0] + share(event.clientX - left) * radius, centre[1] - share(event.clientY - top) * radius];
  }

  /** The place of a code, in pixels. */
  place([x, y]) {
    const { centre, radius } = this.scene.extent;
    const half = (this.width - MARGIN) / 2;
    return [this.width / 2 + ((x - centre[0]) / radius) * half, this.width / 2 - ((y - centre[1]) / radius) * half];
  }

  draw() {
    this.width = this.canvas.clientWidth;
    if (!this.scene || !this.width) return;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = this.canvas.height = Math.round(this.width * ratio);
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(this.canvas);
    this.colours = Object.fromEntries(["ink", "muted", "paper", "accent", "rule"].map((n) => [n, style.getPropertyValue(`--${n}`)]));
    this.drawLayer(context);
    this.drawAxes(context);
    context.save();
    context.beginPath();
    context.rect(MARGIN / 2, MARGIN / 2, this.width - MARGIN, this.width - MARGIN);
    context.clip();
    this.drawCodes(context);
    this.drawRegions(context);
    this.drawPosterior(context);
    context.restore();
    this.drawPoint(context);
  }

  drawLayer(context) {
    if (!this.layer) return;
    const size = this.width - MARGIN;
    context.imageSmoothingEnabled = !this.layer.regions;
    context.drawImage(this.layer.picture, MARGIN / 2, MARGIN / 2, size, size);
  }

  /** Write the class on each region of the judge's classes. */
  drawRegions(context) {
    const { paper, ink } = this.colours;
    Object.assign(context, { font: "700 22px ui-sans-serif, sans-serif", strokeStyle: paper, fillStyle: ink, lineWidth: 4 });
    centreText(context);
    for (const { label, row, column } of this.layer?.regions ?? []) {
      const place = [column, row].map((cell) => MARGIN / 2 + ((cell + 0.5) / CELLS) * (this.width - MARGIN));
      context.strokeText(label, ...place);
      context.fillText(label, ...place);
    }
  }

  drawAxes(context) {
    const { centre, radius } = this.scene.extent;
    const step = niceStep(radius);
    Object.assign(context, { fillStyle: this.colours.muted, strokeStyle: this.colours.rule, lineWidth: 1 });
    context.font = "10px ui-sans-serif, sans-serif";
    centreText(context);
    context.strokeRect(MARGIN / 2, MARGIN / 2, this.width - MARGIN, this.width - MARGIN);
    for (const axis of [0, 1]) {
      for (let tick = Math.ceil((centre[axis] - radius) / step); tick * step <= centre[axis] + radius; tick += 1) {
        const at = this.place(axis ? [0, tick * step] : [tick * step, 0])[axis];
        const text = String(Number((tick * step).toPrecision(6)));
        if (axis) context.fillText(text, MARGIN / 4, at);
        else context.fillText(text, at, this.width - MARGIN / 4);
      }
    }
  }

  drawCodes(context) {
    const { codes, labels, showsCodes } = this.scene;
    if (!codes || !showsCodes) return;
    Object.assign(context, { font: "600 10px ui-sans-serif, sans-serif", lineWidth: 2.5, lineJoin: "round" });
    centreText(context);
    context.strokeStyle = this.colours.paper;
    for (let i = 0; i < labels.length; i += 1) {
      const code = [codes[2 * i], codes[2 * i + 1]];
      if (!this.holds(code)) continue;
      const place = this.place(code);
      if (this.layer) context.strokeText(labels[i], ...place);
      context.fillStyle = css(classColour(labels[i]));
      context.fillText(labels[i], ...place);
    }
  }

  drawPosterior(context) {
    const { posterior, draws } = this.scene;
    if (!posterior) return;
    const [x, y] = this.place(posterior.mean);
    Object.assign(context, { strokeStyle: this.colours.ink, fillStyle: this.colours.ink, lineWidth: 1.5 });
    if (posterior.sd) {
      const unit = (this.width - MARGIN) / 2 / this.scene.extent.radius;
      for (const times of [1, 2]) {
        context.setLineDash(times === 1 ? [] : [3, 3]);
        context.beginPath();
        context.ellipse(x, y, ...Array.from(posterior.sd, (sd) => Math.max(1, sd * unit * times)), 0, 0, 2 * Math.PI);
        context.stroke();
      }
      context.setLineDash([]);
    }
    for (const code of draws) dot(context, this.place(code), 2);
    context.beginPath();
    for (const [dx, dy] of [[5, 0], [0, 5]]) {
      context.moveTo(x - dx, y - dy);
      context.lineTo(x + dx, y + dy);
    }
    context.stroke();
  }

  drawPoint(context) {
    const { code, pin } = this.scene;
    const at = this.place(code).map((value) => Math.min(this.width - 6, Math.max(6, value)));
    Object.assign(context, { strokeStyle: this.colours.accent, fillStyle: this.colours.accent, lineWidth: 2 });
    if (pin) {
      context.beginPath();
      context.moveTo(...this.place(pin));
      context.lineTo(...at);
      context.stroke();
      dot(context, this.place(pin), 4);
    }
    dot(context, at, 6);
    context.strokeStyle = this.colours.paper;
    context.beginPath();
    context.arc(...at, 6, 0, 2 * Math.PI);
    context.stroke();
  }

  holds(code) {
    const { centre, radius } = this.scene.extent;
    return code.every((value, i) => Math.abs(value - centre[i]) <= radius);
  }
}

function dot(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function centreText(context) {
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
}

/** The largest of 1, 2 and 5 times a power of ten that leaves at least four ticks. */
function niceStep(radius) {
  const power = 10 ** Math.floor(Math.log10(radius / 2));
  return [5, 2, 1].map((factor) => factor * power).find((step) => step <= radius / 2);
}
