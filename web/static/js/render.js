// An answer in the chat: streamed text that grows block by block, then everything that backs it.
// The twin of templates/answer_parts.html.

import { calculationCard } from "./cards.js";
import { el } from "./dom.js";
import { passageUrl } from "./format.js";
import { blocksOf, renderAll, renderBlock } from "./markdown.js";

// Text that arrives in pieces; only the blocks that changed are drawn again.
export class StreamedText {
  constructor() {
    this.element = el("div", { class: "prose" });
    this.text = "";
    this.blocks = [];
  }

  add(piece) {
    this.text += piece;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.#draw({ under: 2, claims: true, pending: true });
    });
  }

  finish(answer) {
    cancelAnimationFrame(this.frame);
    this.text = textApart(answer);
    this.blocks = [];
    const terms = [...answer.glossary].sort((one, other) => other.term.length - one.term.length);
    this.#draw({
      under: 2,
      claims: true,
      citations: new Map(answer.citations.map((item) => [item.n, item])),
      terms: new Map(terms.map((entry) => [entry.term.toLowerCase(), entry])),
    });
  }

  #draw(context) {
    const blocks = blocksOf(this.text);
    blocks.forEach((source, at) => {
      if (this.blocks[at] === source) return;
      const node = renderBlock(source, context);
      const old = this.element.children[at];
      if (old) old.replaceWith(node);
      else this.element.append(node);
    });
    while (this.element.children.length > blocks.length) this.element.lastElementChild.remove();
    this.blocks = blocks;
  }
}

// The text without the list of questions that stand below it as buttons.
function textApart({ text, suggestions = [] }) {
  const offered = new Set(suggestions);
  return text.split("\n").filter((line) => !offered.has(line.replace(/^[ \t\-*"“”]+|[ \t\-*"“”]+$/g, ""))).join("\n");
}

// What stands under the text: cards, disagreements, what was checked, the disclaimer.
export function afterText(answer) {
  const checked = groundingWords(answer);
  return [
    ...answer.disagreements.map(disagreement),
    ...answer.calculations.map(calculationCard),
    checked ? el("p", { class: "grounding" }, checked) : null,
    el("p", { class: "disclaimer" }, answer.disclaimer),
  ].filter(Boolean);
}

export function groundingWords({ grounding }) {
  const numbers = grounding?.numbers ?? [];
  const names = { calculation: "computed", citation: "quoted", question: "yours" };
  const parts = Object.entries(names)
    .map(([kind, name]) => [numbers.filter((number) => String(number.source).startsWith(kind)).length, name])
    .filter(([count]) => count);
  if (!numbers.length) return "";
  return `${numbers.length} number${numbers.length === 1 ? "" : "s"} checked: ${parts.map((part) => part.join(" ")).join(", ")}`;
}

// What stands beside the text: sources, terms, what to read next, how to cite.
export function besideText(answer) {
  const section = (title, content, name) => el("section", { class: name }, el("h3", {}, title), content);
  return [
    answer.citations.length ? section("Sources", el("ol", { class: "sources" }, answer.citations.map(source))) : null,
    answer.glossary.length && !answer.abstained ? section("Terms", el("ul", { class: "terms" }, answer.glossary.map(term))) : null,
    answer.keep_reading.length ? section("Keep reading", el("ul", { class: "reading" }, answer.keep_reading.map(reading))) : null,
    answer.apa && !answer.abstained ? section("Cite this answer", renderAll(answer.apa, { under: 2 }), "apa") : null,
  ].filter(Boolean);
}

function disagreement({ topic, positions }) {
  return el("section", { class: "disagreement" }, el("h3", {}, `Sources disagree: ${topic}`),
    el("ul", {}, positions.map(({ text, source }) => el("li", {}, text, source ? [" ", el("cite", {}, source)] : []))));
}

function source(item) {
  const title = el("span", {}, item.title, item.section ? el("span", { class: "source__section" }, item.section) : null);
  return el("li", { class: "source", "data-source": item.n },
    el("details", {}, el("summary", {}, el("span", { class: "source__n" }, String(item.n)), title),
      el("blockquote", {}, item.quote),
      el("a", { href: passageUrl(item) }, item.kind === "glossary" ? "Open the glossary entry" : "Open the article")));
}

function term(item) {
  return el("li", {}, el("a", { class: "term", href: item.url, "data-term": item.term }, item.term));
}

function reading(item) {
  return el("li", {}, el("a", { href: item.url }, item.title));
}
