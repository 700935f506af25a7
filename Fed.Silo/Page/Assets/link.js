// The connection to the server: a stream of events for one federation. One that is lost, or falls silent, is opened
// again and again until the server is back.

import { clock, learnClock } from "./text.js";

const AGAIN = 2000;       // ms before a lost connection is tried again
const SILENCE = 16000;    // ms without status or beat: the server is away
export const LISTED = 1000;    // federations at most

export const path = (...parts) => ["/v1/federations", ...parts.map(encodeURIComponent)].join("/");

export async function ask(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  return answer;
}

export class Link {
  #stream = null;
  #silence = 0;
  #again = 0;
  #heard = Date.now();
  #away = false;

  // handlers: choose(federations) says which to watch, null: none; status(document, name); state(state, text).
  constructor(handlers) {
    this.handlers = handlers;
  }

  // Lists the federations and watches the chosen one; also the way back once the server was away.
  async start() {
    this.#close();
    try {
      const federations = await this.list();
      const name = this.handlers.choose(federations);
      if (name == null) this.#wait(federations);
      else this.#watch(name);
    } catch (error) {
      console.info("the server does not answer", error);
      this.#lose();
    }
  }

  async list() {
    const answer = await ask(`/v1/overview?limit=${LISTED}`, { signal: AbortSignal.timeout(SILENCE) });
    learnClock(answer);
    return answer.json();
  }

  get isAway() { return this.#away; }

  #wait(federations) {
    this.#hear();
    clearTimeout(this.#silence);
    this.handlers.state("live", federations.length ? "Connected" : "Waiting for a federation");
    this.#again = setTimeout(() => this.start(), AGAIN);
  }

  #watch(name) {
    this.#close();
    const mine = this.#stream = new EventSource(`${path(name)}/status/events`);
    mine.onopen = () => this.#hear();
    mine.onerror = () => mine === this.#stream && this.#lose();
    mine.addEventListener("beat", () => this.#hear());
    mine.addEventListener("status", event => {
      this.#hear();
      const status = JSON.parse(event.data);
      this.handlers.status(status, name);
      this.handlers.state("live", status.state === "finished" ? "Finished" : "Live");
    });
    // One that neither opens nor fails is away as well.
    this.#listen();
  }

  #hear() {
    this.#heard = Date.now();
    this.#away = false;
    this.#listen();
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(), SILENCE);
  }

  #lose() {
    this.#close();
    this.#away = true;
    this.handlers.state("away", `No answer from the server since ${clock(this.#heard)}; trying again`);
    this.#again = setTimeout(() => this.start(), AGAIN);
  }

  #close() {
    this.#stream?.close();
    this.#stream = null;
    clearTimeout(this.#silence);
    clearTimeout(this.#again);
  }
}
