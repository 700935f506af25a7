// The versions of one federation as far as they are known here, kept up with few and small requests.

import { ask, path } from "./link.js";

const RECENT = 100;     // asked for when something has changed
const MOST = 1000;      // asked for at first, and when more has changed than those tell; kept

// Times have up to seven decimals, more than a Date: padded, their texts sort.
const exact = at => at.replace(/(?:\.(\d+))?(?:Z|\+00:00)$/, (_, part = "") => `.${part.padEnd(7, "0")}`);
// A version that waited for the global tier has its fold's number, and maybe its instant.
const order = (a, b) => a.exact < b.exact ? -1 : a.exact > b.exact ? 1 : (b.kind === "fold") - (a.kind === "fold");

export class Versions {
  #known = new Map();    // by the manifest's hash
  #fetching = false;
  #stale = false;
  #closed = new AbortController();

  constructor(federation, changed) {
    this.federation = federation;
    this.changed = changed;
    this.all = [];          // oldest first
    this.stable = null;     // number of the promoted global version
    this.move = null;       // the record of its promotion
  }

  close() { this.#closed.abort(); }

  get(sha256) { return this.#known.get(sha256); }

  // Whether the registry has told of the version that the status says a tier has.
  has({ key, version, modelSha256 }) {
    return this.all.some(one => one.tier === key && one.number === version && one.modelSha256 === modelSha256);
  }

  // One request at a time; what changed meanwhile is asked for after it.
  async refresh() {
    if (this.#fetching) {
      this.#stale = true;
      return;
    }
    this.#fetching = true;
    try {
      do {
        this.#stale = false;
        await this.#fetch();
      } while (this.#stale);
    } catch (error) {
      if (!this.#closed.signal.aborted) console.info("the stream will say when the server is back", error);
    } finally {
      this.#fetching = false;
    }
  }

  async #fetch() {
    let records = await this.#ask(`versions?limit=${this.#known.size === 0 ? MOST : RECENT}`);
    if (this.#known.size > 0 && this.#tellsTooLittle(records)) records = await this.#ask(`versions?limit=${MOST}`);
    const channels = await this.#ask("channels");
    const stable = channels.find(channel => channel.name === "stable");
    this.stable = stable?.version?.number ?? null;
    this.move = stable?.move ?? null;
    for (const record of records) {
      this.#known.set(record.manifestSha256, { ...record, exact: exact(record.committedAt) });
    }
    const sorted = [...this.#known.values()].sort(order);
    for (const old of sorted.splice(0, Math.max(0, sorted.length - MOST))) this.#known.delete(old.manifestSha256);
    this.all = sorted.filter(one => one.tier !== "stable" && one.tier !== "retention");
    this.changed();
  }

  // There is a gap to what is known, or something that changes what is said of older versions.
  #tellsTooLittle(records) {
    const fresh = records.filter(record => !this.#known.has(record.manifestSha256));
    return fresh.length === RECENT || fresh.some(one => one.kind === "rollback" || one.tier === "retention");
  }

  async #ask(what) {
    const answer = await ask(`${path(this.federation)}/${what}`, { signal: this.#closed.signal });
    return answer.json();
  }
}
