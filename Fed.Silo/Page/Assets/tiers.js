// The tier tree: the global aggregator, the clusters under it, and who is in them.

import { make, spoken } from "./dom.js";
import { ago, percent, whole } from "./text.js";

const NAMED = 12;         // participants shown beneath a cluster
const WAITED = 3;         // those waited for that are named

export const STATES = {
  buffered: { text: "in the buffer", mark: "●" },
  waited: { text: "waited for", mark: "○" },
  idle: { text: "not waited for", mark: "·" },
  absent: { text: "not seen", mark: "–" },
  suspended: { text: "suspended", mark: "×" },
};

// What a participant is to the open buffer of its cluster.
export function stateOf(participant, tier) {
  if (participant.suspended) return "suspended";
  if (participant.buffered) return "buffered";
  if (participant.lastSeen == null) return "absent";
  return tier && tier.waiting.count > 0 ? "waited" : "idle";
}

export class Tiers {
  #signatures = new Map();
  #cards = new Map();

  // picked(cluster): somebody wants to see all participants of it.
  constructor(element, picked) {
    this.element = element;
    this.picked = picked;
    this.root = make("li");
    this.clusters = make("ul", { class: "clusters" });
  }

  show(status) {
    const members = Map.groupBy(status.participants, one => one.cluster);
    const finished = status.state === "finished";
    const cards = status.clusters.map(tier => this.#card(tier, members.get(tier.key) ?? [], finished));
    const global = this.#card(status.global, null, finished);
    if (this.root.firstChild !== global) this.root.replaceChildren(global, this.clusters);
    if (this.element.firstChild !== this.root) this.element.replaceChildren(this.root);
    if (cards.length !== this.clusters.children.length
      || cards.some((card, index) => card !== this.clusters.children[index])) {
      this.clusters.replaceChildren(...cards);
    }
  }

  // A card is made once, and its content again when something in it has changed.
  #card(tier, members, finished) {
    let card = this.#cards.get(tier.key);
    if (!card) this.#cards.set(tier.key, card = make(members ? "li" : "div", { class: members ? "tier" : "tier top" }));
    const states = members?.map(one => [one.name, stateOf(one, tier)]);
    const signature = JSON.stringify([tier, states?.slice(0, NAMED), states?.length, finished]);
    if (signature !== this.#signatures.get(tier.key)) {
      this.#signatures.set(tier.key, signature);
      const again = card.contains(document.activeElement);
      card.replaceChildren(
        make("div", { class: "head" },
          make("h3", {}, tier.key, spoken(members ? ", cluster" : ", global aggregator")),
          tier.accuracy == null ? null : make("p", {}, spoken("accuracy "), percent(tier.accuracy))),
        make("p", {}, `version ${whole(tier.version)}`, ...age(tier)),
        bar(tier), make("p", { class: "waits" }, ...waits(tier, finished)),
        ...states?.length ? [this.#members(tier.key, states)] : []);
      if (again) card.querySelector("button")?.focus();
    }
    return card;
  }

  #members(cluster, states) {
    const list = make("ul", { class: "members", "aria-label": `Participants of ${cluster}` },
      ...states.slice(0, NAMED).map(([name, state]) => make("li", { class: state, title: STATES[state].text },
        make("span", { class: "mark", "aria-hidden": "true" }, STATES[state].mark), name,
        spoken(`, ${STATES[state].text}`))));
    if (states.length > NAMED) {
      const more = make("button", { type: "button", class: "link" },
        `and ${whole(states.length - NAMED)} more`, spoken(` participants of ${cluster}`));
      more.addEventListener("click", () => this.picked(cluster));
      list.append(make("li", {}, more));
    }
    return list;
  }
}

const age = tier => tier.committedAt ? [", ", ago(tier.committedAt, " old")] : [];

function bar(tier) {
  const inner = make("span");
  const full = Math.min(1, tier.buffered / Math.max(1, tier.goal));
  inner.style.width = `${100 * full}%`;
  return make("div", { class: "buffer" },
    make("div", {
      class: full < 1 ? "bar" : "bar full", role: "meter", "aria-label": `Buffer of ${tier.key}`, "aria-valuemin": 0,
      "aria-valuemax": Math.max(1, tier.goal), "aria-valuenow": Math.min(tier.buffered, Math.max(1, tier.goal)),
      "aria-valuetext": `${tier.buffered} of ${tier.goal}`,
    }, inner),
    `${whole(tier.buffered)} of ${whole(tier.goal)}`);
}

function waits({ waiting, heldSince }, finished) {
  if (finished) return ["finished"];
  if (heldSince) return ["waits ", ago(heldSince), " for the global version"];
  if (waiting.count === 0) return ["waits for nobody"];
  const named = waiting.names.slice(0, WAITED).join(", ");
  const more = waiting.count > WAITED ? ` and ${whole(waiting.count - WAITED)} more` : "";
  return [...waiting.oldestAt ? ["waits ", ago(waiting.oldestAt)] : ["waits"], ` for ${named}${more}`];
}
