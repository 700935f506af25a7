// What is known of one version: its record at once, the rest from its signed manifest.

import { ask, path } from "./link.js";
import { code, make, scrolling, setText, table } from "./dom.js";
import { isStable, kindOf, nameOf } from "./lineage.js";
import { ago, clock, count, percent, whole } from "./text.js";

const LISTED = 50;            // contributions
const WEIGHT_ONE = 256;       // weights have eight fractional bits

export class Detail {
  #manifest = null;
  #asked = null;
  #drawn = "";

  // picked(hash): somebody wants to see a parent.
  constructor(heading, body, picked) {
    Object.assign(this, { heading, body, picked });
  }

  // version: null: none is chosen.
  show(version, versions) {
    const signature = JSON.stringify([version, versions.stable, version && this.#asked === version.manifestSha256]);
    if (signature === this.#drawn) return;
    this.#drawn = signature;
    if (version && version.manifestSha256 !== this.#asked) this.#read(version, versions);
    this.#render(version, versions);
  }

  async #read(version, versions) {
    const hash = this.#asked = version.manifestSha256;
    this.#manifest = null;
    try {
      const answer = await ask(`${path(versions.federation)}/manifests/${hash}`);
      const manifest = JSON.parse((await answer.text()).split("\n", 1)[0]);
      if (hash !== this.#asked) return;
      this.#manifest = manifest;
      this.#render(versions.get(hash) ?? version, versions);
    } catch (error) {
      console.info("the manifest is not there", error);
      // The next time it is chosen, it is asked for again.
      if (hash === this.#asked) this.#asked = null;
    }
  }

  #render(version, versions) {
    setText(this.heading, version ? nameOf(version) : "No version is chosen");
    if (!version) {
      this.body.replaceChildren(make("p", { class: "note" }, "Choose one in the graph or in the table."));
      return;
    }
    const { evaluation } = version;
    const manifest = this.#manifest;
    const ordered = manifest?.by ? `${manifest.by}: ${manifest.reason ?? ""}` : null;
    const promotion = isStable(version, versions.stable) ? versions.moves[0] : null;
    const facts = [
      ["Kind", kindOf(version, versions.stable)],
      ["Ordered by", ordered],
      ["Committed", [clock(version.committedAt), " (", ago(version.committedAt, " ago"), ")"]],
      ["Promoted", promotion && clock(promotion.committedAt)],
      ["Accuracy", evaluation
        ? `${percent(evaluation.accuracy, evaluation.examples)}, ${count(evaluation.reports, "report")}`
        : "not evaluated yet"],
      ["Loss", evaluation?.loss?.toFixed(3)],
      ["Contributions", whole(version.contributions)],
      ["Descends from", version.tier === "global" ? null : `global version ${version.globalVersion}`],
      ["Withdraws", manifest?.withdrawn && `global versions ${manifest.withdrawn.first} to ${manifest.withdrawn.last}`],
      ["Quarantined", manifest && manifest.quarantined.length + manifest.quarantinedAggregates.length || null],
      ["Rule", manifest?.rule],
      ["Model", make("code", {}, version.modelSha256)],
      ["Manifest", make("a", { href: `${path(versions.federation)}/manifests/${version.manifestSha256}` },
        make("code", {}, version.manifestSha256))],
      ["Parents", version.parents.length ? this.#parents(version, versions) : "none"],
    ];
    this.body.replaceChildren(
      make("dl", { class: "facts" }, ...facts.filter(([, value]) => value != null)
        .map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, ...[value].flat())))),
      ...manifest?.contributions.length ? [contributions(manifest)] : []);
  }

  #parents(version, versions) {
    return make("ul", { class: "plain" }, ...version.parents.map(hash => {
      const parent = versions.get(hash);
      if (!parent) return make("li", {}, code(hash));
      const button = make("button", { type: "button", class: "link" }, nameOf(parent));
      button.addEventListener("click", () => this.picked(hash));
      return make("li", {}, button, ` (${parent.kind}) `, code(hash));
    }));
  }
}

function contributions({ contributions }) {
  const rows = contributions.slice(0, LISTED).map(one => [
    one.participant, whole(one.examples), one.staleness, (one.weight / WEIGHT_ONE).toFixed(1),
  ]);
  const more = contributions.length - rows.length;
  const columns = [
    { name: "Contribution of" }, { name: "Examples", number: true }, { name: "Staleness", number: true },
    { name: "Weight", number: true },
  ];
  return make("div", {}, scrolling("Contributions", table("Contributions of this version", columns, rows)),
    more > 0 ? make("p", { class: "note" }, `and ${whole(more)} more, in the manifest`) : null);
}
