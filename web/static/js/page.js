// Articles and glossary: the counter of the ask box, a filter while typing (synonyms stand hidden in
// each entry), the copy button.

import { Composer } from "./composer.js";
import { offerCitation } from "./copy.js";

for (const form of document.querySelectorAll(".composer")) new Composer(form);

offerCitation(document);

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
