// Stored answers: the server drew them; this adds live cards, charts, quotes on hover, copy buttons.

import { enlivenCards } from "./alive.js";
import { explain, listenForMarks } from "./citations.js";
import { Composer } from "./composer.js";
import { offerCitation } from "./copy.js";

const composer = new Composer(document.querySelector(".followup .composer"));

// Asked from a card, a question goes the way of the form below.
function ask(question) {
  composer.text.value = question;
  composer.update();
  composer.form.requestSubmit();
}

for (const turn of document.querySelectorAll(".turn")) {
  const answer = JSON.parse(turn.querySelector(".answer-data").textContent);
  explain(turn, answer);
  enlivenCards(turn, answer.calculations, ask);
  offerCitation(turn);
}
listenForMarks();
