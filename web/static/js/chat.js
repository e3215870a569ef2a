// The chat: sends a question, shows what happens, keeps the conversation going.

import { listenForMarks } from "./citations.js";
import { Composer } from "./composer.js";
import { Problem, ask } from "./stream.js";
import { Turn } from "./turn.js";

const welcome = document.getElementById("welcome");
const title = document.getElementById("title");
const turns = document.getElementById("turns");
const announcer = document.getElementById("announcer");
const startOver = document.querySelector(".composer__new");
const composer = new Composer(document.querySelector(".dock form"), (question) => {
  composer.clear();
  send(question);
});

// The tab remembers its conversation, so that it is still there after reading an article.
const KEPT = "conversation";
let conversation = null;
let running = null;

async function send(question, instead = null) {
  if (running) return;
  const turn = new Turn(question);
  open(turn, instead);
  running = new AbortController();
  composer.setBusy(true);
  const retry = () => send(question, turn);
  try {
    const body = conversation ? { message: question, conversation_id: conversation } : { message: question };
    for await (const { event, data } of ask(body, running.signal)) {
      if (event === "start") conversation = data.conversation_id ?? conversation;
      else if (event === "step") turn.step(data);
      else if (event === "delta") turn.delta(data.text);
      else if (event === "answer") finish(turn, data);
    }
  } catch (error) {
    if (running.signal.aborted) turn.stopped(retry);
    else turn.failed(error instanceof Problem ? error : new Problem({ detail: String(error) }), retry);
  } finally {
    running = null;
    composer.setBusy(false);
  }
}

function finish(turn, answer) {
  conversation = answer.conversation_id ?? conversation;
  sessionStorage.setItem(KEPT, conversation);
  turn.show(answer, send);
  announcer.textContent = `Answer: ${turn.text.element.textContent}`;
}

function open(turn, instead) {
  showWelcome(false);
  announcer.textContent = "";
  if (instead) instead.element.replaceWith(turn.element);
  else turns.append(turn.element);
  // The button that asked is gone; on a phone, focus would open the keyboard over the answer.
  if (document.activeElement === document.body && matchMedia("(hover: hover)").matches) {
    composer.text.focus({ preventScroll: true });
  } else if (!matchMedia("(hover: hover)").matches) composer.text.blur();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function showWelcome(shown) {
  welcome.hidden = !shown;
  title.hidden = shown;
  startOver.hidden = shown;
  document.body.classList.toggle("chat--open", !shown);
}

async function restore() {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return;
  showWelcome(false);
  const response = await fetch(`/api/conversations/${encodeURIComponent(kept)}`).catch(() => null);
  const answers = response?.ok ? (await response.json()).answers : [];
  if (turns.children.length) return;
  if (!answers.length) {
    sessionStorage.removeItem(KEPT);
    showWelcome(true);
    return;
  }
  conversation = kept;
  for (const answer of answers) {
    const turn = new Turn(answer.question);
    turns.append(turn.element);
    turn.show(answer, send);
  }
  turns.lastElementChild.scrollIntoView({ block: "start" });
}

composer.stop.addEventListener("click", () => {
  running?.abort();
  composer.text.focus();
});

document.querySelector(".starters").addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.submitter.value);
});

startOver.addEventListener("click", (event) => {
  event.preventDefault();
  running?.abort();
  conversation = null;
  sessionStorage.removeItem(KEPT);
  turns.replaceChildren();
  announcer.textContent = "";
  showWelcome(true);
  composer.clear();
  composer.text.focus();
});

listenForMarks();
restore();
