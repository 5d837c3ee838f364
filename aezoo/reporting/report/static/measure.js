// Widths of texts in charts, in the font that this reader has.

const context = document.createElement("canvas").getContext("2d");
let family = null;

/** Measure the width of a text in pixels, at a size in pixels and a weight, in the font of charts. */
export function textWidth(text, size = 12, weight = 400) {
  family ??= getComputedStyle(document.body).fontFamily;
  context.font = `${weight} ${size}px ${family}`;
  return context.measureText(text).width;
}
