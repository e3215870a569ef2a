// Plotly charts, in the colours of the page. The library is fetched with the first chart.

import { el } from "./dom.js";
import { grid } from "./cards.js";
import { formatValue } from "./format.js";

const LIBRARY = "/static/vendor/plotly-basic-4.1.1.min.js";
const MOST_ROWS = 25;
const CALM_MS = 300;
const NOTE_PX = 84;
let loading;

function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = el("script", { src: LIBRARY });
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => {
      loading = undefined;
      reject(new Error("The chart library could not be loaded."));
    });
    document.head.append(script);
  });
  return loading;
}

const drawn = new Map();

// Draws a chart in its place, or draws another one there, with its table beside it. Charts wait for
// a moment in which nobody scrolls: drawing one takes longer than a frame.
export async function draw(place, figure) {
  const plot = place.querySelector(".chart__plot");
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", `${titleOf(figure)}. The table below has the same numbers.`);
  showTable(place, figure);
  const first = !drawn.has(plot);
  drawn.set(plot, figure);
  try {
    const library = await plotly();
    if (first) await turnOf(place);
    if (drawn.get(plot) === figure) await show(library, plot, figure);
    place.classList.add("chart--drawn");
  } catch (error) {
    drawn.delete(plot);
    plot.replaceChildren(el("p", { class: "chart__missing" }, `${error.message} The table below has the numbers.`));
  }
}

function show(library, plot, figure) {
  return library.react(plot, traces(figure, plot), layout(figure, plot), { displayModeBar: false, responsive: true });
}

// Charts are drawn one by one, the nearest to the window first, while nobody scrolls or types: one
// that was only passed by waits until it is near again.
const queue = new Map();
let serving;
let moved = 0;
for (const event of ["scroll", "keydown", "pointerdown", "wheel"]) {
  document.addEventListener(event, () => { moved = performance.now(); }, { passive: true, capture: true });
}

function turnOf(place) {
  return new Promise((resolve) => {
    queue.set(place, resolve);
    serving ??= serve();
  });
}

async function serve() {
  while (queue.size) {
    const since = performance.now() - moved;
    const [place] = [...queue.keys()].sort((one, other) => away(one) - away(other));
    if ((moved && since < CALM_MS) || (place.isConnected && away(place) > 2 * innerHeight)) {
      await wait(CALM_MS);
      continue;
    }
    queue.get(place)();
    queue.delete(place);
    await wait(0);  // one chart for each frame
  }
  serving = undefined;
}

function away(place) {
  const { top, height } = place.getBoundingClientRect();
  return Math.abs(top + (height - innerHeight) / 2);
}

function wait(milliseconds) {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, milliseconds)));
}

for (const query of ["(prefers-color-scheme: dark)", "print"]) {
  matchMedia(query).addEventListener("change", async () => {
    const library = await plotly();
    for (const [plot, figure] of drawn) {
      if (plot.isConnected) show(library, plot, figure);
      else drawn.delete(plot);
    }
  });
}

// The table keeps its box, so that one which a reader opened stays open.
function showTable(place, figure) {
  const tables = tablesOf(figure).map(grid);
  const box = place.querySelector(".chart__table");
  if (box) box.replaceChildren(box.firstChild, ...tables);
  else place.append(el("details", { class: "chart__table" }, el("summary", {}, "Show the chart as a table"), ...tables));
}

function titleOf({ layout }) {
  const title = layout?.title?.text ?? (typeof layout?.title === "string" ? layout.title : "Chart");
  return title.replace(/<br>/g, ", ").replace(/<[^>]*>/g, "");
}

function colours(plot) {
  const style = getComputedStyle(plot);
  return (name) => style.getPropertyValue(`--chart-${name}`).trim();
}

const isLine = (trace) => /lines/.test(trace.mode ?? "");

function traces({ data }, plot) {
  const colour = colours(plot);
  const lines = data.filter(isLine);
  return data.map((trace) => {
    if (isLine(trace)) return { ...trace, line: { ...trace.line, color: colour(trace === lines[0] ? "line" : "other"), width: 2 } };
    const area = { profit: "gain", loss: "loss" }[trace.name];
    return trace.fill ? { ...trace, fillcolor: colour(area ?? "fill") } : trace;
  });
}

function layout(figure, plot) {
  const colour = colours(plot);
  const given = structuredClone(figure.layout ?? {});
  const notes = notesOf(figure, plot, colour);
  const axis = { color: colour("ink"), gridcolor: colour("grid"), linecolor: colour("axis"), zerolinecolor: colour("axis"), fixedrange: true, automargin: true };
  const axes = Object.fromEntries(Object.keys({ xaxis: 0, yaxis: 0, ...given }).filter((key) => /^[xy]axis\d*$/.test(key))
    .map((key) => [key, { ...given[key], ...axis, title: { ...given[key]?.title, standoff: 8, font: { size: 12 } } }]));
  return {
    ...given, ...axes, template: {}, title: undefined, width: undefined, height: undefined, autosize: true, dragmode: false,
    shapes: (given.shapes ?? []).map((shape) => shapeIn(shape, colour)),
    annotations: notes.placed,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(plot).fontFamily, size: 12, color: colour("ink") },
    margin: { l: 8, r: 8, t: 12 + 30 * notes.rows, b: 8 },
    legend: { orientation: "h", x: 0, y: -0.24, yanchor: "top" },
    hoverlabel: { bgcolor: colour("hover"), bordercolor: colour("axis"), font: { color: colour("ink") } },
  };
}

function shapeIn(shape, colour) {
  if (shape.type === "rect") return { ...shape, fillcolor: colour("band"), opacity: 1 };
  const level = shape.y0 === shape.y1 && shape.yref === "y";
  return { ...shape, line: { ...shape.line, color: colour(level ? "axis" : "mark") } };
}

// Notes that hang from the upper edge would lie on the curve: they stand above it, in as many rows
// as keep neighbours apart; a line of their own colour leads down.
function notesOf(figure, plot, colour) {
  const narrow = plot.clientWidth < 420;
  const levels = figure.data.flatMap((trace) => numbers(trace.x)).filter(Number.isFinite);
  const perPixel = (Math.max(...levels) - Math.min(...levels)) / Math.max(plot.clientWidth - 70, 1);
  const rows = [];
  const notes = (figure.layout?.annotations ?? []).map((note) => ({ note, hangs: note.y === 1 && note.yanchor === "top" }));
  notes.sort((one, other) => one.note.x - other.note.x);
  const placed = notes.map(({ note, hangs }) => {
    const text = narrow ? note.text.replace(" (", "<br>(") : note.text;
    const plain = { ...note, text, align: "left", font: { ...note.font, size: 11, color: colour("ink") } };
    if (!hangs) return { ...plain, bgcolor: colour("hover"), opacity: 0.9 };
    let row = rows.findIndex((right) => note.x - right > NOTE_PX * perPixel);
    if (row < 0) row = rows.push(note.x) - 1;
    else rows[row] = note.x;
    return { ...plain, align: "center", xanchor: "center", yanchor: "bottom", yshift: row * 30 };
  });
  return { placed, rows: rows.length };
}

// The points of the chart as tables, one for each set of levels; long series are thinned evenly.
function tablesOf(figure) {
  const groups = new Map();
  for (const trace of figure.data) {
    const x = numbers(trace.x);
    if (trace.mode === "none" || x.length < 2) continue;
    const key = x.join();
    groups.set(key, { x, series: [...(groups.get(key)?.series ?? []), trace] });
  }
  const name = (axis, fallback) => figure.layout?.[axis]?.title?.text ?? fallback;
  return [...groups.values()].map(({ x, series }) => {
    const step = Math.max(1, (x.length - 1) / (MOST_ROWS - 1));
    const picked = Array.from({ length: Math.min(MOST_ROWS, x.length) }, (_, at) => Math.round(at * step));
    const columns = series.map((trace) => numbers(trace.y));
    return {
      title: name("yaxis", titleOf(figure)), head: [name("xaxis", ""), ...series.map((trace) => trace.name ?? "")],
      rows: picked.map((at) => [x, ...columns].map((column) => formatValue(column[at], "rounded"))),
    };
  });
}

// Plotly's Python side may send an array as base64 of its bytes.
const TYPES = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array };

function numbers(values) {
  if (!values?.bdata) return Array.from(values ?? []);
  const bytes = Uint8Array.from(atob(values.bdata), (character) => character.charCodeAt(0));
  return Array.from(new TYPES[values.dtype](bytes.buffer));
}
