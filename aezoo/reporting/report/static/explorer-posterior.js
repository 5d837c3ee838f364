// What an encoder makes of an image in a code of many dimensions: a bar for each, and every number to unfold.

import { html, svg } from "./dom.js";

const [WIDTH, HEIGHT, EDGE] = [320, 64, 4];

/** Write a number of a code: two decimals. */
export function codeText(value) {
  return value.toFixed(2).replace("-", "−");
}

/** The numbers of q(z|x) in an element: `show` them where the image changes. */
export class Posterior {
  constructor(element) {
    Object.assign(this, { element, shown: null, caption: html("p", { class: "note" }), chart: html("div"), summary: html("summary"), list: html("ul") });
    element.replaceChildren(this.caption, this.chart, html("details", { class: "note explorer-numbers" }, this.summary, this.list));
  }

  /** Show mean and, unless the code is a point, standard deviation of every dimension; null shows nothing. */
  show(posterior) {
    if (posterior === this.shown) return;
    this.shown = posterior;
    this.element.hidden = !posterior;
    if (!posterior) return;
    const { mean, sd } = posterior;
    const reach = Math.max(...mean.map((value, i) => Math.abs(value) + (sd ? sd[i] : 0)));
    const what = sd ? "Dots: mean of q(z|x); lines: one standard deviation to each side" : "Dots: the code, a point without variance";
    this.caption.textContent = `${what}; ${mean.length} dimensions, z1 at the left, from −${reach.toFixed(2)} to ${reach.toFixed(2)}.`;
    this.chart.replaceChildren(bars(mean, sd, reach));
    this.summary.textContent = `All ${mean.length} numbers`;
    this.list.replaceChildren(...Array.from(mean, (value, i) => html("li", {}, html("b", {}, `z${i + 1}`), ` ${codeText(value)}${sd ? ` ± ${codeText(sd[i])}` : ""}`)));
  }
}

/** Draw means, and standard deviations to both sides, side by side around a line at 0. */
function bars(mean, sd, reach) {
  const step = WIDTH / mean.length;
  const y = (value) => HEIGHT / 2 - (value / (reach || 1)) * (HEIGHT / 2 - EDGE);
  const radius = Math.min(3, 0.35 * step);
  const each = Array.from(mean, (value, i) => {
    const x = (i + 0.5) * step;
    const line = sd ? svg("line", { class: "interval", x1: x, x2: x, y1: y(value - sd[i]), y2: y(value + sd[i]) }) : null;
    return svg("g", {}, line, svg("circle", { cx: x, cy: y(value), r: radius }));
  });
  return svg("svg", { class: "explorer-bars", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `numbers of the code in ${mean.length} dimensions` },
    svg("line", { class: "zero", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }), ...each);
}
