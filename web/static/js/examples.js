// A worked example of an article, run on the server as it stands: its output, and its calls as cards.

import { enlivenCards } from "./alive.js";
import { calculationCard } from "./cards.js";
import { el } from "./dom.js";

export async function run(example, slug, button) {
  button.disabled = true;
  const place = example.querySelector(".example__out") ?? el("div", { class: "example__out", role: "status" });
  example.append(place);
  try {
    const response = await fetch(`/api/articles/${encodeURIComponent(slug)}/examples/${example.dataset.example}`, { method: "POST" });
    const body = await response.json();
    if (!response.ok) throw new Error(body.detail);
    const word = body.same ? "Run just now: the same as printed." : "Run just now: this differs from what is printed.";
    place.replaceChildren(el("p", { class: "example__said" }, word), el("pre", { tabindex: "0" }, el("code", {}, body.output)), ...body.calls.map(calculationCard));
    enlivenCards(place, body.calls, ask);
    button.textContent = "Run again";
  } catch (error) {
    place.replaceChildren(el("p", { class: "example__said" }, `This did not run: ${error.message}`));
  }
  button.disabled = false;
}

// Asked from a card, a question goes the way of the page's own box.
function ask(question) {
  const form = document.querySelector(".ask .composer");
  form.querySelector("textarea").value = question;
  form.requestSubmit();
}
