// Numbers and labels for a reader. The twin of assistant/api/wording.py; web/words.json has the words.

import { pageData } from "./dom.js";

export const words = pageData("words");

const MINUS = "\u2212";

// Where a citation leads: to its source, with the quoted passage marked.
export function passageUrl({ url, start, end }) {
  if (start === undefined || end === undefined || !url.startsWith("/")) return url;
  return `${url.split("#")[0]}?quote=${start}-${end}#passage`;
}

export function unitOf(name) {
  return field(name)[1];
}

export function humanize(name) {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}

function field(name) {
  const known = words.fields[name];
  if (known) return known;
  if (/^-?\d+(\.\d+)?$/.test(name)) return [moved(Number(name)), "usd"]; // a column of a stress test
  const [outer, inner] = name.split(".");
  if (inner) {
    const [words, unit] = field(inner);
    return [outer === "condor" ? words : `${field(outer)[0]}: ${words}`, unit];
  }
  if (name.startsWith("probability")) return [humanize(name), "percent"];
  return name.endsWith("_usd") ? [humanize(name.slice(0, -4)), "usd"] : [humanize(name), ""];
}

function moved(change) {
  const points = Number(Math.abs(change * 100).toFixed(6));
  return points ? `Volatility ${change > 0 ? "+" : MINUS}${points} points` : "Volatility unchanged";
}

export function label(name) {
  return field(name)[0];
}

export function toolWords(tool) {
  return { title: humanize(tool), doing: `Running ${humanize(tool).toLowerCase()}`, done: humanize(tool), ...words.tools[tool] };
}

// A value of the field as {text, unit, numeric}; inputs are `exact`, results rounded to their unit.
export function cell(name, value, exact = false) {
  return formatValue(value, field(name)[1], exact);
}

export function formatValue(value, unit, exact = false) {
  if (value === null || value === undefined) return plain("–");
  if (typeof value === "boolean") return plain(value ? "yes" : "no");
  if (typeof value === "number") return number(value, unit, exact);
  if (Array.isArray(value)) return plain(value.map((item) => formatValue(item, unit, exact).text).join(", ") || "–");
  if (typeof value === "object") {
    return plain(Object.entries(value).map(([key, item]) => `${label(key)} ${cell(key, item).text}`).join(", "));
  }
  return plain(String(value));
}

function plain(text) {
  return { text, unit: "", numeric: false };
}

function number(value, unit, exact) {
  const as = (text, beside = "") => ({ text, unit: beside, numeric: true });
  if (unit === "percent") return as(`${decimal(value * 100, 1, exact)} %`);
  if (unit === "usd") return as(decimal(value, 2, false, "$"));
  const digits = { rounded: 0, points: 2, greek: 4 }[unit];
  const trim = digits === undefined || (exact && unit !== "rounded");
  return as(decimal(value, digits ?? 4, trim), unit === "points" || unit === "days" ? unit : "");
}

function decimal(value, digits, trim, grouped = "") {
  let text = Math.abs(value).toFixed(trim ? 4 : digits);
  if (trim) text = text.replace(/\.?0+$/, "");
  if (grouped) text = text.replace(/\B(?=(\d{3})+(?=\.))/g, ",");
  return (value < 0 && /[1-9]/.test(text) ? MINUS : "") + grouped + text;
}
