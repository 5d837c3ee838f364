// Layers behind a map: values on a grid of codes, computed while the page is idle, coarse first, and kept.

import { classColour, css, scaleColour } from "./explorer-colours.js";

export const CELLS = 48;
const SLICE = 12; // milliseconds that a slice of work takes, so that the page answers at once
const REPORT = 250; // milliseconds between two calls of `onProgress`, for painting takes as long as a slice
const MIN_REGION = 10; // cells of a region that is worth a label

/** Values on a grid of CELLS x CELLS codes, top row first; `measure(code)` gives a few numbers for each. */
export class Grid {
  constructor({ centre, radius }, size, measure) {
    Object.assign(this, { centre, radius, measure, watchers: new Set(), running: false, done: false });
    this.values = Array.from({ length: size }, () => new Float32Array(CELLS * CELLS).fill(NaN));
    this.work = this.fill();
  }

  /** Compute what is missing, as long as anybody waits for it; `onProgress` of each who does is called now and then. */
  run(onProgress) {
    this.watchers.add(onProgress);
    if (this.running || this.done) return;
    this.running = true;
    whenIdle(() => this.slice());
  }

  /** Forget one who waits; where nobody else does, stop at the end of the slice. */
  stop(onProgress) {
    this.watchers.delete(onProgress);
  }

  slice() {
    const until = performance.now() + SLICE;
    while (!this.done && performance.now() < until) this.done = this.work.next().done;
    this.running = this.watchers.size > 0 && !this.done;
    if (this.running) whenIdle(() => this.slice());
    if (this.done || until - (this.reported ?? 0) > REPORT) {
      this.reported = until;
      for (const onProgress of this.watchers) onProgress();
    }
  }

  /** Measure a cell at each step: every eighth of each row and column, then every fourth, and so on. */
  *fill() {
    for (let size = 8; size >= 1; size /= 2) {
      for (let row = 0; row < CELLS; row += size) {
        for (let column = 0; column < CELLS; column += size) {
          if (size < 8 && row % (2 * size) === 0 && column % (2 * size) === 0) continue;
          this.set(row, column, size, this.measure(this.code(row, column)));
          yield;
        }
      }
    }
  }

  code(row, column) {
    const place = (cell) => ((2 * cell + 1) / CELLS - 1) * this.radius;
    return [this.centre[0] + place(column), this.centre[1] - place(row)];
  }

  set(row, column, size, numbers) {
    for (let y = row; y < row + size; y += 1) {
      for (let x = column; x < column + size; x += 1) numbers.forEach((value, i) => (this.values[i][y * CELLS + x] = value));
    }
  }
}

/** Make a picture of a layer, one pixel a cell: of classes in tints, of numbers between `low` and `high` on the scale. */
export function picture(values, isClass, [low, high]) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = CELLS;
  const context = canvas.getContext("2d");
  const image = context.createImageData(CELLS, CELLS);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const colour = isClass ? classColour(value) : scaleColour((value - low) / (high - low || 1));
    image.data.set([...colour, isClass ? 105 : 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Find the lowest and the highest of the numbers that are known, without the outermost hundredth on each side. */
export function limits(values) {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  return known.length ? [known[Math.floor(known.length / 100)], known[Math.ceil((known.length * 99) / 100) - 1]] : [0, 1];
}

/** Draw a scale from `low` to `high` as the background of an element. */
export function paintScale(element) {
  element.style.background = `linear-gradient(to right, ${css(scaleColour(0))}, ${css(scaleColour(1))})`;
}

/** Find the regions of equal class: for each `{ label, row, column }`, a cell deep inside of it. */
export function regions(classes) {
  const depth = depths(classes);
  const seen = new Uint8Array(CELLS * CELLS);
  const found = [];
  for (let start = 0; start < classes.length; start += 1) {
    if (seen[start] || Number.isNaN(classes[start])) continue;
    const cells = [start];
    seen[start] = 1;
    for (const cell of cells) {
      for (const next of neighbours(cell)) {
        if (!seen[next] && classes[next] === classes[start]) {
          seen[next] = 1;
          cells.push(next);
        }
      }
    }
    const deepest = cells.reduce((best, cell) => (depth[cell] > depth[best] ? cell : best));
    if (cells.length >= MIN_REGION) {
      found.push({ label: classes[start], row: Math.floor(deepest / CELLS), column: deepest % CELLS });
    }
  }
  return found;
}

/** Count the steps of each cell to another class or to the edge of the map. */
function depths(classes) {
  const depth = new Int16Array(classes.length);
  let front = [];
  const isBorder = (cell) => {
    const around = neighbours(cell);
    return around.length < 4 || around.some((next) => classes[next] !== classes[cell]);
  };
  for (let cell = 0; cell < classes.length; cell += 1) if (isBorder(cell)) front.push(cell);
  for (let level = 1; front.length; level += 1) {
    for (const cell of front) depth[cell] = level;
    front = [...new Set(front.flatMap(neighbours))].filter((cell) => !depth[cell]);
  }
  return depth;
}

function neighbours(cell) {
  const [row, column] = [Math.floor(cell / CELLS), cell % CELLS];
  return [
    ...(row > 0 ? [cell - CELLS] : []),
    ...(row < CELLS - 1 ? [cell + CELLS] : []),
    ...(column > 0 ? [cell - 1] : []),
    ...(column < CELLS - 1 ? [cell + 1] : []),
  ];
}

function whenIdle(work) {
  if (window.requestIdleCallback) requestIdleCallback(work, { timeout: 200 });
  else setTimeout(work, 16);
}
