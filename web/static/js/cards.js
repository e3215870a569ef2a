// A calculation as a card: large figures, chart, tables. The twin of the macros in
// templates/answer_parts.html and of card() in assistant/api/wording.py.

import { el } from "./dom.js";
import { cell, label, toolWords } from "./format.js";

const APART = new Set(["assumptions", "warnings", "reasons"]);

export function calculationCard(item) {
  const spec = toolWords(item.tool);
  const result = isRecord(item.result) ? item.result : { [item.tool]: item.result };
  const shown = Object.entries(result).filter(([key]) => !APART.has(key));
  const plain = new Map(shown.filter(([, value]) => value !== null && !isTable(value)));
  const headline = (spec.headline || []).filter((key) => plain.has(key));
  const rest = [...plain.keys()].filter((key) => !headline.includes(key));
  const visible = (spec.rows || rest).filter((key) => rest.includes(key));
  const open = spec.tables || {};
  const folded = { ...Object.fromEntries(shown.filter(([key]) => !(key in open)).map(([key]) => [key, null])), ...spec.more_tables };
  const rows = (keys) => keys.map((key) => [label(key), cell(key, plain.get(key))]);
  const more = [
    facts("", rows(rest.filter((key) => !visible.includes(key) && !(key in (item.inputs || {}))))),
    ...tablesOf(shown, folded).map(grid),
    facts("Assumptions", Object.entries(result.assumptions || {}).map(([key, value]) => [label(key), { text: String(value) }])),
  ].filter(Boolean);
  return el("section", { class: "card", "data-calculation": item.n, "aria-label": spec.title },
    el("header", { class: "card__head" }, el("h3", {}, spec.title), el("code", {}, item.tool)),
    part("headline", headline.length ? el("dl", { class: "figures" }, rows(headline).map(figure)) : null),
    el("div", { "data-part": "inputs", role: "group", "aria-label": "Inputs" },
      pairs("inputs", "Inputs", inputNames(item.tool, item.inputs).map((key) => [label(key), cell(key, valueAt(item.inputs, key), true), key]))),
    item.chart && spec.chart !== false ? el("div", { class: "chart", "data-chart": item.n }, el("div", { class: "chart__plot" })) : null,
    part("said", texts("warnings", result.warnings), tablesOf(shown, open).map(grid), texts("reasons", result.reasons)),
    part("results", pairs("results", "Results", rows(visible))),
    part("more", more.length ? el("details", { class: "more" }, el("summary", {}, "Everything else it computed, and what it assumes"), more) : null));
}

// Shows another result of the same tool in the card; what a reader opened stays open, and the
// inputs, which may be being typed into, are left alone.
export function refresh(card, item) {
  const fresh = calculationCard(item);
  for (const name of ["headline", "said", "results", "more"]) {
    const old = card.querySelector(`[data-part="${name}"]`);
    const opened = [...old.querySelectorAll("details")].map((box) => box.open);
    old.replaceChildren(...fresh.querySelector(`[data-part="${name}"]`).childNodes);
    old.querySelectorAll("details").forEach((box, at) => { box.open = opened[at] ?? false; });
  }
}

function part(name, ...children) {
  return el("div", { "data-part": name }, children.flat());
}

export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTable(value) {
  return isRecord(value) || (Array.isArray(value) && isRecord(value[0]));
}

function texts(name, items) {
  if (!items?.length) return null;
  return el("ul", { class: name }, items.map((item) => el("li", {}, String(item.message ?? item))));
}

function figure([name, value]) {
  return el("div", {}, el("dt", {}, name), el("dd", { class: value.numeric ? null : "text" }, contents(value)));
}

function contents({ text, unit }) {
  return unit ? [text, el("span", { class: "unit" }, ` ${unit}`)] : [text];
}

function data(value) {
  return el("td", { class: value.numeric ? "number" : "text" }, contents(value));
}

// Labels and values as a grid: inputs, which alive.js turns into fields, and results.
function pairs(name, title, rows) {
  if (!rows.length) return null;
  return el("dl", { class: name, "aria-label": title }, rows.map(([words, value]) => el("div", {},
    el("dt", {}, words), el("dd", { class: value.numeric ? "number" : null }, contents(value)))));
}

// What a card shows as its inputs: those that can be edited, given or not, then the others.
// A record among them, as a condor within its stress test, is shown field by field.
export function inputNames(tool, inputs = {}) {
  const edited = toolWords(tool).edit ?? [];
  const given = Object.entries(inputs ?? {}).filter(([, value]) => value !== null).flatMap(([key, value]) => (
    isRecord(value) ? Object.keys(value).filter((inner) => value[inner] !== null).map((inner) => `${key}.${inner}`) : [key]));
  return [...edited, ...given.filter((key) => !edited.includes(key))];
}

// The input at a path: "condor.days" is the days of the condor.
export function valueAt(inputs, path) {
  const [outer, inner] = path.split(".");
  const value = inputs?.[outer] ?? null;
  return inner && isRecord(value) ? value[inner] ?? null : value;
}

export function facts(title, rows) {
  if (!rows.length) return null;
  return el("table", { class: "facts" }, title ? el("caption", {}, title) : null,
    el("tbody", {}, rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), data(value)))));
}

export function grid({ title, head, rows }) {
  const numeric = (at) => (rows[0]?.[at]?.numeric ? "number" : null);
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title },
    el("table", { class: "grid" }, el("caption", {}, title),
      el("thead", {}, el("tr", {}, head.map((name, at) => (name ? el("th", { scope: "col", class: numeric(at) }, name) : el("td"))))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(data))))));
}

// Lists of records as tables of their wanted columns; records of one kind stand side by side.
function tablesOf(shown, wanted) {
  const tables = [];
  const beside = new Map();
  for (const [key, value] of shown) {
    if (!(key in wanted) || !isTable(value) || !Object.keys(value).length) continue;
    if (isRecord(value)) {
      const fields = Object.keys(value).join();
      beside.set(fields, [...(beside.get(fields) || []), [key, value]]);
    } else {
      const columns = (wanted[key] || Object.keys(value[0])).filter((name) => name in value[0]);
      tables.push({ title: label(key), head: columns.map(label), rows: value.map((row) => columns.map((name) => cell(name, row[name]))) });
    }
  }
  for (const group of beside.values()) {
    const names = group.map(([key]) => label(key));
    const rows = Object.keys(group[0][1]).map((name) => [
      { text: label(name) }, ...group.map(([, value]) => cell(name, value[name])),
    ]);
    tables.push({ title: names.join(" and "), head: ["", ...(names.length > 1 ? names : [""])], rows });
  }
  return tables;
}
