// The status page: which federation it shows, and what of it goes where.

import { Charts } from "./charts.js";
import { Detail } from "./detail.js";
import { find, make, scrolling, setText, table } from "./dom.js";
import { Graph, legend } from "./graph.js";
import { History } from "./history.js";
import { kindOf } from "./lineage.js";
import { LISTED, Link, path } from "./link.js";
import { Participants } from "./participants.js";
import { showFederations, showNumbers, showSummary } from "./summary.js";
import { clock, now, percent, tick, whole } from "./text.js";
import { STATES, Tiers } from "./tiers.js";
import { Versions } from "./versions.js";

const LIST = 10000;       // ms between two looks at what no event tells: other federations, promotions
const SOON = 1000;        // ms until the registry is asked again for a version that it has not heard of
const ROWS = 100;         // of the table of versions
const SECOND = 1000;

const connection = find("connection");
const tiers = new Tiers(find("tiers"), cluster => participants.pick(cluster));
const participants = new Participants(find("participants"));
const charts = new Charts();
const graph = new Graph(find("graph"), hash => detail.show(versions.get(hash) ?? null, versions));
const detail = new Detail(find("detail-title"), find("detail"), pick);
const link = new Link({ choose, status: receive, state });

let name = null;          // of the federation that is shown
let status = null;        // its newest document, and whether it is on the page already
let drawn = null;
let versions = null;
let history = null;
let seen = "";            // of the versions, by the status
let behind = 0;
let federations = [];

function state(kind, text) {
  if (connection.dataset.state !== kind) connection.dataset.state = kind;
  setText(connection, text);
}

// "#/NAME"; "?federation=NAME" is how the demo and older bookmarks have it.
function wanted() {
  if (!location.hash.startsWith("#/")) return new URLSearchParams(location.search).get("federation");
  try {
    return decodeURIComponent(location.hash.slice(2));
  } catch {
    return location.hash.slice(2);
  }
}

function choose(listed) {
  federations = listed;
  const asked = wanted();
  const first = listed[0]?.name ?? null;
  // A list that is cut says nothing of who is not in it.
  const next = !asked ? first : listed.some(one => one.name === asked) || listed.length === LISTED ? asked : null;
  if (next !== name) open(next);
  showFederations(find("federations"), federations, name);
  find("empty").hidden = name != null;
  setText(find("empty"), listed.length === 0
    ? "There is no federation yet. Create one with: fed silo --federation FILE"
    : `There is no federation '${asked}' here.`);
  // The page may have missed any of them while the server was away.
  if (name) versions.refresh();
  return name;
}

function open(next) {
  versions?.close();
  clearTimeout(behind);
  name = next;
  status = drawn = null;
  seen = "";
  find("board").hidden = true;
  document.title = name ? `${name} – FedHier` : "FedHier";
  find("raw").href = name ? `${path(name)}/status` : "/v1/overview";
  if (!name) return;
  setText(find("name"), name);
  versions = new Versions(name, showVersions);
  history = new History();
}

function receive(document, of) {
  if (of !== name) return;
  if (status === drawn) requestAnimationFrame(show);
  status = document;
  history.add(status, now());
}

const order = () => ["global", ...status.clusters.map(tier => tier.key)];

// A burst of events is drawn once.
function show() {
  if (!status || status === drawn) return;
  const first = !drawn;
  drawn = status;
  // Shown first, for what is hidden has no width to draw in.
  find("board").hidden = false;
  showSummary(status);
  tiers.show(status);
  showNumbers(find("numbers"), status);
  participants.show(status);
  charts.showHistory(order(), history, now());
  if (first) showVersions();
  const told = JSON.stringify([status.state, ...[status.global, ...status.clusters]
    .map(tier => [tier.version, tier.heldSince, tier.evaluation?.examples])]);
  if (told === seen) return;
  seen = told;
  versions.refresh();
  const listed = federations.find(one => one.name === name);
  if (listed) Object.assign(listed, { state: status.state, version: status.global.version });
  showFederations(find("federations"), federations, name);
}

function showVersions() {
  if (!drawn) return;
  // A tier tells of its new version a little before the registry knows it.
  clearTimeout(behind);
  if ([drawn.global, ...drawn.clusters].some(tier => !versions.has(tier))) {
    behind = setTimeout(() => versions.refresh(), SOON);
  }
  graph.show(versions.all, order(), versions.stable);
  charts.showVersions(order(), versions.all);
  detail.show(versions.get(graph.chosen) ?? null, versions);
  listVersions();
}

function listVersions() {
  const details = find("list");
  if (!details.open || !versions) return;
  const rows = versions.all.slice(-ROWS).reverse().map(version => {
    const button = make("button", { type: "button", class: "link" }, `${version.tier} ${version.number}`);
    button.addEventListener("click", () => pick(version.manifestSha256));
    return [button, kindOf(version, versions.stable), whole(version.contributions),
      percent(version.evaluation?.accuracy, version.evaluation?.examples), clock(version.committedAt)];
  });
  const columns = [
    { name: "Version" }, { name: "Kind" }, { name: "Contributions", number: true }, { name: "Accuracy", number: true },
    { name: "Committed" },
  ];
  const had = [...details.querySelectorAll("button")].indexOf(document.activeElement);
  details.querySelector("div")?.remove();
  details.append(scrolling("Versions in a table", table("The newest versions", columns, rows)));
  if (had >= 0) details.querySelectorAll("button")[had]?.focus();
}

// Chosen elsewhere than in the graph: what is said of it is where the reader goes on.
function pick(hash) {
  graph.choose(hash);
  detail.show(versions.get(hash) ?? null, versions);
  find("detail-title").focus();
}

// What no event of the stream tells.
async function look() {
  if (document.hidden || link.isAway) return;
  try {
    federations = await link.list();
    showFederations(find("federations"), federations, name);
    if (name) versions.refresh();
  } catch (error) {
    console.info("the stream will say whether the server is away", error);
  }
}

find("legend").replaceChildren(...legend());
find("marks").replaceChildren(...Object.values(STATES).map(({ mark, text }) =>
  make("li", {}, make("span", { class: "mark", "aria-hidden": "true" }, mark), text)));
find("list").addEventListener("toggle", listVersions);
find("filters").addEventListener("submit", event => event.preventDefault());
find("skip").addEventListener("click", event => {
  // The fragment of the address names the federation.
  event.preventDefault();
  find("content").focus();
});
addEventListener("hashchange", () => link.start());
setInterval(tick, SECOND);
setInterval(look, LIST);
link.start();
