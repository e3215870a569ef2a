// The chat: sends a question, shows what happens, keeps the conversation going.

import { listenForMarks } from "./citations.js";
import { Composer } from "./composer.js";
import { Problem, ask } from "./stream.js";
import { Turn } from "./turn.js";

const welcome = document.getElementById("welcome");
const turns = document.getElementById("turns");
const announcer = document.getElementById("announcer");
const startOver = document.querySelector(".composer__new");
const composer = new Composer(document.querySelector(".dock form"), (question) => {
  composer.clear();
  send(question);
});

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
  turn.show(answer, send);
  announcer.textContent = `Answer: ${turn.text.element.textContent}`;
}

function open(turn, instead) {
  welcome.hidden = true;
  startOver.hidden = false;
  document.body.classList.add("chat--open");
  announcer.textContent = "";
  if (instead) instead.element.replaceWith(turn.element);
  else turns.append(turn.element);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
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
  turns.replaceChildren();
  announcer.textContent = "";
  welcome.hidden = false;
  startOver.hidden = true;
  document.body.classList.remove("chat--open");
  composer.clear();
  composer.text.focus();
});

listenForMarks();
