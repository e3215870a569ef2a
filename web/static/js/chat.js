// The chat: sends a question, shows what happens, keeps the conversation going.

import { listenForMarks } from "./citations.js";
import { Composer } from "./composer.js";
import { Problem, ask } from "./stream.js";
import { Turn } from "./turn.js";

const welcome = document.getElementById("welcome");
const title = document.getElementById("title");
const turns = document.getElementById("turns");
const announcer = document.getElementById("announcer");
const links = document.querySelector(".composer__links");
const startOver = document.querySelector(".composer__new");
const exporting = document.querySelector(".composer__export");
const composer = new Composer(document.querySelector(".dock form"), (question) => {
  composer.clear();
  send(question);
});

// The tab remembers its conversation, so that it is still there after reading an article.
const KEPT = "conversation";
const AT_ONCE = 6;
let conversation = null;
let running = null;

async function send(question, instead = null) {
  if (running) return;
  const turn = new Turn(question, chat);
  open(turn, instead);
  running = new AbortController();
  composer.setBusy(true);
  const retry = () => send(question, turn);
  try {
    const body = conversation ? { message: question, conversation_id: conversation } : { message: question };
    for await (const { event, data } of ask(body, running.signal)) {
      if (event === "start") keep(data.conversation_id ?? conversation);
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

// What an answer may ask of the chat: another question, or the words of one in the box.
const chat = { ask: (question) => send(question), edit: (question) => composer.edit(question) };

function keep(id) {
  conversation = id;
  exporting.href = `/conversations/${encodeURIComponent(id)}/export.md`;
}

function finish(turn, answer) {
  keep(answer.conversation_id ?? conversation);
  sessionStorage.setItem(KEPT, conversation);
  turn.show(answer, chat);
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
  links.hidden = shown;
  document.body.classList.toggle("chat--open", !shown);
}

// Shows the conversation of the address, or the one this tab had. The last turns come at once, the
// ones above them a few at a time while the page has nothing else to do.
async function restore() {
  const asked = new URLSearchParams(location.search).get("conversation");
  const kept = asked ?? sessionStorage.getItem(KEPT);
  if (!kept || composer.text.value) return;
  keep(kept);  // what is asked while the rest is on its way belongs to it
  showWelcome(false);
  const response = await fetch(`/api/conversations/${encodeURIComponent(kept)}`).catch(() => null);
  const answers = response?.ok ? (await response.json()).answers : [];
  const already = turns.children.length;
  if (!answers.length && !already) {
    sessionStorage.removeItem(KEPT);
    conversation = null;
    showWelcome(true);
    return;
  }
  const above = answers.filter(({ id }) => !turns.querySelector(`[href="/answers/${id}"]`));
  const last = above.splice(Math.max(0, above.length - AT_ONCE));
  turns.prepend(...last.map((answer) => restored(answer).element));
  sessionStorage.setItem(KEPT, kept);
  turns.lastElementChild.scrollIntoView({ block: "start" });
  whenIdle(function fill(deadline) {
    do turns.prepend(restored(above.pop()).element); while (above.length && deadline.timeRemaining() > 12);
    if (above.length && conversation === kept) whenIdle(fill);
  }, above.length);
}

function whenIdle(work, needed = true) {
  if (!needed) return;
  if (window.requestIdleCallback) requestIdleCallback(work);
  else setTimeout(() => work({ timeRemaining: () => 0 }), 30);
}

function restored(answer) {
  const turn = new Turn(answer.question, chat);
  turn.show(answer, chat);
  return turn;
}

composer.stop.addEventListener("click", () => {
  running?.abort();
  composer.text.focus();
});

document.querySelector(".starters").addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.submitter.value);
});

// The page is loaded anew: the server chooses the questions to start with by what was found since.
startOver.addEventListener("click", () => {
  running?.abort();
  sessionStorage.removeItem(KEPT);
});

listenForMarks();
restore();
