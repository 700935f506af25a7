// What is known of one version: its record at once, the rest from its signed manifest.

import { ask, path } from "./link.js";
import { code, make, scrolling, setText, table } from "./dom.js";
import { isStable, kindOf, nameOf } from "./lineage.js";
import { ago, clock, count, percent, whole } from "./text.js";

const LISTED = 50;            // contributions
const WEIGHT_ONE = 256;       // weights have eight fractional bits

export class Detail {
  #asked = "";              // the manifests that were asked for
  #manifest = null;
  #promotion = null;        // the manifest of its promotion
  #drawn = "";

  // picked(hash): somebody wants to see a parent.
  constructor(heading, body, picked) {
    Object.assign(this, { heading, body, picked });
  }

  // version: null: none is chosen.
  show(version, versions) {
    const move = version && isStable(version, versions.stable) ? versions.move : null;
    const wanted = version ? [version, move].map(one => one?.manifestSha256).join() : "";
    const signature = JSON.stringify([version, wanted]);
    if (signature === this.#drawn) return;
    this.#drawn = signature;
    if (wanted !== this.#asked) {
      this.#asked = wanted;
      this.#manifest = this.#promotion = null;
      if (version) this.#read(wanted, version, move, versions);
    }
    this.#render(version, versions);
  }

  async #read(wanted, version, move, versions) {
    try {
      const read = async ({ manifestSha256 }) => {
        const answer = await ask(`${path(versions.federation)}/manifests/${manifestSha256}`);
        // One line of JSON, one with the signature.
        return JSON.parse((await answer.text()).split("\n", 1)[0]);
      };
      const [manifest, promotion] = await Promise.all([read(version), move && read(move)]);
      if (wanted !== this.#asked) return;
      this.#manifest = manifest;
      this.#promotion = promotion;
      this.#render(versions.get(version.manifestSha256) ?? version, versions);
    } catch (error) {
      console.info("the manifest is not there", error);
      // Asked for again when the version is next shown.
      if (wanted === this.#asked) this.#asked = this.#drawn = "";
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
    const promotion = this.#promotion;
    const facts = [
      ["Kind", kindOf(version, versions.stable)],
      ["Ordered by", manifest?.by && order(manifest)],
      ["Committed", [clock(version.committedAt), " (", ago(version.committedAt, " ago"), ")"]],
      ["Promoted", promotion && `${clock(promotion.committedAt)}, by ${order(promotion)}`],
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
    const stops = () => [...this.body.querySelectorAll("a, button, [tabindex]")];
    const had = stops().indexOf(document.activeElement);
    this.body.replaceChildren(
      make("dl", { class: "facts" }, ...facts.filter(([, value]) => value != null)
        .map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, ...[value].flat())))),
      ...manifest?.contributions.length ? [contributions(manifest)] : []);
    stops()[had]?.focus();
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

const order = ({ by, reason }) => `${by}: ${reason}`;

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
