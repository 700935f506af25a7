// A small chart over time: one series per tier, told apart by colour and by dash. The status page and the demo's report
// draw with it.

const NS = "http://www.w3.org/2000/svg";
const DASHES = ["", "7 3", "2 3", "10 3 2 3", "5 5", "1 4"];
const COLOURS = 6;
const BOX = { height: 300, left: 52, right: 12, top: 12, bottom: 28 };
const NARROWEST = 220;
const WIDE = 560;         // room for more instants
const BESIDE = 3;

// What a chart's values are: their name, their spelling, and the scale that they need.
const ACCURACY = {
  name: "Accuracy over time",
  empty: "No version has been evaluated yet.",
  text: value => `${(100 * value).toFixed(1)} %`,
  tick: value => `${Math.round(100 * value)} %`,
  scale(values) {
    const low = Math.max(0, Math.floor(10 * Math.min(...values)) / 10);
    const high = Math.min(1, Math.max(low + 0.1, Math.ceil(10 * Math.max(...values)) / 10));
    return { low, high, step: (high - low) / 5 > 0.1 ? 0.2 : (high - low) > 0.25 ? 0.1 : 0.05 };
  },
};

export const STALENESS = {
  name: "Staleness over time",
  empty: "No update was accepted.",
  text: value => `${Math.round(100 * value) / 100} versions behind`,
  tick: value => `${value}`,
  scale(values) {
    const step = Math.max(1, Math.ceil(Math.max(...values) / 5));
    return { low: 0, high: Math.max(1, step * Math.ceil(Math.max(...values) / step)), step };
  },
};

export const BUFFER = {
  name: "Buffers over time",
  empty: "No buffer has been seen yet.",
  text: value => `${Math.round(100 * value)} % full`,
  tick: value => `${Math.round(100 * value)} %`,
  scale(values) {
    const high = Math.max(1, Math.ceil(4 * Math.max(...values)) / 4);
    return { low: 0, high, step: high > 2 ? Math.ceil(high / 4) : 0.25 };
  },
};

function make(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function look(index) {
  const dash = DASHES[(index + Math.floor(index / COLOURS)) % DASHES.length];
  return { class: `series s${index % COLOURS}`, "stroke-dasharray": dash };
}

function seconds(value) {
  return value < 120 ? `${Math.round(value)} s` : `${(value / 60).toFixed(value < 600 ? 1 : 0)} min`;
}

// series: [{ name, marks, points: [{ x: seconds, y, version }] }], each sorted by x. marks: "dots" without a line,
// "line" without dots, or both where it is absent; a point need not have a version. axis spells x.
export function drawChart(figure, series, kind = ACCURACY, axis = seconds) {
  const drawn = series.filter(one => one.points.length > 0);
  if (drawn.length === 0) {
    const wait = document.createElement("p");
    wait.className = "note";
    wait.textContent = kind.empty;
    figure.replaceChildren(wait);
    return;
  }

  // As many units as there are pixels: text keeps its size on a phone.
  const width = Math.max(NARROWEST, figure.clientWidth);
  const points = drawn.flatMap(one => one.points);
  const far = Math.max(1, ...points.map(point => point.x));
  const { low, high, step } = kind.scale(points.map(point => point.y));
  const x = value => BOX.left + (width - BOX.left - BOX.right) * value / far;
  const y = value => BOX.height - BOX.bottom - (BOX.height - BOX.top - BOX.bottom) * (value - low) / (high - low);
  const newest = one => one.marks === "dots" ? one.name : `${one.name} ${kind.text(one.points.at(-1).y)}`;

  const svg = make("svg", {
    viewBox: `0 0 ${width} ${BOX.height}`,
    role: "img",
    "aria-label": `${kind.name}. Newest: ${drawn.map(newest).join(", ")}`,
  });
  for (let level = low; level <= high + 1e-9; level += step) {
    svg.append(
      make("line", { class: "grid", x1: BOX.left, x2: width - BOX.right, y1: y(level), y2: y(level) }),
      make("text", { x: BOX.left - 6, y: y(level) + 4, "text-anchor": "end" }, kind.tick(level)));
  }
  let told = "";
  for (const part of width < WIDE ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]) {
    const instant = axis(part * far);
    if (instant === told) continue;
    told = instant;
    svg.append(make("text", {
      x: x(part * far), y: BOX.height - 8, "text-anchor": part === 0 ? "start" : part === 1 ? "end" : "middle",
    }, instant));
  }
  const legend = document.createElement("figcaption");
  drawn.forEach((one, index) => {
    // Whole numbers coincide: each series of dots stands a little beside its value.
    const beside = one.marks === "dots" ? (index - (drawn.length - 1) / 2) * BESIDE : 0;
    if (one.marks !== "dots") {
      const line = one.points.map(point => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(" ");
      svg.append(make("polyline", { ...look(index), points: line }));
    }
    for (const point of one.marks === "line" ? [] : one.points) {
      const dot = make("circle", { class: `s${index % COLOURS}`, cx: x(point.x), cy: y(point.y) + beside, r: 2.5 });
      const which = point.version === undefined ? "" : ` version ${point.version}`;
      dot.append(make("title", {}, `${one.name}${which}: ${kind.text(point.y)}`));
      svg.append(dot);
    }
    const key = document.createElement("span");
    const sample = make("svg", { viewBox: "0 0 32 12", "aria-hidden": "true" });
    sample.append(one.marks === "dots"
      ? make("circle", { class: `s${index % COLOURS}`, cx: 16, cy: 6, r: 4 })
      : make("line", { ...look(index), x1: 0, x2: 32, y1: 6, y2: 6 }));
    key.append(sample, newest(one));
    legend.append(key);
  });
  figure.replaceChildren(svg, legend);
}
