// The quote behind a citation and the definition behind a term: shown on hover, focus or tap.

import { el } from "./dom.js";

const answers = new WeakMap();
const popover = el("div", { class: "popover", id: "popover", popover: "manual" });
let shownFor = null;
let hiding;

// Makes the citations and terms inside `root` open what `answer` says about them.
export function explain(root, answer) {
  answers.set(root, answer);
  root.setAttribute("data-explained", "");
}

function contentOf(mark) {
  const answer = answers.get(mark.closest("[data-explained]"));
  const cited = answer?.citations.find((item) => String(item.n) === mark.dataset.cite);
  if (cited) {
    const where = cited.section ? `${cited.title}, ${cited.section}` : cited.title;
    return [el("blockquote", {}, cited.quote), el("p", { class: "popover__where" }, where)];
  }
  const term = answer?.glossary.find((item) => item.term === mark.dataset.term);
  return term ? [el("p", { class: "popover__term" }, term.term), el("p", {}, term.definition)] : null;
}

function show(mark, byTouch) {
  clearTimeout(hiding);
  if (shownFor === mark) return;
  const content = contentOf(mark);
  if (!content) return;
  hide();
  if (byTouch) content.push(el("a", { class: "popover__open", href: mark.href }, mark.dataset.cite ? "Open the source" : "Open the glossary"));
  popover.replaceChildren(...content);
  popover.showPopover();
  place(mark);
  mark.setAttribute("aria-describedby", "popover");
  shownFor = mark;
}

function place(mark) {
  const gap = 8;
  const at = mark.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const left = Math.max(gap, Math.min(at.left + at.width / 2 - width / 2, document.documentElement.clientWidth - width - gap));
  const above = at.top - height - gap;
  popover.style.left = `${left}px`;
  popover.style.top = `${above > gap ? above : at.bottom + gap}px`;
}

function hide() {
  clearTimeout(hiding);
  if (!shownFor) return;
  shownFor.removeAttribute("aria-describedby");
  shownFor = null;
  popover.hidePopover();
}

function hideSoon() {
  clearTimeout(hiding);
  hiding = setTimeout(hide, 200);
}

const markAt = (event) => (event.target instanceof Element ? event.target.closest("[data-cite], [data-term]") : null);

export function listenForMarks() {
  document.querySelector("main").append(popover);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (popover.contains(event.target)) clearTimeout(hiding);
    else if (markAt(event)) show(markAt(event), false);
    else if (shownFor) hideSoon();
  });
  document.addEventListener("focusin", (event) => {
    if (markAt(event)?.matches(":focus-visible")) show(markAt(event), false);
  });
  document.addEventListener("focusout", (event) => markAt(event) && hideSoon());
  document.addEventListener("click", (event) => {
    const mark = markAt(event);
    if (mark && event.pointerType === "touch" && shownFor !== mark) {
      event.preventDefault();
      show(mark, true);
    } else if (!popover.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", () => shownFor && place(shownFor), { passive: true });
}
