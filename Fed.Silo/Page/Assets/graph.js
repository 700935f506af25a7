// The versions as a graph: drawn, and walked by mouse and keyboard. A version that has the focus is the chosen one.

import { draw, make, setText } from "./dom.js";
import { isStable, kindOf, layOut, nameOf } from "./lineage.js";
import { percent } from "./text.js";

const MOST = 150;         // versions, the newest
const COLUMN = 46;
const LANE = 56;
const RADIUS = 13;
const EDGE = 24;          // around all
const SHAPES = {
  initial: ["rect", { x: -11, y: -11, width: 22, height: 22, rx: 1 }],
  fold: ["circle", { r: RADIUS }],
  adopt: ["path", { d: "M-15 0 -8 -12H8L15 0 8 12H-8Z" }],
  release: ["path", { d: "M0 -16 16 0 0 16 -16 0Z" }],
  rollback: ["path", { d: "M-17 0 9 -15V15Z" }],
};

const STAR = "M0 -24l2.2 4.6 5 .6-3.7 3.5 1 5-4.5-2.5-4.5 2.5 1-5-3.7-3.5 5-.6Z";

const shape = kind => draw(...SHAPES[kind] ?? SHAPES.fold);

// A small picture of each kind, for the legend.
export function legend() {
  const entries = [
    ["initial", "", "initial"], ["fold", "", "fold"], ["adopt", "", "adopted from global"],
    ["release", "", "released alone"], ["rollback", "", "rollback"], ["fold", "withdrawn", "withdrawn"],
    ["fold", "stable", "promoted (stable)"],
  ];
  return entries.map(([kind, mark, text]) => {
    const node = draw("g", { class: `node ${kind} ${mark}`, transform: "translate(20 22)" }, shape(kind));
    decorate(node, mark === "stable", mark === "withdrawn");
    return make("li", {}, draw("svg", { viewBox: "0 0 40 40", "aria-hidden": "true" }, node), text);
  });
}

function decorate(node, stable, withdrawn) {
  if (stable) node.append(draw("path", { class: "star", d: STAR }));
  // Under the number.
  if (withdrawn) node.insertBefore(draw("path", { class: "cross", d: "M-12 12 12 -12" }), node.querySelector("text"));
}

export class Graph {
  #nodes = new Map();      // by the manifest's hash: { element, lane, column, version }
  #picked = null;

  // picked(hash): somebody has chosen a version.
  constructor(element, picked) {
    this.picked = picked;
    this.lanes = make("div", { class: "lanes", "aria-hidden": "true" });
    this.edges = draw("g", { class: "edges", "aria-hidden": "true" });
    // Apart from the versions, whose names say it too.
    this.accuracies = draw("g", { class: "accuracies", "aria-hidden": "true" });
    this.svg = draw("svg", { role: "listbox", "aria-label": "Versions. Arrow keys walk along and between tiers." },
      this.edges, this.accuracies);
    this.scroller = make("div", { class: "scroll" }, this.svg);
    element.replaceChildren(this.lanes, this.scroller);
    this.svg.addEventListener("keydown", event => this.#key(event));
    this.svg.addEventListener("focusin", event => this.#pick(event.target.dataset.hash));
  }

  get chosen() { return this.#picked; }

  show(versions, lanes, stable) {
    const { nodes, edges, columns } = layOut(versions.slice(-MOST), lanes);
    const atEnd = this.scroller.scrollLeft + this.scroller.clientWidth >= this.scroller.scrollWidth - COLUMN;
    const [width, height] = [2 * EDGE + Math.max(0, columns - 1) * COLUMN, lanes.length * LANE];
    for (const [key, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height })) {
      this.svg.setAttribute(key, value);
    }
    if (this.lanes.dataset.names !== lanes.join()) {
      this.lanes.dataset.names = lanes.join();
      this.lanes.replaceChildren(...lanes.map(name => make("span", { title: name }, name)));
    }
    const gone = new Set(this.#nodes.keys());
    for (const node of nodes) {
      gone.delete(node.version.manifestSha256);
      this.#place(node, stable);
    }
    for (const hash of gone) {
      this.#nodes.get(hash).element.remove();
      this.#nodes.delete(hash);
    }
    this.edges.replaceChildren(...edges.map(({ from, to }) => edge(from, to, this.#picked)));
    this.accuracies.replaceChildren(...nodes.filter(node => node.version.evaluation).map(node => {
      const [x, y] = center(node);
      return draw("text", { x, y: y + 25 }, `${Math.round(100 * node.version.evaluation.accuracy)} %`);
    }));
    this.#rove();
    if (atEnd) this.scroller.scrollLeft = this.scroller.scrollWidth;
  }

  // By somebody else than the graph: does not move the focus.
  choose(hash) {
    this.#picked = hash;
    this.#rove();
    this.#nodes.get(hash)?.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #place({ version, lane, column }, stable) {
    const hash = version.manifestSha256;
    const known = this.#nodes.get(hash);
    const element = known?.element ?? this.#make(version);
    element.setAttribute("transform", `translate(${center({ lane, column }).join(" ")})`);
    this.#nodes.set(hash, { element, lane, column, version });
    const accuracy = version.evaluation ? percent(version.evaluation.accuracy, version.evaluation.examples) : null;
    const label = `${nameOf(version)}: ${kindOf(version, stable)}, `
      + (accuracy ? `accuracy ${accuracy}` : "not evaluated");
    if (element.getAttribute("aria-label") === label) return;
    element.setAttribute("aria-label", label);
    element.setAttribute("class", `node ${version.kind}${version.withdrawn ? " withdrawn" : ""}`
      + (isStable(version, stable) ? " stable" : ""));
    element.querySelectorAll(".star, .cross").forEach(mark => mark.remove());
    decorate(element, isStable(version, stable), version.withdrawn);
    setText(element.querySelector("title"), label);
  }

  #make(version) {
    const element = draw("g", { role: "option", tabindex: -1, "data-hash": version.manifestSha256 },
      draw("title"), draw("rect", { class: "halo", x: -20, y: -26, width: 40, height: 54, rx: 6 }), shape(version.kind),
      draw("text", { y: 4 }, String(version.number)));
    element.addEventListener("click", () => element.focus());
    this.svg.append(element);
    return element;
  }

  #pick(hash) {
    if (!hash || hash === this.#picked) return;
    this.#picked = hash;
    this.#rove();
    this.picked(hash);
  }

  // One version can be reached by the tab key: the chosen one, else the newest.
  #rove() {
    const all = [...this.#nodes.values()];
    const chosen = this.#nodes.get(this.#picked)
      ?? all.reduce((newest, node) => newest && newest.column > node.column ? newest : node, null);
    for (const { element, version } of all) {
      element.setAttribute("tabindex", element === chosen?.element ? 0 : -1);
      element.setAttribute("aria-selected", version.manifestSha256 === this.#picked);
    }
    for (const line of this.edges.children) line.classList.toggle("near", isNear(line.dataset, this.#picked));
  }

  #key(event) {
    const here = this.#nodes.get(event.target.dataset?.hash);
    const next = here && this.#toward(here, event.key);
    if (!next) return;
    event.preventDefault();
    next.element.focus();
  }

  #toward(here, key) {
    const inLane = lane => [...this.#nodes.values()].filter(node => node.lane === lane)
      .sort((a, b) => a.column - b.column);
    const lane = inLane(here.lane);
    const at = lane.findIndex(node => node.element === here.element);
    const beside = step => {
      for (let row = here.lane + step; row >= 0 && row < this.lanes.children.length; row += step) {
        const others = inLane(row);
        if (others.length) {
          return others.reduce((best, node) =>
            Math.abs(node.column - here.column) < Math.abs(best.column - here.column) ? node : best);
        }
      }
      return null;
    };
    switch (key) {
      case "ArrowLeft": return lane[at - 1];
      case "ArrowRight": return lane[at + 1];
      case "Home": return lane[0];
      case "End": return lane.at(-1);
      case "ArrowUp": return beside(-1);
      case "ArrowDown": return beside(1);
      default: return null;
    }
  }
}

const isNear = ({ from, to }, hash) => hash != null && (from === hash || to === hash);

const center = ({ lane, column }) => [EDGE + column * COLUMN, (lane + .5) * LANE - 2];

function edge(from, to, picked) {
  const [[x1, y1], [x2, y2]] = [center(from), center(to)];
  const middle = (x1 + x2) / 2;
  const line = draw("path", {
    d: y1 === y2 ? `M${x1} ${y1}H${x2}` : `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`,
    class: from.lane === to.lane ? "own" : "other",
    "data-from": from.version.manifestSha256,
    "data-to": to.version.manifestSha256,
  });
  line.classList.toggle("near", isNear(line.dataset, picked));
  return line;
}
