// What the status tells only now, remembered while the page is open: staleness of contributions, and buffers.

const MOST = 200;         // points of one tier

export class History {
  #accepted = new Map();    // by participant
  #staleness = new Map();   // by cluster
  #buffers = new Map();     // by tier

  add(status, now) {
    for (const one of status.participants) {
      if (one.lastContribution != null && one.accepted !== this.#accepted.get(one.name)) {
        this.#accepted.set(one.name, one.accepted);
        push(this.#staleness, one.cluster, { at: Date.parse(one.lastContribution), y: one.lastStaleness });
      }
    }
    for (const tier of [...status.clusters, status.global]) {
      const y = tier.buffered / Math.max(1, tier.goal);
      const last = this.#buffers.get(tier.key)?.at(-1);
      // A buffer keeps its fill until it changes: a step.
      if (last && last.y !== y) push(this.#buffers, tier.key, { at: now, y: last.y });
      if (last?.y !== y) push(this.#buffers, tier.key, { at: now, y });
    }
  }

  staleness(tier) { return (this.#staleness.get(tier) ?? []).toSorted((a, b) => a.at - b.at); }

  // Up to now, for the last fill still lasts.
  buffer(tier, now) {
    const points = this.#buffers.get(tier) ?? [];
    return points.length ? [...points, { at: now, y: points.at(-1).y }] : [];
  }
}

function push(series, key, point) {
  const points = series.get(key) ?? [];
  points.push(point);
  if (points.length > MOST) points.shift();
  series.set(key, points);
}
