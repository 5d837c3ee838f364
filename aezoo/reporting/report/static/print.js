// The page on paper: what is folded or cut short for a screen is whole in a print, and as it was after it.

const OPENED = "details.fold, #models details.model, #answer details.more, #fool details";

let opened = null;

/** Tell whether the page is being printed. */
export function isPrinting() {
  return opened !== null;
}

/** Call `redraw` when the page is about to be printed, and again when it was. */
export function aroundPrint(redraw) {
  addEventListener("beforeprint", redraw);
  addEventListener("afterprint", redraw);
}

// These come before all listeners of other modules, which may then ask whether the page is being printed.
addEventListener("beforeprint", () => {
  opened ??= [...document.querySelectorAll(OPENED)].filter((each) => !each.open);
  for (const each of opened) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of opened ?? []) each.open = false;
  opened = null;
});
