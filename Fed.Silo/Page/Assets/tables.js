// Numbers and rows. Text is always set as text, never as markup.

export const percent = (value, samples) => value == null ? "–"
  : `${(100 * value).toFixed(1)} %${samples == null ? "" : ` of ${samples}`}`;
export const whole = value => value.toLocaleString("en");
export const clock = text => text == null ? "–" : new Date(text).toLocaleTimeString([], { hour12: false });

export function megabytes(bytes) {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function setText(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}

// Replaces the rows of a table. A cell is a text, a number or an element; the first is the row's header.
export function fill(tableId, rows) {
  const body = document.querySelector(`#${tableId} tbody`);
  body.replaceChildren(...rows.map(cells => {
    const row = document.createElement("tr");
    cells.forEach((cell, column) => {
      const element = document.createElement(column === 0 ? "th" : "td");
      if (column === 0) element.scope = "row";
      const head = document.querySelector(`#${tableId} thead tr`).children[column];
      element.className = head.className;
      element.append(cell instanceof Node ? cell : String(cell));
      row.append(element);
    });
    return row;
  }));
}

export function buffer(buffered, goal, cluster) {
  const cell = document.createElement("span");
  const bar = document.createElement("progress");
  bar.max = Math.max(goal, 1);
  bar.value = Math.min(buffered, bar.max);
  bar.setAttribute("aria-label", `Buffer of ${cluster}`);
  cell.append(bar, `${buffered} of ${goal}`);
  return cell;
}

// Who is missing in a buffer, the first three by name, and since when the oldest contribution waits for them.
export function waiting({ names, count, oldestAt }) {
  if (count === 0) return "–";
  const more = count > 3 ? ` and ${count - 3} more` : "";
  const cell = document.createElement("span");
  cell.textContent = names.slice(0, 3).join(", ") + more + (oldestAt == null ? "" : `, since ${clock(oldestAt)}`);
  cell.title = names.join(", ");
  return cell;
}

export function hash(sha256) {
  const code = document.createElement("code");
  code.textContent = sha256.slice(0, 12);
  code.title = sha256;
  return code;
}
