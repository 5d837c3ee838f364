// Charts as SVG files: with their colours and fonts written out, so that they look alike anywhere.

import { html } from "./dom.js";

const PROPERTIES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "paint-order", "display"],
  ...["font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"],
];

function withStyles(chart) {
  const copy = chart.cloneNode(true);
  const originals = [chart, ...chart.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(originals[i]);
    for (const name of PROPERTIES) element.setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "data-key", "style", "tabindex"]) element.removeAttribute(name);
  });
  return copy;
}

/** Write a chart as the text of an SVG file. */
export function toSvgText(chart) {
  const copy = withStyles(chart);
  const [, , width, height] = chart.getAttribute("viewBox").split(" ");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const colour = getComputedStyle(document.body).backgroundColor;
  for (const [name, value] of [["width", width], ["height", height], ["fill", colour]]) paper.setAttribute(name, value);
  copy.prepend(paper);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

/** Make a button that saves the chart that `find` gives as SVG, under the name that `name` then gives. */
export function downloadButton(find, name) {
  return html("button", { type: "button", class: "quiet", onclick: () => save(find(), name()) }, "Save as SVG");
}

function save(chart, name) {
  const url = URL.createObjectURL(new Blob([toSvgText(chart)], { type: "image/svg+xml" }));
  html("a", { href: url, download: `${name.replace(/[^\w.-]+/g, "-")}.svg` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
