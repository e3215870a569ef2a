// One question and what became of it: working, answered, stopped or failed.

import { answerTools } from "./actions.js";
import { enlivenCards } from "./alive.js";
import { explain } from "./citations.js";
import { offerCitation } from "./copy.js";
import { el, iconButton } from "./dom.js";
import { StreamedText, afterText, besideText } from "./render.js";
import { Steps } from "./steps.js";

export class Turn {
  constructor(question, chat) {
    this.question = question;
    this.steps = new Steps();
    this.text = new StreamedText();
    this.main = el("div", { class: "answer__main" }, this.text.element);
    this.aside = el("aside", { class: "answer__aside", "aria-label": "About this answer" });
    this.answer = el("div", { class: "answer" }, this.main, this.aside);
    this.element = el("article", { class: "turn", "data-state": "working", "aria-busy": "true" },
      el("header", { class: "turn__head" }, el("h2", { class: "turn__question" }, question),
        iconButton("edit", "Edit this question", () => chat.edit(question))),
      this.steps.element, this.answer);
  }

  step(event) {
    this.steps.add(event);
  }

  delta(piece) {
    this.text.add(piece);
  }

  show(answer, chat) {
    this.#settle("answered", answer.calculations);
    this.text.finish(answer);
    if (answer.abstained) {
      this.answer.classList.add("answer--abstained");
      this.main.prepend(el("p", { class: "answer__label" }, "Outside what this library can answer"));
    }
    this.main.append(...suggestions(answer, chat.ask), ...afterText(answer), answerTools(answer, chat));
    this.aside.append(...besideText(answer));
    offerCitation(this.aside);
    explain(this.element, answer);
    enlivenCards(this.main, answer.calculations, chat.ask);
  }

  stopped(onRetry) {
    this.#settle("stopped");
    this.#notice("Stopped", "The work was cancelled on your word.", "Ask again", onRetry);
  }

  failed(problem, onRetry) {
    this.#settle("failed");
    const details = problem.errors?.map(({ field, detail }) => `${field}: ${detail}`) ?? [];
    this.#notice(problem.title ?? "This did not work", [problem.message, ...details].join("\n"), "Try again", onRetry);
  }

  #settle(state, calculations) {
    this.element.dataset.state = state;
    this.element.removeAttribute("aria-busy");
    this.steps.finish(calculations);
    this.steps.element.hidden = this.steps.steps.length === 0;
  }

  #notice(title, detail, action, onRetry) {
    const again = el("button", { class: "button", type: "button" }, action);
    again.addEventListener("click", onRetry);
    if (!this.text.text) this.text.element.remove();
    this.main.append(el("div", { class: "notice", role: "alert" }, el("p", { class: "notice__title" }, title), el("p", {}, detail), again));
  }
}

// What can be asked instead: each question is a button.
function suggestions({ suggestions: questions = [] }, onAsk) {
  if (!questions.length) return [];
  const buttons = questions.map((question) => {
    const button = el("button", { class: "suggestion", type: "button" }, question);
    button.addEventListener("click", () => onAsk(question));
    return button;
  });
  return [el("div", { class: "suggestions", role: "group", "aria-label": "Questions to ask instead" }, buttons)];
}
