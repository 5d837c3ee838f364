// A metric's card beside its column: what it is, which way is better, what fools it; on hover, on focus, on a click.

import { html } from "./dom.js";

const TIP = "metric-tip";

let open = null;

/** Make the link from a column to its metric's card. */
export function cardLink(metric) {
  const link = html("a", { href: `#metric-${metric.card}`, class: "info", "aria-label": `About ${metric.name}` }, "?");
  link.addEventListener("pointerenter", () => show(link, metric));
  link.addEventListener("focus", () => show(link, metric));
  link.addEventListener("pointerleave", hide);
  link.addEventListener("blur", hide);
  link.addEventListener("click", () => { hide(); openCard(metric.card); });
  return link;
}

function openCard(name) {
  const card = document.getElementById(`metric-${name}`);
  if (card) card.open = true;
}

function show(link, metric) {
  hide();
  const card = document.getElementById(`metric-${metric.card}`);
  const about = card?.querySelector("summary span")?.textContent ?? "";
  const lines = [...(card?.querySelectorAll("li") ?? [])].map((each) => each.textContent.trim());
  const own = lines.filter((line) => line.split(/[\s:]/, 1)[0] === metric.name).slice(0, 4);
  const general = lines.filter((line) => ["smallest", "limits", "not in the audit"].some((start) => line.startsWith(start)));
  open = html("div", { class: "popover", role: "tooltip", id: TIP }, html("b", {}, metric.name), html("p", {}, about),
    ...[...own, ...general].map((line) => html("p", {}, line)));
  document.body.append(open);
  link.setAttribute("aria-describedby", TIP);
  const box = link.getBoundingClientRect();
  const width = Math.min(340, innerWidth - 16);
  open.style.width = `${width}px`;
  open.style.left = `${scrollX + Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  const below = box.bottom + 6;
  const top = below + open.offsetHeight < innerHeight ? below : Math.max(8, box.top - open.offsetHeight - 6);
  open.style.top = `${scrollY + top}px`;
}

function hide() {
  open?.remove();
  document.querySelector(`[aria-describedby="${TIP}"]`)?.removeAttribute("aria-describedby");
  open = null;
}

/** Close the card on Escape, and open the card that the address names. */
export function listenToCards() {
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  const follow = () => { if (location.hash.startsWith("#metric-")) openCard(location.hash.slice(8)); };
  addEventListener("hashchange", follow);
  follow();
}
