// A model of the payload, ready to run: its networks, its judge, its codes, and the layers of its map.

import { Grid } from "./explorer-layers.js";
import { readJudge } from "./explorer-judge.js";
import { decode, encode, PIXELS, readNetworks, stretching } from "./explorer-networks.js";
import { unpackBytes, unpackFloats } from "./explorer-packing.js";

const MIN_RADIUS = 1;

/** Layers by the name of their choice: the grid and the number of it that is shown, its unit, limits where they are fixed. */
export const LAYERS = {
  class: { grid: "judged", number: 0, isClass: true },
  confidence: { grid: "judged", number: 1, limits: [0.1, 1], text: (value) => `${Math.round(100 * value)} %` },
  stretching: { grid: "stretched", number: 0, text: (value) => (10 ** value).toPrecision(2) },
};

/** Models, judges and images of the payload, each unpacked when it is first asked for. */
export class Library {
  constructor(payload) {
    this.payload = payload;
    this.kept = new Map();
  }

  /** The names of the models, in order. */
  get names() {
    return this.payload.models.map((model) => model.name);
  }

  /** Load a model by its place. */
  model(place) {
    return this.once(`model ${place}`, () => this.load(this.payload.models[place]));
  }

  /** Load the images of a data set: `test` and `train`, bytes, 784 an image; `labels`; `typical`, a distance. */
  digits(key) {
    return this.once(`digits ${key}`, async () => {
      const packed = this.payload.digits[key];
      const train = packed.train ? await unpackBytes(packed.train) : new Uint8Array();
      return { ...packed, test: await unpackBytes(packed.test), train };
    });
  }

  async load(packed) {
    const networks = await readNetworks(packed.networks);
    const judge = packed.judge
      ? await this.once(`judge ${packed.judge}`, () => readJudge(this.payload.judges[packed.judge]))
      : null;
    const codes = packed.codes ? await unpackFloats(packed.codes) : null;
    return new Model({
      ...packed,
      networks,
      judge,
      codes,
      labels: packed.labels ? await unpackBytes(packed.labels) : null,
      images: await this.digits(packed.digits),
    });
  }

  once(key, make) {
    if (!this.kept.has(key)) this.kept.set(key, make());
    return this.kept.get(key);
  }
}

/** A model that runs: `encode`, `decode`, `judge`, `nearest`, and layers where its code has two dimensions. */
export class Model {
  constructor(parts) {
    Object.assign(this, parts);
    this.dimensions = this.networks.dimensions;
    this.hasEncoder = this.networks.heads.length > 0;
    this.hasVariance = this.networks.heads.length > 1;
    this.extent = this.dimensions === 2 ? extentOf(this) : null;
    this.grids = {};
  }

  encode(image) {
    return encode(this.networks, image);
  }

  decode(code) {
    return decode(this.networks, code);
  }

  /** Find the training image in the page that is nearest: `{ image, distance }`, or null where there are none. */
  nearest(image) {
    const { train } = this.images;
    let [best, place] = [Infinity, 0];
    for (let start = 0; start < train.length; start += PIXELS) {
      let sum = 0;
      for (let i = 0; i < PIXELS && sum < best; i += 1) sum += (image[i] - train[start + i] / 255) ** 2;
      if (sum < best) [best, place] = [sum, start];
    }
    return train.length ? { image: unit(train.subarray(place, place + PIXELS)), distance: Math.sqrt(best) } : null;
  }

  /** The grid behind a layer. */
  grid(name) {
    this.grids[name] ??= new Grid(this.extent, name === "judged" ? 2 : 1, this.measures[name]);
    return this.grids[name];
  }

  measures = {
    judged: (code) => {
      const { label, confidence } = this.judge(this.decode(code));
      return [label, confidence];
    },
    stretched: (code) => [Math.log10(Math.max(stretching(this.networks, code), 1e-6))],
  };
}

/** Tell whether the judge of every model sees the class of a digit, also in what the model makes of it; null is no model. */
export function isReadRight({ image, label }, models) {
  return models.every((model) => {
    if (!model?.judge || !model.hasEncoder) return true;
    return [image, model.decode(model.encode(image).mean)].every((each) => model.judge(each).label === label);
  });
}

/** Turn bytes into intensities in [0, 1]. */
export function unit(bytes) {
  return Float32Array.from(bytes, (value) => value / 255);
}

/** Centre and radius of the square that holds all codes but the outermost of a model; of a prior, three sd each way. */
function extentOf({ codes, centre, spread }) {
  if (!codes) return { centre: [...centre], radius: 3 * Math.max(...spread) };
  const ranges = [0, 1].map((axis) => {
    const values = codes.filter((_, i) => i % 2 === axis).sort();
    const cut = Math.floor(values.length / 100);
    return [values[cut], values[values.length - 1 - cut]];
  });
  return {
    centre: ranges.map(([low, high]) => (low + high) / 2),
    radius: Math.max(MIN_RADIUS, ...ranges.map(([low, high]) => 0.56 * (high - low))),
  };
}
