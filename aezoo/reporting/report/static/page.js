// The entry of the page: every table and chart is made here, from one set of data.

import { metricRanks, questionRanks } from "./bump.js";
import { listenToCards } from "./cards.js";
import { readReport } from "./data.js";
import { Filter } from "./filter.js";
import { foolTheMetric } from "./fool.js";
import { glimpse } from "./glimpse.js";
import { listen } from "./highlight.js";
import { leaderboard } from "./leaderboard.js";
import { agreementMatrix } from "./matrix.js";
import { modelPart } from "./models.js";
import { scatter } from "./scatter.js";
import { familiesOfWalls } from "./walls.js";

const data = readReport();

function fillQuestion(element) {
  const index = Number(element.dataset.section);
  const section = data.sections[index];
  const question = section.questions.find(({ name }) => name === element.dataset.question);
  const filter = new Filter(section, question);
  leaderboard(element.querySelector(".leaderboard"), section, index, question, filter);
  const charts = [scatter(section, index, question, filter), metricRanks(section, index, question, filter)];
  element.querySelector(".charts").append(...charts.filter(Boolean));
}

/**
 * Make what is far below when it comes near, so that a big page opens at once; all of it before a print. One at a time:
 * what is made takes room, and what was near before that may be far below then.
 */
function whenNear(elements, make) {
  const waiting = new Set(elements);
  const now = (element) => { if (waiting.delete(element)) make(element); };
  const observer = new IntersectionObserver((entries) => {
    const near = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    for (const element of near) observer.unobserve(element);
    if (near.length) now(near[0]);
    for (const element of near.slice(1)) observer.observe(element); // tells again whether it is near
  }, { rootMargin: "1500px" });
  for (const element of elements) observer.observe(element);
  addEventListener("beforeprint", () => elements.forEach(now));
}

function start() {
  document.documentElement.classList.add("scripts"); // hides the tables that stand for a reader without
  for (const figure of document.querySelectorAll('[data-chart="ranks"]')) {
    const index = Number(figure.dataset.section);
    if (data.sections[index].verdict.length) figure.replaceWith(questionRanks(data.sections[index], index));
  }
  whenNear([...document.querySelectorAll("section.question")], fillQuestion);
  whenNear([...document.querySelectorAll('[data-chart="agreement"]')], (figure) => agreementMatrix(figure, data.sections[figure.dataset.section]));
  data.sections.forEach((section, i) => familiesOfWalls([...document.querySelectorAll(`#images .wall[data-section="${i}"]`)], section));
  if (matchMedia("(max-width: 40rem)").matches) for (const each of document.querySelectorAll("details.fold")) each.open = false;
  for (const place of document.querySelectorAll("div.glimpse")) glimpse(place, data.sections[place.dataset.section]);
  for (const place of document.querySelectorAll("div.fool")) foolTheMetric(place, data.audit);
  for (const element of document.querySelectorAll("details.model")) modelPart(element, data.sections[element.dataset.section]);
  listen();
  listenToCards();
}

start();
