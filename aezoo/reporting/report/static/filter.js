// What a reader leaves out of a question: families and samplers by chips, models by their names.

import { chip, html } from "./dom.js";

const MOST_UNSEARCHED = 12;

/** The filter of a question, which its table and its charts obey alike; what is no model is always shown. */
export class Filter {
  constructor(section, question) {
    Object.assign(this, { subjects: section.subjects, hidden: new Set(), text: "", listeners: [] });
    const models = question.rows.filter(([subject]) => this.isModel(subject));
    const search = html("input", { type: "search", "aria-label": "Find a model", placeholder: "Find a model" });
    search.addEventListener("input", () => { this.text = search.value.toLowerCase(); this.tell(); });
    /** Elements by which a reader sets it, or null. */
    this.controls = [
      models.length > MOST_UNSEARCHED ? search : null,
      this.chips("family", models.map(([subject]) => this.subjects[subject].family)),
      this.chips("sampler", models.map(([, sampler]) => sampler)),
    ];
  }

  isModel(subject) {
    return this.subjects[subject].role === "model";
  }

  /** Tell whether a subject by a sampler is shown; the sampler is "" where a score needs none. */
  shows(subject, sampler) {
    if (!this.isModel(subject)) return true;
    const { family, label } = this.subjects[subject];
    return !this.hidden.has(`family ${family}`) && !this.hidden.has(`sampler ${sampler}`) && label.toLowerCase().includes(this.text);
  }

  /** Tell whether it leaves anything out. */
  get isOn() {
    return this.hidden.size > 0 || this.text !== "";
  }

  /** Call `redraw` whenever the reader has changed it. */
  onChange(redraw) {
    this.listeners.push(redraw);
  }

  tell() {
    for (const redraw of this.listeners) redraw();
  }

  chips(title, all) {
    const names = [...new Set(all)].filter(Boolean).sort();
    if (names.length < 2) return null;
    const toggle = (name, on) => {
      if (on) this.hidden.delete(`${title} ${name}`);
      else this.hidden.add(`${title} ${name}`);
      this.tell();
    };
    return html("div", { class: "chips", role: "group", "aria-label": title }, html("span", {}, title),
      ...names.map((name) => chip(name, true, (on) => toggle(name, on))));
  }
}
