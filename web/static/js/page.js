// Articles and glossary: the counter of the ask box, a filter while typing (synonyms stand hidden in
// each entry), the copy button, worked examples that run.

import { Composer } from "./composer.js";
import { offerCitation } from "./copy.js";
import { el } from "./dom.js";

for (const form of document.querySelectorAll(".composer")) new Composer(form);

offerCitation(document);

const slug = document.querySelector("[data-slug]")?.dataset.slug;
for (const example of document.querySelectorAll("[data-example]")) {
  const button = el("button", { class: "button example__run", type: "button" }, "Run this");
  button.addEventListener("click", async () => {
    const { run } = await import("./examples.js");
    run(example, slug, button);
  });
  example.append(button);
}

const filter = document.querySelector("[data-filter]");
filter?.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  const entries = [...document.querySelectorAll(filter.dataset.filter)];
  for (const entry of entries) entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
  for (const letter of document.querySelectorAll(".letter")) {
    letter.hidden = !letter.querySelector(`${filter.dataset.filter}:not([hidden])`);
  }
  const left = entries.filter((entry) => !entry.hidden).length;
  document.querySelector("[data-found]").textContent = `${left} of ${entries.length} terms`;
});
