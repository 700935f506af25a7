// Runs the script of a report in a document that knows just enough of the DOM, and prints what it has drawn, as JSON:
// per figure the names of the elements, with how often each occurs.

import { readFileSync } from "node:fs";

const html = readFileSync(process.argv[2], "utf8");
const script = html.match(/<script type="module">([\s\S]*?)<\/script>/)[1];
const data = html.match(/<script type="application\/json" id="data">([\s\S]*?)<\/script>/)[1];

class Element {
  constructor(name) {
    this.name = name;
    this.children = [];
    this.attributes = {};
    this.clientWidth = 420;
    this.open = true;
  }
  setAttribute(key, value) {
    if (String(value).includes("NaN")) throw new Error(`${this.name}.${key} is ${value}`);
    this.attributes[key] = value;
  }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  count(counts = {}) {
    for (const child of this.children.filter(one => one instanceof Element)) {
      counts[child.name] = (counts[child.name] ?? 0) + 1;
      child.count(counts);
    }
    return counts;
  }
}

const figures = {};
globalThis.ResizeObserver = class {
  constructor(changed) { this.changed = changed; }
  observe() { this.changed(); }
};
globalThis.document = {
  createElement: name => new Element(name),
  createElementNS: (_, name) => new Element(name),
  getElementById(id) {
    if (id === "data") return { textContent: data };
    if (!html.includes(`<figure class="chart" id="${id}">`)) throw new Error(`there is no figure ${id}`);
    figures[id] ??= Object.assign(new Element("figure"), { nextElementSibling: new Element("details") });
    return figures[id];
  },
};

await import(`data:text/javascript,${encodeURIComponent(script)}`);
console.log(JSON.stringify(Object.fromEntries(
  Object.entries(figures).map(([id, figure]) => [id, figure.count()]))));
