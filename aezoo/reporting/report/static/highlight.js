// One model at a time stands out, in every table and chart of the page: under the pointer, or chosen.

let chosen = null;

function show(key) {
  for (const element of document.querySelectorAll("[data-key].on")) element.classList.remove("on");
  document.documentElement.classList.toggle("highlighting", key !== null);
  if (key === null) return;
  for (const element of document.querySelectorAll(`[data-key="${key}"]`)) {
    element.classList.add("on");
    const parent = element.parentNode;
    if (element.namespaceURI.endsWith("svg") && parent.lastElementChild !== element) parent.append(element);
  }
}

function keyOf(target) {
  return target instanceof Element ? (target.closest("[data-key]")?.dataset.key ?? null) : null;
}

/** Choose the model `key`, or no model where it is chosen already. */
export function toggle(key) {
  chosen = chosen === key ? null : key;
  refresh();
}

/** Show again what is chosen, after elements were made anew. */
export function refresh() {
  show(chosen);
  for (const button of document.querySelectorAll("button[data-choose]")) {
    button.setAttribute("aria-pressed", String(button.dataset.choose === chosen));
  }
}

/** Listen to the pointer and to the keyboard, once for the whole page. */
export function listen() {
  document.addEventListener("pointerover", (event) => {
    const key = keyOf(event.target);
    if (key !== null || event.pointerType === "mouse") show(key ?? chosen);
  });
  document.addEventListener("click", (event) => {
    const choose = event.target.closest?.("[data-choose]") ?? null;
    if (choose !== null) toggle(choose.dataset.choose);
    else if (event.target.closest?.("svg [data-key]")) toggle(keyOf(event.target));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen !== null) toggle(chosen);
  });
}
