// Digits beside the answer: real ones, and those of the models that lead by sample scores, from the images of the page.

import { html } from "./dom.js";

const MODELS = 3;
const ACROSS = 8;
const DIGIT = 28;

/** Fill a place with copies of a few images of a section; it stays empty where there are none of a model. */
export function glimpse(place, section) {
  const walls = document.querySelector(`#images .wall[data-section="${place.dataset.section}"]:not(.given-back)`);
  if (!walls) return;
  const rows = [...walls.querySelectorAll("tr.model")];
  const own = (label) => section.subjects.find((subject) => subject.role === "model" && subject.label === label)?.sampler;
  const of = (label) => rows.filter((row) => row.dataset.label === label).flatMap((row) => [...row.querySelectorAll("img")])
    .find((image) => image.dataset.sampler === own(label));
  const labels = leaders(section).filter(of).slice(0, MODELS);
  if (!labels.length) return;
  const real = walls.querySelector("tr.oracle img");
  const lead = labels.length > 1 ? `the ${labels.length} models that lead` : "the model that leads";
  place.replaceChildren(html("p", { class: "note" }, `${real ? "Real images, and samples" : "Samples"} of ${lead} by sample scores`),
    html("div", {}, real ? figure(real, "real, held out") : null, ...labels.map((label) => figure(of(label), label))));
}

/** List models, those first that are best by the sample scores. */
function leaders(section) {
  const judged = section.verdict.find((each) => each.question === "samples");
  return judged ? Object.keys(judged.ranks).sort((a, b) => judged.ranks[a] - judged.ranks[b]) : [];
}

/** Copy an image; of a long row of digits the first few are in sight. */
function figure(image, text) {
  const copy = image.cloneNode();
  copy.loading = "eager";
  if (copy.width > ACROSS * DIGIT) {
    copy.width = ACROSS * DIGIT;
    copy.classList.add("cut");
  }
  return html("figure", { class: "sheet" }, html("figcaption", {}, text), copy);
}
