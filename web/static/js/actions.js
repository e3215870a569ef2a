// What can be done with an answer: copy it, share it, ask again, say what one thinks of it.

import { copyButton } from "./copy.js";
import { el, iconButton } from "./dom.js";

export function answerTools(answer, chat) {
  const again = el("button", { class: "button button--quiet", type: "button" }, "Ask again");
  again.addEventListener("click", () => chat.ask(answer.question));
  return el("div", { class: "answer__tools" },
    copyButton("Copy answer", answer.text), shareButton(answer),
    el("a", { class: "button button--quiet", href: `/answers/${answer.id}` }, "Link to this answer"), again,
    ...opinion(answer));
}

// A phone has its own way to share; elsewhere the address is copied.
function shareButton(answer) {
  const address = new URL(`/answers/${answer.id}`, location.href).href;
  if (!navigator.share || !matchMedia("(hover: none)").matches) return copyButton("Copy link", address);
  const button = el("button", { class: "button button--quiet", type: "button" }, "Share");
  button.addEventListener("click", () => navigator.share({ title: answer.question, url: address }).catch(() => {}));
  return button;
}

// Two thumbs; the one that was chosen opens a box for a reason, which may stay empty.
function opinion(answer) {
  const said = el("p", { class: "opinion__said", role: "status" });
  const send = async (rating, comment) => {
    const response = await fetch(`/api/answers/${answer.id}/feedback`, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify(comment ? { rating, comment } : { rating }),
    }).catch(() => null);
    said.textContent = response?.ok ? "Thank you; it was recorded." : "This could not be recorded. Try again.";
    return Boolean(response?.ok);
  };
  const thumbs = [["up", "Good answer"], ["down", "Bad answer"]].map(([rating, name]) => iconButton(rating, name, async (button) => {
    if (!(await send(rating))) return;
    thumbs.forEach((thumb) => thumb.setAttribute("aria-pressed", String(thumb === button)));
    reason.replaceChildren(...why(answer, rating, (text) => send(rating, text).then((done) => done && reason.replaceChildren())));
  }));
  thumbs.forEach((thumb) => thumb.setAttribute("aria-pressed", "false"));
  const reason = el("form", { class: "opinion__reason" });
  reason.addEventListener("submit", (event) => event.preventDefault());
  return [...thumbs, said, reason];
}

function why(answer, rating, onSend) {
  const id = `why-${answer.id}`;
  const box = el("textarea", { id, rows: "2", maxlength: "2000", placeholder: rating === "up" ? "What helped?" : "What was wrong or missing?" });
  const button = el("button", { class: "button", type: "button" }, "Send the reason");
  button.addEventListener("click", () => (box.value.trim() ? onSend(box.value.trim()) : box.focus()));
  return [el("label", { for: id, class: "visually-hidden" }, "Why, if you like to say"), box, button];
}
