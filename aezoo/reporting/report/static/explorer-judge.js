// The judge: a small convolutional classifier of 28 x 28 images, as aezoo.features.judge_network builds it.

import { unpackFloats } from "./explorer-packing.js";

/** Read a judge from the payload; gives a function from an image to `{ label, confidence }`. */
export async function readJudge(packed) {
  const weights = await unpackFloats(packed.weights);
  let place = 0;
  const arrays = packed.shapes.map((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return { shape, values: weights.subarray(place, (place += size)) };
  });
  const pairs = arrays.filter((_, i) => i % 2 === 0).map((kernel, i) => ({ kernel, bias: arrays[2 * i + 1].values }));
  return (image) => classify(pairs, image);
}

function classify(layers, image) {
  let maps = { side: 28, channels: 1, values: image };
  for (const [i, layer] of layers.entries()) {
    if (layer.kernel.shape.length === 4) {
      maps = convolve(maps, layer);
      if (i % 2 === 1) maps = pool(maps);
    }
  }
  const [features, logits] = layers.slice(-2);
  return softmaxPeak(dense(dense(maps.values, features).map((value) => Math.max(value, 0)), logits));
}

/** Convolve with 3 x 3 kernels without padding, then ReLU; values lie by row, column, channel. */
function convolve({ side, channels, values }, { kernel, bias }) {
  const [height, width, , units] = kernel.shape;
  const size = side - height + 1;
  const result = new Float32Array(size * size * units);
  const inputs = new Float32Array(height * width * channels);
  const starts = new Int32Array(inputs.length);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      let count = 0; // of the inputs that are not 0: most are, of ink on paper and after ReLU
      for (let dy = 0; dy < height; dy += 1) {
        const first = ((row + dy) * side + column) * channels;
        for (let k = 0; k < width * channels; k += 1) {
          const value = values[first + k];
          if (value !== 0) {
            inputs[count] = value;
            starts[count] = (dy * width * channels + k) * units;
            count += 1;
          }
        }
      }
      sumUp(inputs, starts, count, kernel.values, bias, result, (row * size + column) * units);
    }
  }
  return { side: size, channels: units, values: result };
}

/** Sum up one place of a convolution, four units at a time, so that sums stay in registers. */
function sumUp(inputs, starts, count, weights, bias, result, target) {
  for (let u = 0; u < bias.length; u += 4) {
    let [a, b, c, d] = [bias[u], bias[u + 1], bias[u + 2], bias[u + 3]];
    for (let k = 0; k < count; k += 1) {
      const start = starts[k] + u;
      const value = inputs[k];
      a += value * weights[start];
      b += value * weights[start + 1];
      c += value * weights[start + 2];
      d += value * weights[start + 3];
    }
    result[target + u] = a > 0 ? a : 0;
    result[target + u + 1] = b > 0 ? b : 0;
    result[target + u + 2] = c > 0 ? c : 0;
    result[target + u + 3] = d > 0 ? d : 0;
  }
}

/** Take the maximum of each 2 x 2 square. */
function pool({ side, channels, values }) {
  const size = side >> 1;
  const result = new Float32Array(size * size * channels);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const corner = (2 * row * side + 2 * column) * channels;
      for (let c = 0; c < channels; c += 1) {
        const [a, b] = [corner + c, corner + side * channels + c];
        result[(row * size + column) * channels + c] = Math.max(
          values[a],
          values[a + channels],
          values[b],
          values[b + channels],
        );
      }
    }
  }
  return { side: size, channels, values: result };
}

function dense(x, { kernel, bias }) {
  const y = Float32Array.from(bias);
  for (let i = 0; i < x.length; i += 1) {
    if (x[i] !== 0) for (let j = 0; j < y.length; j += 1) y[j] += x[i] * kernel.values[i * y.length + j];
  }
  return y;
}

function softmaxPeak(logits) {
  const highest = Math.max(...logits);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - highest), 0);
  return { label: logits.indexOf(highest), confidence: 1 / total };
}
