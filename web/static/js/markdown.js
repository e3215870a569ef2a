// Markdown to DOM nodes, for the texts of answers. No HTML string is ever made, so nothing that a
// model or an article says can become markup beyond the marks below. The server's twin is
// assistant/api/markdown.py.

import { el } from "./dom.js";
import { passageUrl } from "./format.js";

const SAFE_LINK = /^(https?:\/\/|mailto:|\/(?!\/)|#)/i;
const FENCE = /^(`{3,}|~{3,})/;
const HEADING = /^(#{1,6})\s+(.*?)[\s#]*$/;
const RULE = /^ {0,3}([-*_])( *\1){2,} *$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])( +)(?=\S)/;
const CLAIM = /\bclaim(?:s|ed)?\b/i;
const CLAIM_LABEL = "About an unproved claim";
const TABLE_RULE = /^ *\|? *:?-+:? *(\| *:?-+:? *)*\|? *$/;

// Splits the text into blocks, each with its own source: a text that grows changes only its last.
export function blocksOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks = [];
  for (let at = 0; at < lines.length; ) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const end = endOf(lines, at);
    blocks.push(lines.slice(at, end).join("\n"));
    at = end;
  }
  return blocks;
}

function endOf(lines, start) {
  const first = lines[start];
  let at = start + 1;
  const fence = FENCE.exec(first);
  if (fence) {
    while (at < lines.length && !lines[at].startsWith(fence[1])) at += 1;
    return Math.min(at + 1, lines.length);
  }
  if (HEADING.test(first) || RULE.test(first)) return at;
  if (ITEM.test(first)) {
    while (at < lines.length && (lines[at].trim() ? continuesList(lines, at) : listGoesOn(lines, at))) at += 1;
    return at;
  }
  const quoted = first.startsWith(">");
  while (at < lines.length && lines[at].trim() && ((quoted && lines[at].startsWith(">")) || !startsBlock(lines[at]))) at += 1;
  return at;
}

function continuesList(lines, at) {
  return ITEM.test(lines[at]) || /^ {2,}/.test(lines[at]) || (lines[at - 1].trim() !== "" && !startsBlock(lines[at]));
}

function listGoesOn(lines, blank) {
  const next = lines[blank + 1];
  return next !== undefined && (ITEM.test(next) || /^ {2,}\S/.test(next));
}

function startsBlock(line) {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || ITEM.test(line) || line.startsWith(">");
}

// `context`: citations (Map of number to citation), terms (Map of lower-case name to entry; an entry
// leaves the map when it has been linked), under (level of the heading above), pending (still streaming),
// claims (paragraphs that report claims are labelled).
export function renderBlock(source, context) {
  const lines = source.split("\n");
  const fence = FENCE.exec(source);
  if (fence) {
    const body = lines.slice(1, lines.length > 1 && lines.at(-1).startsWith(fence[1]) ? -1 : undefined);
    return el("pre", { tabindex: "0" }, el("code", {}, body.join("\n")));
  }
  const heading = HEADING.exec(source);
  if (heading) {
    const level = Math.min(6, Math.max(context.under + 1, heading[1].length + context.under - 1));
    return el(`h${level}`, {}, inline(heading[2], { ...context, terms: null }));
  }
  if (RULE.test(source)) return el("hr");
  if (source.startsWith(">")) {
    const inner = lines.map((line) => line.replace(/^> ?/, "")).join("\n");
    return el("blockquote", {}, renderAll(inner, context));
  }
  if (ITEM.test(source)) return list(lines, context);
  if (lines.length > 1 && lines[0].includes("|") && TABLE_RULE.test(lines[1])) return table(lines, context);
  const nodes = inline(source, context);
  const paragraph = el("p", {}, nodes);
  if (!context.claims || !CLAIM.test(paragraph.textContent)) return paragraph;
  return el("p", { class: "claimed" }, el("span", { class: "claimed__label" }, CLAIM_LABEL), ...nodes);
}

export function renderAll(text, context) {
  return blocksOf(text).map((block) => renderBlock(block, context));
}

function list(lines, context) {
  const [, indent, marker] = ITEM.exec(lines[0]);
  const ordered = /\d/.test(marker);
  const items = [];
  for (const line of lines) {
    const mark = ITEM.exec(line);
    if (mark && mark[1].length <= indent.length) {
      items.push({ width: mark[0].length, lines: [line.slice(mark[0].length)] });
    } else {
      const { width, lines: own } = items.at(-1);
      own.push(line.slice(Math.min(width, line.search(/\S|$/))));
    }
  }
  const loose = items.some((item) => item.lines.slice(0, -1).includes(""));
  const start = ordered && parseInt(marker, 10) !== 1 ? parseInt(marker, 10) : null;
  return el(ordered ? "ol" : "ul", { start }, items.map((item) => {
    const nodes = renderAll(item.lines.join("\n"), loose ? context : { ...context, claims: false });
    const bare = nodes.flatMap((node) => (node.localName === "p" && !loose ? [...node.childNodes] : [node]));
    return el("li", {}, bare);
  }));
}

function table(lines, context) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((text) => text.trim().replaceAll("\\|", "|"));
  const right = cells(lines[1]).map((mark) => mark.endsWith(":") && !mark.startsWith(":"));
  const row = (line, name) => el("tr", {}, cells(line).slice(0, right.length).map((text, at) =>
    el(name, { class: right[at] ? "number" : null }, inline(text, context))));
  return el("div", { class: "scroll", tabindex: "0" },
    el("table", {}, el("thead", {}, row(lines[0], "th")), el("tbody", {}, lines.slice(2).map((line) => row(line, "td")))));
}

const INLINE = new RegExp([
  String.raw`\\(?<escaped>[\\\x60*_{}\[\]()#+\-.!|<>~])`,
  String.raw`(?<ticks>\x60+)(?<code>[^]*?[^\x60])\k<ticks>(?!\x60)`,
  String.raw` *\[(?<cite>\d{1,3})\](?!\()`,
  String.raw`(?<image>!?)\[(?<label>[^\[\]]*)\]\((?<href>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\)`,
  String.raw`<(?<auto>(?:https?:\/\/|mailto:)[^\s<>]+)>`,
  String.raw`\*\*(?=\S)(?<strong>(?:[^*]|\*(?!\*))*?(?<=\S))\*\*`,
  String.raw`(?<!\w)__(?=\S)(?<strong2>[^]*?(?<=\S))__(?!\w)`,
  String.raw`\*(?=[^\s*])(?<em>[^*]*?(?<=\S))\*`,
  String.raw`(?<!\w)_(?=[^\s_])(?<em2>[^_]*?(?<=\S))_(?!\w)`,
  String.raw`(?<br> {2,}\n|\\\n)`,
].join("|"), "g");

export function inline(text, context) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > at) nodes.push(...withTerms(text.slice(at, found.index), context));
    nodes.push(...mark(found, context));
    at = found.index + found[0].length;
  }
  if (at < text.length) nodes.push(...withTerms(text.slice(at), context));
  return nodes;
}

function mark(found, context) {
  const { escaped, code, cite, image, label, href, auto, strong, strong2, em, em2, br } = found.groups;
  if (escaped) return [escaped];
  if (code !== undefined) return [el("code", {}, code.replace(/^ (.*) $/, "$1"))];
  if (cite) return [citation(cite, context) ?? found[0]];
  if (auto) return [link(auto, [auto], context)];
  if (image) return [label];
  if (href !== undefined) return [link(href, inline(label, { ...context, terms: null }), context) ?? found[0]];
  if (strong ?? strong2) return [el("strong", {}, inline(strong ?? strong2, context))];
  if (em ?? em2) return [el("em", {}, inline(em ?? em2, context))];
  return br ? [el("br")] : [found[0]];
}

function link(href, children) {
  if (!SAFE_LINK.test(href)) return null;
  return el("a", { href, rel: /^http/i.test(href) ? "noopener noreferrer" : null }, children);
}

function citation(number, context) {
  const cited = context.citations?.get(Number(number));
  if (cited) {
    const attributes = { class: "cite", href: passageUrl(cited), "data-cite": number, "aria-label": `Source ${number}: ${cited.title}` };
    return el("sup", {}, el("a", attributes, number));
  }
  return context.pending ? el("sup", {}, el("span", { class: "cite" }, number)) : null;
}

function withTerms(text, context) {
  const nodes = [];
  let rest = text;
  while (rest && context.terms?.size) {
    const names = [...context.terms.keys()].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    const found = new RegExp(String.raw`(?<![\w-])(${names})(?![\w-])`, "i").exec(rest);
    if (!found) break;
    const entry = context.terms.get(found[1].toLowerCase());
    context.terms.delete(found[1].toLowerCase());
    nodes.push(rest.slice(0, found.index), el("a", { class: "term", href: entry.url, "data-term": entry.term }, found[1]));
    rest = rest.slice(found.index + found[1].length);
  }
  return [...nodes, rest];
}
