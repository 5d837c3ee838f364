// Colours of classes and of scales, for light and for dark pages.

const DARK = matchMedia("(prefers-color-scheme: dark)");

const CLASSES = {
  light: ["332288", "1a76ad", "1f7f72", "117733", "74741a", "96700d", "bd4653", "882255", "a03f92", "585c63"],
  dark: ["a39bea", "88ccee", "5fc9b7", "6cc184", "c5c55a", "e0cf7c", "f0949e", "dd85ad", "d79bcf", "c9ccd1"],
};

const SCALE = { light: ["f4f5f1", "0b4f8f"], dark: ["191c20", "86c1f7"] };

/** Call `repaint` whenever the page changes between light and dark. */
export function onTheme(repaint) {
  DARK.addEventListener("change", repaint);
}

/** The colour of a class, as [red, green, blue]. */
export function classColour(label) {
  return rgb(CLASSES[theme()][label % 10]);
}

/** The colour of a share in [0, 1] of a scale, as [red, green, blue]. */
export function scaleColour(share) {
  const [low, high] = SCALE[theme()].map(rgb);
  return low.map((value, i) => Math.round(value + Math.min(1, Math.max(0, share)) * (high[i] - value)));
}

/** Write a colour for canvas and CSS. */
export function css([red, green, blue], alpha = 1) {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** Draw an image (784 numbers in [0, 1]) on a canvas of 28 x 28, ink on the canvas's own ground. */
export function paintDigit(canvas, image) {
  canvas.width = canvas.height = 28;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(28, 28);
  const ink = DARK.matches ? 236 : 22;
  image.forEach((value, i) => picture.data.set([ink, ink, ink, Math.round(255 * value)], 4 * i));
  context.putImageData(picture, 0, 0);
}

function theme() {
  return DARK.matches ? "dark" : "light";
}

function rgb(hex) {
  return [0, 2, 4].map((start) => parseInt(hex.slice(start, start + 2), 16));
}
