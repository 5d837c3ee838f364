// Elements of HTML and SVG. Text is always set as text, never parsed.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Make an element of HTML; attributes that begin with "on" are listeners. */
export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an element of SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Make a labelled choice; `options` are pairs of value and text, or groups of them: { label, options }. */
export function choice(label, options, value, onchange) {
  const option = ([key, text]) => html("option", { value: key, selected: String(key) === String(value) }, text);
  const made = options.map((each) =>
    Array.isArray(each) ? option(each) : html("optgroup", { label: each.label }, ...each.options.map(option)),
  );
  const select = html("select", { onchange: () => onchange(select.value) }, ...made);
  return html("label", { class: "choice" }, html("span", {}, label), select);
}

/** Make a button that is pressed or not. */
export function chip(text, pressed, onclick) {
  const button = html("button", { type: "button", class: "chip", "aria-pressed": String(pressed) }, text);
  button.addEventListener("click", () => {
    const now = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(now));
    onclick(now);
  });
  return button;
}

let counter = 0;

/** Make an id that no other element has. */
export function uniqueId(stem) {
  counter += 1;
  return `${stem}-${counter}`;
}
