// The federations, and the chosen one in figures.

import { find, make, setText } from "./dom.js";
import { capital, megabytes, percent, whole } from "./text.js";

export function showFederations(list, federations, chosen) {
  const signature = JSON.stringify([federations, chosen]);
  if (list.dataset.signature === signature) return;
  list.dataset.signature = signature;
  const focused = document.activeElement?.closest?.("#federations a")?.getAttribute("href");
  list.replaceChildren(...federations.map(one => make("li", { "data-state": one.state },
    make("a", { href: `#/${encodeURIComponent(one.name)}`, "aria-current": one.name === chosen ? "page" : null },
      make("strong", {}, one.name),
      make("span", {}, `${capital(one.state)}, version ${whole(one.version)}${target(one.targetVersions)}`)))));
  if (focused) [...list.querySelectorAll("a")].find(link => link.getAttribute("href") === focused)?.focus();
}

const target = versions => versions ? ` of ${whole(versions)}` : "";

export function showSummary(status) {
  const tiers = status.clusters;
  const sum = pick => tiers.reduce((total, tier) => total + pick(tier), 0);
  const accepted = sum(tier => tier.accepted);
  const staleness = accepted ? sum(tier => tier.accepted * tier.stalenessMean) / accepted : 0;
  const seenOnce = status.participants.filter(one => one.lastSeen != null).length;
  const known = tiers.filter(tier => tier.accuracy != null);
  const mean = known.length ? known.reduce((total, tier) => total + tier.accuracy, 0) / known.length : null;
  const figures = {
    state: `${capital(status.state)} (${status.mode})`,
    version: `${whole(status.global.version)}${target(status.targetVersions)}`,
    mean: percent(mean),
    accepted: `${whole(accepted)} (${megabytes(sum(tier => tier.bytesAccepted))})`,
    behind: `${staleness.toFixed(2)}, max ${Math.max(0, ...tiers.map(tier => tier.stalenessMax))}`,
    present: `${whole(seenOnce)} of ${whole(status.participants.length)}`,
  };
  for (const [id, text] of Object.entries(figures)) setText(find(id), text);
}

// The cells are kept: a reader may be in the middle of them.
export function showNumbers(body, status) {
  const rows = [status.global, ...status.clusters].map(tier => [
    tier.key, whole(tier.version), percent(tier.accuracy, tier.evaluation?.examples),
    tier.evaluation?.loss?.toFixed(2) ?? "–", percent(tier.evaluation?.clippedShare), whole(tier.accepted),
    tier.key === "global" ? "–" : megabytes(tier.bytesAccepted), tier.stalenessMean.toFixed(2),
    whole(tier.stalenessMax),
  ]);
  if (body.children.length !== rows.length) {
    body.replaceChildren(...rows.map(cells => make("tr", {}, ...cells.map((_, column) =>
      column === 0 ? make("th", { scope: "row" }) : make("td", { class: "number" })))));
  }
  rows.forEach((cells, row) => cells.forEach((text, column) => setText(body.children[row].children[column], text)));
}
