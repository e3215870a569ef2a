// What the assistant is doing: one line that names the step, and a list with inputs and results.

import { el } from "./dom.js";
import { cell, label, toolWords } from "./format.js";
import { facts } from "./cards.js";

export class Steps {
  constructor() {
    this.line = el("span", { class: "steps__line" }, "Reading the question");
    this.list = el("ol", { class: "steps__list" });
    this.element = el("details", { class: "steps steps--working" }, el("summary", {}, this.line), this.list);
    this.steps = [];
  }

  add({ tool, status, inputs, label: given }) {
    const words = toolWords(tool);
    if (status === "started") {
      const name = el("span", { class: "step__name" }, words.doing || given);
      const body = el("div", { class: "step__body" }, facts("Inputs", rows(inputs, true)));
      const element = el("li", { class: "step" }, name, body);
      this.steps.push({ tool, name, body, done: false, words });
      this.list.append(element);
      this.line.textContent = name.textContent;
      return;
    }
    const step = this.steps.find((item) => item.tool === tool && !item.done);
    if (!step) return;
    step.done = true;
    step.failed = status === "failed";
    step.name.textContent = step.failed ? `${step.words.title}: this did not work` : step.words.done;
    this.line.textContent = step.name.textContent;
  }

  // Nothing is under way any more; `calculations` gives the steps their results.
  finish(calculations = []) {
    this.element.classList.remove("steps--working");
    const left = [...calculations];
    for (const step of this.steps) {
      const at = left.findIndex((item) => item.tool === step.tool);
      if (at < 0) continue;
      const [item] = left.splice(at, 1);
      const plain = Object.entries(item.result ?? {}).filter(([, value]) => typeof value !== "object");
      step.body.append(facts("Results", rows(Object.fromEntries(plain), false)) ?? "");
    }
    const names = [...new Set(this.steps.filter((step) => !step.failed).map((step) => step.words.done))].join(", ").toLowerCase();
    this.line.textContent = names.charAt(0).toUpperCase() + names.slice(1);
  }
}

function rows(values, exact) {
  return Object.entries(values ?? {})
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [label(key), cell(key, value, exact)]);
}
