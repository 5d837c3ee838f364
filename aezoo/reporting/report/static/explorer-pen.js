// A pad to draw a digit on, by mouse, finger or keyboard, and the digit as MNIST's are: centred, scaled, anti-aliased.

const SIDE = 28;
const BOX = 20; // MNIST scales digits to fit a box of 20 x 20 pixels ...
const PEN = 2.6; // ... in which a stroke is about so wide
const FINE = 8; // a pixel is averaged from 8 x 8
const PAD = 280;
const STEP = 10;

/** A drawing pad on a canvas of 280 x 280; `onChange(image)` is given 784 numbers in [0, 1], or null when it is clear. */
export class Pen {
  constructor(canvas, status, onChange) {
    Object.assign(this, { canvas, status, onChange, strokes: [], down: false, cursor: [PAD / 2, PAD / 4] });
    canvas.width = canvas.height = PAD;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.lift());
    canvas.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => this.paint());
    this.paint();
  }

  /** Wipe the pad. */
  clear() {
    this.strokes = [];
    this.dragging = false;
    this.setDown(false);
    this.paint();
    this.onChange(null);
  }

  /** Set the pen of the keyboard down, or lift it. */
  setDown(isDown) {
    if (this.down !== isDown) this.status.textContent = isDown ? "pen down" : "pen up";
    this.down = isDown;
  }

  press(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.dragging = true;
    this.setDown(false); // a stroke of the keyboard does not go on at the end of one of the pointer
    this.strokes.push([this.place(event)]);
    this.changed();
  }

  drag(event) {
    if (!this.dragging) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.strokes.at(-1).push(this.place(each));
    this.changed();
  }

  lift() {
    this.dragging = false;
  }

  place(event) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    return [((event.clientX - left) * PAD) / width, ((event.clientY - top) * PAD) / width];
  }

  /** Arrow keys move the pen, space sets it down or lifts it, Delete wipes the pad. */
  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in moves) {
      const [across, down] = moves[event.key];
      const limit = (value) => Math.min(PAD - 1, Math.max(0, value));
      this.cursor = [limit(this.cursor[0] + across * STEP), limit(this.cursor[1] + down * STEP)];
      if (this.down) this.strokes.at(-1).push([...this.cursor]);
    } else if (event.key === " ") {
      this.setDown(!this.down);
      if (this.down) this.strokes.push([[...this.cursor]]);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.clear();
    } else return;
    event.preventDefault();
    if (this.down) this.changed();
    else this.paint();
  }

  changed() {
    this.paint();
    this.onChange(rasterise(this.strokes));
  }

  paint() {
    const context = this.canvas.getContext("2d");
    const style = getComputedStyle(this.canvas);
    context.clearRect(0, 0, PAD, PAD);
    context.strokeStyle = style.color;
    trace(context, this.strokes, (PEN * PAD) / SIDE, 1, 0, 0);
    if (!this.canvas.matches(":focus-visible")) return; // of a mouse the reader sees the pointer
    context.strokeStyle = context.fillStyle = style.getPropertyValue("--accent");
    context.lineWidth = 3;
    context.beginPath();
    context.arc(...this.cursor, 9, 0, 2 * Math.PI);
    context.stroke();
    if (this.down) context.fill();
  }
}

/** Draw strokes as MNIST has digits: in a box of 20 x 20 pixels, their centre of mass in the middle of 28 x 28. */
export function rasterise(strokes) {
  const points = strokes.flat();
  const [left, right] = range(points.map(([x]) => x));
  const [top, bottom] = range(points.map(([, y]) => y));
  const scale = Math.min((BOX - PEN) / Math.max(right - left, bottom - top, 1), BOX / (PAD / 4));
  const middle = [SIDE / 2 - (scale * (left + right)) / 2, SIDE / 2 - (scale * (top + bottom)) / 2];
  const [x, y] = centreOfMass(render(strokes, scale, ...middle));
  return render(strokes, scale, middle[0] + SIDE / 2 - x, middle[1] + SIDE / 2 - y);
}

function range(values) {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

/** Draw scaled and moved strokes on 28 x 28 pixels, each the average of 8 x 8. */
function render(strokes, scale, x, y) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE * FINE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  trace(context, strokes, PEN * FINE, scale * FINE, x * FINE, y * FINE);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const image = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < data.length / 4; i += 1) {
    const [row, column] = [Math.floor(i / canvas.width / FINE), Math.floor((i % canvas.width) / FINE)];
    image[row * SIDE + column] += data[4 * i + 3] / 255 / FINE ** 2;
  }
  return image;
}

function trace(context, strokes, width, scale, x, y) {
  Object.assign(context, { lineWidth: width, lineCap: "round", lineJoin: "round" });
  context.beginPath();
  for (const stroke of strokes) {
    for (const [i, [across, down]] of stroke.entries()) {
      const place = [across * scale + x, down * scale + y];
      if (i === 0) context.moveTo(...place);
      context.lineTo(...place);
    }
  }
  context.stroke();
}

function centreOfMass(image) {
  let [mass, x, y] = [1e-9, 0, 0];
  image.forEach((value, i) => {
    mass += value;
    x += value * ((i % SIDE) + 0.5);
    y += value * (Math.floor(i / SIDE) + 0.5);
  });
  return [x / mass, y / mass];
}
