// The view of one model: its map or its sliders, the decoded digit, its nearest training image, draws and lines.

import { paintDigit } from "./explorer-colours.js";
import { limits, paintScale, picture, regions } from "./explorer-layers.js";
import { LatentMap } from "./explorer-map.js";
import { LAYERS } from "./explorer-model.js";
import { codeText, Posterior } from "./explorer-posterior.js";
import { Sliders } from "./explorer-sliders.js";

const DRAWS = 8;
const STEPS = 9;
const FEW = 4; // numbers of a code that fit into a line
const MOST_FOUND = 0.5; // a smaller share of nearest images that are in the page is said beside every image

/** A view in a card; `shared` holds what all views show: `image`, what `one` is called, `layer`, `showsCodes`, `isLine`, `onCode(view)`. */
export class View {
  constructor(card, library, shared) {
    Object.assign(this, { card, library, shared, model: null, code: null, pin: null, posterior: null, draws: [] });
    this.map = new LatentMap(this.part("map"), {
      onMove: (code) => this.moved(code),
      onPin: (code) => this.pinned(code),
      isLine: () => shared.isLine,
    });
    this.sliders = new Sliders(this.part("sliders"), (code) => this.moved(code));
    this.numbers = new Posterior(this.part("numbers"));
    this.thumbnails = { draws: fill(this.part("draws"), DRAWS), line: fill(this.part("line"), STEPS) };
    this.part("choice").addEventListener("change", () => this.choose(this.part("choice").value));
    this.part("again").addEventListener("click", () => this.drawAgain());
    this.part("pin").addEventListener("click", () => this.pinned(this.pin ? null : [...this.code]));
  }

  part(name) {
    return this.card.querySelector(`[data-part="${name}"]`);
  }

  /** Show the model at a place of the library; none where it is "". */
  async choose(place) {
    this.part("choice").value = place;
    this.stopLayers();
    const model = place === "" ? null : await this.library.model(Number(place));
    if (this.part("choice").value !== String(place)) return;
    const { dimensions } = this.model ?? {};
    this.model = model;
    this.part("body").hidden = !model;
    this.shared.onModel();
    if (!model) return;
    if (model.dimensions !== dimensions) Object.assign(this, { code: [...model.centre], pin: null });
    this.part("plane").hidden = !model.extent;
    this.part("sliders").hidden = Boolean(model.extent);
    this.part("map").setAttribute("aria-label", `Latent map of ${model.name}: arrow keys move the point`);
    this.part("drawn").hidden = !model.hasEncoder;
    this.part("again").hidden = this.part("draws").hidden = !model.hasVariance;
    if (!model.extent) this.sliders.setModel(model);
    this.setImage(this.shared.image);
    this.setLayer();
  }

  /** Encode an image and go to its code; with null, forget the last one. */
  setImage(image) {
    if (!this.model) return;
    this.posterior = image && this.model.hasEncoder ? this.model.encode(image) : null;
    if (this.posterior) this.code = [...this.posterior.mean];
    this.drawAgain();
  }

  /** Go to a code, if it is one of this model. */
  setCode(code) {
    if (!this.model || code.length !== this.model.dimensions) return;
    this.code = [...code];
    this.render();
  }

  /** Begin a line at a code; with null, remove it. */
  setPin(pin) {
    if (this.model && (!pin || pin.length === this.model.dimensions)) this.pin = pin;
    this.render();
  }

  moved(code) {
    this.setCode(code);
    this.shared.onCode(this, code);
  }

  pinned(pin) {
    this.setPin(pin);
    this.shared.onPin(this, pin);
  }

  /** Draw from q(z|x) anew. */
  drawAgain() {
    const { mean, sd } = this.posterior ?? {};
    this.draws = sd ? Array.from({ length: DRAWS }, () => mean.map((value, i) => value + sd[i] * normal())) : [];
    this.render();
  }

  /** Paint everything again before the next frame. */
  render() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.model) this.paint();
    });
  }

  paint() {
    const { model, code } = this;
    const decoded = model.decode(code);
    this.decoded = decoded;
    paintDigit(this.part("decoded"), decoded);
    this.part("code").textContent = code.length > FEW ? `the ${code.length} numbers of the sliders` : describe(code);
    this.part("judged").textContent = judgement(model, decoded);
    this.paintNearest(decoded);
    this.paintPosterior();
    this.part("pin").textContent = this.pin ? "Remove the line" : "Begin a line here";
    this.part("line").hidden = !this.pin;
    if (this.pin) {
      const between = (share) => this.pin.map((start, i) => start + share * (code[i] - start));
      this.thumbnails.line.forEach((canvas, i) => paintDigit(canvas, model.decode(between(i / (STEPS - 1)))));
    }
    if (model.extent) this.map.show({ ...this.scene(), code, pin: this.pin });
    else this.sliders.show(code);
  }

  scene() {
    const { extent, codes, labels } = this.model;
    return { extent, codes, labels, showsCodes: this.shared.showsCodes, posterior: this.posterior, draws: this.draws };
  }

  paintNearest(decoded) {
    const found = this.model.nearest(decoded);
    this.part("near").hidden = !found;
    if (!found) return;
    paintDigit(this.part("nearest"), found.image);
    const [here, typical] = [found.distance, this.model.images.typical].map((distance) => distance.toFixed(1));
    const { found: share, count } = this.model.images;
    const which = share < MOST_FOUND
      ? `nearest of the ${count} training images kept; the true nearest is usually another`
      : "nearest training image found";
    this.part("distance").textContent = `${which}: distance ${here} (held-out images are ${typical} from theirs)`;
  }

  paintPosterior() {
    const { mean, sd } = this.posterior ?? {};
    const none = this.model.hasEncoder ? `Draw ${this.shared.one} or pick one: its code appears here.` : "";
    const isMany = Boolean(mean) && mean.length > FEW;
    this.part("posterior").hidden = isMany;
    this.part("posterior").textContent = mean && !isMany
      ? `mean ${describe(mean)}${sd ? `, standard deviation ${describe(sd)}` : "; the code is a point, without variance"}`
      : none;
    this.numbers.show(isMany ? this.posterior : null);
    this.part("again").disabled = !sd;
    this.thumbnails.draws.forEach((canvas, i) => {
      if (this.draws[i]) paintDigit(canvas, this.model.decode(this.draws[i]));
      else canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    });
  }

  /** Show the layer that is chosen, and go on computing it. */
  setLayer() {
    this.stopLayers();
    const layer = this.model?.extent ? LAYERS[this.shared.layer] : null;
    const isPossible = layer && (layer.grid !== "judged" || this.model.judge);
    this.part("scale").hidden = !isPossible || Boolean(layer.isClass);
    this.map.layer = null;
    if (!isPossible) return this.map.draw();
    const grid = this.model.grid(layer.grid);
    const paint = () => {
      const values = grid.values[layer.number];
      const ends = layer.limits ?? limits(values);
      this.map.layer = { picture: picture(values, layer.isClass, ends), regions: layer.isClass ? regions(values) : null };
      if (!layer.isClass) this.paintScale(layer, ends);
      this.map.draw();
    };
    paint();
    this.onProgress = paint;
    grid.run(paint);
    return undefined;
  }

  paintScale(layer, [low, high]) {
    paintScale(this.part("ramp"));
    this.part("low").textContent = layer.text(low);
    this.part("high").textContent = layer.text(high);
  }

  stopLayers() {
    for (const grid of Object.values(this.model?.grids ?? {})) grid.stop(this.onProgress); // both views may show one model
  }
}

function fill(parent, count) {
  return Array.from({ length: count }, () => parent.appendChild(document.createElement("canvas")));
}

/** Write a code of a few numbers. */
function describe(code) {
  return `(${Array.from(code, codeText).join(", ")})`;
}

function judgement(model, image) {
  if (!model.judge) return "no judge fits this data set";
  const { label, confidence } = model.judge(image);
  return `judged ${label}, confidence\u00a0${Math.round(100 * confidence)}\u00a0%`;
}

/** Draw from the standard normal distribution, by Box and Muller. */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
