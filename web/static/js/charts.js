// Plotly charts, in the colours of the page. The library is fetched with the first chart.

import { el } from "./dom.js";
import { grid } from "./cards.js";
import { formatValue } from "./format.js";

const LIBRARY = "/static/vendor/plotly-basic-4.1.1.min.js";
const MOST_ROWS = 25;
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

// Draws the chart of each calculation below `root`, and puts its table beside it.
export function drawCharts(root, calculations) {
  for (const item of calculations) {
    const place = root.querySelector(`[data-chart="${item.n}"]`);
    if (!place || !item.chart) continue;
    place.append(tableOf(item.chart));
    draw(place, item.chart);
  }
}

async function draw(place, figure) {
  const plot = place.querySelector(".chart__plot");
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", `${titleOf(figure)}. The table below has the same numbers.`);
  try {
    const library = await plotly();
    const show = () => library.react(plot, traces(figure, plot), layout(figure, plot), { displayModeBar: false, responsive: true });
    await show();
    place.classList.add("chart--drawn");
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.isConnected && show());
  } catch (error) {
    plot.replaceChildren(el("p", { class: "chart__missing" }, `${error.message} The table below has the numbers.`));
  }
}

function titleOf({ layout }) {
  return layout?.title?.text ?? (typeof layout?.title === "string" ? layout.title : "Chart");
}

function colours(plot) {
  const style = getComputedStyle(plot);
  return (name) => style.getPropertyValue(`--chart-${name}`).trim();
}

function traces(figure, plot) {
  const colour = colours(plot);
  return figure.data.map((trace, at) => {
    const own = colour(at === 0 ? "line" : "other");
    return { ...trace, line: { ...trace.line, color: own, width: 2 }, marker: { ...trace.marker, color: own },
      fillcolor: trace.fill ? colour("fill") : undefined };
  });
}

function layout(figure, plot) {
  const colour = colours(plot);
  const given = structuredClone(figure.layout ?? {});
  const axis = { color: colour("ink"), gridcolor: colour("grid"), linecolor: colour("axis"), zerolinecolor: colour("axis"), fixedrange: true, automargin: true };
  const axes = Object.fromEntries(Object.keys({ xaxis: 0, yaxis: 0, ...given }).filter((key) => /^[xy]axis\d*$/.test(key))
    .map((key) => [key, { ...given[key], ...axis }]));
  const lines = (given.shapes ?? []).map((shape) => ({ ...shape, line: { ...shape.line, color: colour("mark") } }));
  const notes = (given.annotations ?? []).map((note) => ({ ...note, font: { ...note.font, color: colour("ink") }, bgcolor: "rgba(0,0,0,0)" }));
  return {
    ...given, ...axes, shapes: lines, annotations: notes, template: {}, title: undefined, width: undefined, height: undefined,
    autosize: true, dragmode: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(plot).fontFamily, size: 12, color: colour("ink") },
    margin: { l: 8, r: 8, t: 16, b: 8 },
    legend: { orientation: "h", y: 1.12, x: 0 },
    hoverlabel: { bgcolor: colour("hover"), bordercolor: colour("axis"), font: { color: colour("ink") } },
  };
}

// The points of the chart as a table; a long series is thinned evenly, its ends kept.
function tableOf(figure) {
  const tables = figure.data.filter((trace) => numbers(trace.x).length > 1).map((trace) => {
    const x = numbers(trace.x);
    const y = numbers(trace.y);
    const step = Math.max(1, (x.length - 1) / (MOST_ROWS - 1));
    const picked = [...new Set(Array.from({ length: Math.min(MOST_ROWS, x.length) }, (_, at) => Math.round(at * step)))];
    const name = (axis, fallback) => figure.layout?.[axis]?.title?.text ?? fallback;
    return { title: trace.name ?? titleOf(figure), head: [name("xaxis", "Index level"), name("yaxis", "Profit")],
      rows: picked.map((at) => [formatValue(x[at], "level"), formatValue(y[at], "level")]) };
  });
  return el("details", { class: "chart__table" }, el("summary", {}, "Show the chart as a table"), tables.map(grid));
}

// Plotly's Python side may send an array as base64 of its bytes.
const TYPES = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array };

function numbers(values) {
  if (!values?.bdata) return Array.from(values ?? []);
  const bytes = Uint8Array.from(atob(values.bdata), (character) => character.charCodeAt(0));
  return Array.from(new TYPES[values.dtype](bytes.buffer));
}
