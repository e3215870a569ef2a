// Calculation cards that compute: the inputs are edited in place, and the figures and the chart
// follow through POST /api/tools/{name}. Cards come alive, and charts are drawn, when they are near.

import { inputNames, isRecord, refresh, valueAt } from "./cards.js";
import { el } from "./dom.js";
import { formatValue, label, toolWords, unitOf } from "./format.js";

const WAIT_MS = 60;
const STEPS = { percent: 0.5, points: 0.05, days: 1, count: 1, level: 5, usd: 1000 };

let made = 0;
const waiting = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    waiting.get(target)();
    waiting.delete(target);
  }
}, { rootMargin: "150% 0px" });

// A turn that was skipped while out of sight is laid out only now: its cards are looked at again.
document.addEventListener("contentvisibilityautostatechange", ({ target, skipped }) => {
  if (skipped) return;
  for (const card of target.querySelectorAll(".card")) {
    if (!waiting.has(card)) continue;
    watcher.unobserve(card);
    watcher.observe(card);
  }
}, true);

// Gives each card below `root` its life; `onAsk` takes a question with the card's numbers.
export function enlivenCards(root, calculations, onAsk) {
  for (const item of calculations) {
    const card = root.querySelector(`[data-calculation="${item.n}"]`);
    if (!card) continue;
    waiting.set(card, () => {
      new LiveCard(card, item, onAsk);
      drawChart(card, item.chart);
    });
    watcher.observe(card);
  }
}

function drawChart(card, figure) {
  const place = card.querySelector(".chart");
  if (place && figure) import("./charts.js").then(({ draw }) => draw(place, figure));
}

class LiveCard {
  constructor(card, item, onAsk) {
    Object.assign(this, { card, item, onAsk, fields: new Map() });
    const place = card.querySelector('[data-part="inputs"]');
    const pairs = [...place.querySelectorAll(".inputs > div")];
    inputNames(item.tool, item.inputs).forEach((name, at) => this.#field(name, pairs[at]));
    if (!this.fields.size) return;
    this.first = [...this.fields.values()].map((input) => input.value);
    this.status = el("p", { class: "card__status", role: "status" });
    this.tools = el("div", { class: "card__tools", hidden: true });
    if (onAsk && toolWords(item.tool).ask) this.#tool("button", "Ask with these numbers", () => onAsk(this.#question()));
    this.#tool("button button--quiet", "Reset", () => this.#reset());
    place.append(this.tools, this.status);
  }

  #tool(style, name, onClick) {
    const button = el("button", { class: style, type: "button" }, name);
    button.addEventListener("click", onClick);
    this.tools.append(button);
  }

  // A field where a number stands; percentages as people write them, what was not given as empty.
  #field(name, pair) {
    const value = valueAt(this.item.inputs, name);
    const unit = unitOf(name);
    if (!pair || unit === "text" || (value !== null && typeof value !== "number")) return;
    const id = `${name}-${(made += 1)}`;
    const text = value === null ? "" : formatValue(value, unit, true).text.replace(/[ %$,]/g, "").replace("\u2212", "-");
    const input = el("input", { id, name, value: text, inputmode: "decimal", autocomplete: "off", "data-unit": unit, placeholder: "–" });
    input.addEventListener("input", () => this.#changed());
    input.addEventListener("keydown", (event) => this.#step(event, input));
    const [term, shown] = pair.children;
    term.replaceChildren(el("label", { for: id }, term.textContent));
    const suffix = { percent: "%", days: "days", points: "points" }[unit];
    shown.replaceChildren(input, ...(suffix ? [el("span", { class: "unit" }, ` ${suffix}`)] : []));
    this.fields.set(name, input);
  }

  #step(event, input) {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const value = numberIn(input.value);
    if (!direction || value === null || Number.isNaN(value)) return;
    event.preventDefault();
    const step = (STEPS[input.dataset.unit] ?? 1) * (event.shiftKey ? 10 : 1);
    input.value = String(Number((value + direction * step).toFixed(6)));
    this.#changed();
  }

  #reset() {
    [...this.fields.values()].forEach((input, at) => { input.value = this.first[at]; });
    this.#changed();
  }

  #changed() {
    clearTimeout(this.timer);
    this.tools.hidden = [...this.fields.values()].every((input, at) => input.value === this.first[at]);
    this.timer = setTimeout(() => this.#compute(), WAIT_MS);
  }

  #inputs() {
    const inputs = structuredClone(this.item.inputs ?? {});
    for (const [name, input] of this.fields) {
      const [outer, inner] = name.split(".");
      const [place, key] = inner ? [inputs[outer], inner] : [inputs, outer];
      const value = numberIn(input.value);
      if (value === null) delete place[key];
      else place[key] = input.dataset.unit === "percent" ? Number((value / 100).toPrecision(15)) : value;
    }
    return inputs;
  }

  async #compute() {
    this.request?.abort();
    this.request = new AbortController();
    const inputs = this.#inputs();
    for (const input of this.fields.values()) input.removeAttribute("aria-invalid");
    const wrong = [...this.fields].filter(([, input]) => Number.isNaN(numberIn(input.value)));
    if (wrong.length) return this.#refuse(wrong.map(([name]) => ({ field: name, detail: `${label(name)} has to be a number.` })));
    try {
      const response = await fetch(`/api/tools/${encodeURIComponent(this.item.tool)}?chart=true`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(inputs), signal: this.request.signal,
      });
      const body = await response.json();
      if (!response.ok) return this.#refuse(body.errors?.length ? body.errors : [{ detail: body.detail }]);
      this.#take(inputs, body);
    } catch (error) {
      if (error.name !== "AbortError") this.#refuse([{ detail: "The server cannot be reached; these are the last figures." }]);
    }
  }

  #take(inputs, body) {
    const { chart = null, ...rest } = isRecord(body) ? body : {};
    this.card.classList.remove("card--stale");
    this.status.textContent = this.tools.hidden ? "" : "Computed with your numbers; the answer above keeps its own.";
    refresh(this.card, { ...this.item, inputs, result: isRecord(body) ? rest : body, chart });
    drawChart(this.card, chart);
  }

  // The last good figures stay, faint, under the reason.
  #refuse(problems) {
    this.card.classList.add("card--stale");
    this.status.textContent = problems.map(({ detail }) => detail).join(" ");
    for (const { field } of problems) (this.fields.get(field) ?? this.fields.get(`condor.${field}`))?.setAttribute("aria-invalid", "true");
  }

  // The tool's own way to ask, as in "[, rate {rate}]": what was not given is left out.
  #question() {
    const inputs = this.#inputs();
    const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => formatValue(inputs[name] ?? null, unitOf(name), true).text.replace(/,/g, ""));
    return fill(toolWords(this.item.tool).ask.replace(/\[([^\]]*\{(\w+)\}[^\]]*)\]/g, (_, part, name) => (inputs[name] === undefined ? "" : part)));
  }
}

// The number in a field as people write them (5,800 or 1 000.5), null where it is empty, else NaN.
function numberIn(text) {
  const plain = text.replace(/[,\s%$]/g, "").replace("\u2212", "-");
  return plain === "" ? null : /^-?\d*\.?\d+$|^-?\d+\.$/.test(plain) ? Number(plain) : NaN;
}
