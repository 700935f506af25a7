// The table of participants: sorts, filters, and shows so many rows that it stays quick with thousands.

import { find, make, setText } from "./dom.js";
import { STATES, stateOf } from "./tiers.js";
import { count, since, whole } from "./text.js";

const ROWS = 100;         // at first, and more with each press of the button
const QUIET = 700;        // ms without typing until the number of rows is read out

const time = at => at == null ? 0 : Date.parse(at);
const COLUMNS = [
  { name: "Participant", value: row => row.name },
  { name: "Cluster", value: row => row.cluster },
  { name: "State", value: row => STATES[row.state].text },
  { name: "Contributions", value: row => row.accepted, number: true },
  { name: "Last staleness", value: row => row.accepted ? row.lastStaleness : -1, number: true },
  { name: "Last contribution", value: row => time(row.lastContribution) },
  { name: "Last seen", value: row => time(row.lastSeen) },
];

const collator = new Intl.Collator("en", { numeric: true });
const compare = (a, b) => typeof a === "string" ? collator.compare(a, b) : a - b;

export class Participants {
  #rows = [];
  #shown = new Map();       // rows on the page, by name
  #sort = { column: 0, down: false };
  #most = ROWS;
  #announce = 0;

  constructor(element) {
    this.body = make("tbody");
    this.buttons = COLUMNS.map(({ name }, column) => {
      const button = make("button", { type: "button" }, name);
      button.addEventListener("click", () => this.#sortBy(column));
      return button;
    });
    this.heads = COLUMNS.map(({ number }, column) =>
      make("th", { scope: "col", class: number && "number" }, this.buttons[column]));
    element.append(make("thead", {}, make("tr", {}, ...this.heads)), this.body);
    this.name = find("filter-name");
    this.cluster = find("filter-cluster");
    this.state = find("filter-state");
    this.more = find("more");
    this.state.append(...Object.entries(STATES).map(([value, { text }]) => new Option(text, value)));
    for (const filter of [this.name, this.cluster, this.state]) filter.addEventListener("input", () => this.#filter());
    this.more.addEventListener("click", () => {
      this.#most += ROWS;
      this.#render();
    });
  }

  show(status) {
    const tiers = new Map(status.clusters.map(tier => [tier.key, tier]));
    this.#rows = status.participants.map(one => ({ ...one, state: stateOf(one, tiers.get(one.cluster)) }));
    const names = [...tiers.keys()];
    if (this.cluster.dataset.names !== names.join()) {
      const chosen = this.cluster.value;
      this.cluster.dataset.names = names.join();
      this.cluster.replaceChildren(new Option("all", ""), ...names.map(name => new Option(name, name)));
      this.cluster.value = tiers.has(chosen) ? chosen : "";
    }
    this.#render();
  }

  // All participants of a cluster.
  pick(cluster) {
    this.name.value = this.state.value = "";
    this.cluster.value = cluster;
    this.#filter();
    this.cluster.focus();
  }

  #sortBy(column) {
    this.#sort = { column, down: this.#sort.column === column && !this.#sort.down };
    this.#render();
  }

  #filter() {
    this.#most = ROWS;
    const found = this.#render();
    // Live changes are not read out; what somebody has asked for is.
    clearTimeout(this.#announce);
    this.#announce = setTimeout(() => setText(find("filtered"), `${count(found, "participant")} found`), QUIET);
  }

  #render() {
    const text = this.name.value.trim().toLowerCase();
    const { value } = COLUMNS[this.#sort.column];
    const sign = this.#sort.down ? -1 : 1;
    const found = this.#rows
      .filter(row => row.name.includes(text) && (!this.cluster.value || row.cluster === this.cluster.value)
        && (!this.state.value || row.state === this.state.value))
      .sort((a, b) => sign * compare(value(a), value(b)) || compare(a.name, b.name));
    this.heads.forEach((head, column) => column === this.#sort.column
      ? head.setAttribute("aria-sort", this.#sort.down ? "descending" : "ascending")
      : head.removeAttribute("aria-sort"));

    const kept = new Map(found.slice(0, this.#most).map(row => [row.name, this.#fill(row)]));
    for (const [name, { element }] of this.#shown) if (!kept.has(name)) element.remove();
    let place = this.body.firstChild;
    for (const { element } of kept.values()) {
      if (element === place) place = place.nextSibling;
      else this.body.insertBefore(element, place);
    }
    this.#shown = kept;
    this.more.hidden = found.length <= this.#most;
    setText(find("shown"), `${whole(kept.size)} of ${count(this.#rows.length, "participant")} shown`
      + (found.length > kept.size ? `, ${whole(found.length)} found` : ""));
    return found.length;
  }

  #fill(row) {
    const known = this.#shown.get(row.name) ?? this.#make(row.name);
    const [cluster, state, accepted, staleness, contribution, seen] = known.cells;
    setText(cluster, row.cluster);
    setText(state, `${STATES[row.state].mark} ${STATES[row.state].text}`);
    if (state.className !== row.state) state.className = row.state;
    setText(accepted, whole(row.accepted));
    setText(staleness, row.accepted ? whole(row.lastStaleness) : "–");
    since(contribution.firstChild, row.lastContribution, " ago");
    since(seen.firstChild, row.lastSeen, " ago");
    return known;
  }

  #make(name) {
    const cells = COLUMNS.slice(1).map(({ number }, index) =>
      make("td", { class: number && "number" }, index > 3 ? document.createElement("time") : null));
    return { cells, element: make("tr", {}, make("th", { scope: "row" }, name), ...cells) };
  }
}
