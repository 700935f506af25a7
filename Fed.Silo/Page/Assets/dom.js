// Elements. Whatever comes from the network is set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value != null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter(child => child != null));
  return element;
}

export const find = id => document.getElementById(id);
export const make = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);
export const draw = (name, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, name), attributes, children);

// What did not change is left alone: neither the layout nor a screen reader hears of it.
export function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

// Text that is only there to be read out.
export const spoken = text => make("span", { class: "spoken" }, text);

export const code = sha256 => make("code", { title: sha256 }, sha256.slice(0, 12));

// A table whose first column heads its rows. columns: [{ name, number }]; rows: cells of text, numbers or elements.
export function table(caption, columns, rows) {
  const look = column => columns[column].number ? "number" : null;
  return make("table", {},
    make("caption", { class: "spoken" }, caption),
    make("thead", {}, make("tr", {},
      ...columns.map(({ name }, column) => make("th", { scope: "col", class: look(column) }, name)))),
    make("tbody", {}, ...rows.map(cells => make("tr", {}, ...cells.map((cell, column) => column === 0
      ? make("th", { scope: "row" }, cell)
      : make("td", { class: look(column) }, cell))))));
}

// Wide tables scroll by themselves, by keyboard too.
export const scrolling = (label, content) =>
  make("div", { class: "scroll", role: "group", "aria-label": label, tabindex: 0 }, content);
