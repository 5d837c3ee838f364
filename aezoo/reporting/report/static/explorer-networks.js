// Encoders and decoders of dense layers, run on typed arrays.

import { unpackFloats, unpackIntegers } from "./explorer-packing.js";

export const PIXELS = 784;

/** Read the networks of a model from the payload: `{ hidden, heads, decoder, dimensions }`, each part a list of layers. */
export async function readNetworks(packed) {
  const take = reader(await unpackFloats(packed.weights));
  const takeIntegers = reader(await unpackIntegers(packed.integers));
  const read = (layers) =>
    layers.map(({ inputs, units, activation, step }) => ({
      inputs,
      units,
      activation,
      kernel: step ? Float32Array.from(takeIntegers(inputs * units), (value) => value * step) : take(inputs * units),
      bias: take(units),
    }));
  const [hidden, heads, decoder] = [packed.hidden, packed.heads, packed.decoder].map(read);
  return { hidden, heads, decoder, dimensions: decoder[0].inputs };
}

/** Make a function that takes the next numbers of an array. */
function reader(numbers) {
  let place = 0;
  return (count) => numbers.subarray(place, (place += count));
}

/** Encode an image (784 numbers in [0, 1]): `mean`, and `sd` where q(z|x) has a variance, else null. */
export function encode(networks, image) {
  const last = networks.hidden.reduce(apply, image);
  const [mean, logVariance] = networks.heads.map((head) => apply(last, head));
  return { mean, sd: logVariance ? logVariance.map((value) => Math.exp(value / 2)) : null };
}

/** Decode a code: 784 mean intensities in [0, 1]. */
export function decode(networks, code) {
  return networks.decoder.reduce(apply, Float32Array.from(code));
}

/**
 * Measure how far the decoder stretches the plane at a code of two dimensions: the largest singular value of its
 * Jacobian, in units of the distance of images per unit of the code.
 */
export function stretching(networks, code) {
  const [a, b] = jacobian(networks, code);
  const [aa, ab, bb] = [dot(a, a), dot(a, b), dot(b, b)];
  return Math.sqrt((aa + bb + Math.hypot(aa - bb, 2 * ab)) / 2);
}

/** Compute the columns of the decoder's Jacobian, one for each dimension, by carrying tangents through its layers. */
export function jacobian(networks, code) {
  let values = Float32Array.from(code);
  let tangents = Array.from(code, (_, i) => Float32Array.from(code, (_, j) => (i === j ? 1 : 0)));
  for (const layer of networks.decoder) {
    values = apply(values, layer);
    const slopes = values.map(SLOPES[layer.activation]);
    tangents = tangents.map((tangent) => product(tangent, layer, new Float32Array(layer.units)).map((t, i) => t * slopes[i]));
  }
  return tangents;
}

const ACTIVATIONS = {
  linear: (y) => y,
  relu: (y) => (y > 0 ? y : 0),
  tanh: Math.tanh,
  sigmoid: (y) => 1 / (1 + Math.exp(-y)),
};

/** Derivatives of the activations, as functions of their values. */
const SLOPES = {
  linear: () => 1,
  relu: (a) => (a > 0 ? 1 : 0),
  tanh: (a) => 1 - a * a,
  sigmoid: (a) => a * (1 - a),
};

function apply(x, layer) {
  const y = product(x, layer, Float32Array.from(layer.bias));
  return layer.activation === "linear" ? y : y.map(ACTIVATIONS[layer.activation]);
}

/** Add x W to `y`, row by row of W, leaving out what is multiplied by 0: most of an image, and half of a ReLU layer. */
function product(x, { kernel, units }, y) {
  for (let i = 0; i < x.length; i += 1) {
    const factor = x[i];
    if (factor !== 0) {
      const start = i * units;
      for (let j = 0; j < units; j += 1) y[j] += factor * kernel[start + j];
    }
  }
  return y;
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}
