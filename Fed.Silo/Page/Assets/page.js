// The status page: one stream of events, from which everything on the page follows.

import { buffer, clock, fill, hash, megabytes, percent, setText, waiting, whole } from "./tables.js";
import { drawChart } from "./chart.js";

const AGAIN = 2000;       // ms before a lost connection is tried again
const SILENCE = 16000;    // ms without status or beat: the server is away
const VERSIONS = 1000;    // what the chart goes back to
const LISTED = 25;        // rows of the table of versions

const picker = document.getElementById("federation");
const figure = document.getElementById("chart");
const link = document.getElementById("connection");
let stream = null;
let federation = null;
let seen = "";
let silence = 0;
let fetching = false;
let stale = false;
let order = [];           // clusters as the federation lists them
let series = [];          // what the chart shows

const capital = word => word[0].toUpperCase() + word.slice(1);
const path = (...parts) => ["/v1/federations", ...parts.map(encodeURIComponent)].join("/");

function show(state, text) {
  if (link.dataset.state === state && link.textContent === text) return;
  link.dataset.state = state;
  link.textContent = text;
}

function away() {
  show("away", "The server does not answer; trying again");
  if (stream) stream.close();
  stream = null;
  clearTimeout(silence);
  setTimeout(start, AGAIN);
}

function alive() {
  clearTimeout(silence);
  silence = setTimeout(away, SILENCE);
}

function watch(name) {
  if (stream) stream.close();
  federation = name;
  seen = "";
  document.title = `${name} – FedHier`;
  document.getElementById("raw").href = `${path(name)}/status`;
  const mine = stream = new EventSource(`${path(name)}/status/events`);
  mine.onopen = alive;
  mine.onerror = () => mine === stream && away();
  mine.addEventListener("beat", alive);
  mine.addEventListener("status", event => {
    alive();
    const status = JSON.parse(event.data);
    render(status);
    show("live", status.state === "finished" ? "Finished" : "Live");
  });
}

function render(status) {
  const tiers = status.clusters;
  const sum = pick => tiers.reduce((total, tier) => total + pick(tier), 0);
  const accepted = sum(tier => tier.accepted);
  const staleness = accepted ? sum(tier => tier.accepted * tier.stalenessMean) / accepted : 0;
  const seenOnce = status.participants.filter(one => one.lastSeen != null).length;
  const target = status.targetVersions ? ` of ${status.targetVersions}` : "";
  setText("version", `${status.global.version}${target}`);
  setText("accuracy", percent(mean(tiers), sum(tier => tier.evaluation?.examples ?? 0)));
  setText("accepted", `${whole(accepted)} (${megabytes(sum(tier => tier.bytesAccepted))})`);
  setText("staleness", `${staleness.toFixed(2)}, max ${Math.max(0, ...tiers.map(tier => tier.stalenessMax))}`);
  setText("present", `${seenOnce} of ${status.participants.length}`);
  setText("state", `${capital(status.state)} (${status.mode})`);
  order = tiers.map(tier => tier.key);
  fill("clusters", [...tiers, status.global].map(tier => [
    tier.key, tier.version, percent(tier.accuracy, tier.evaluation?.examples),
    tier.evaluation?.loss?.toFixed(2) ?? "–", percent(tier.evaluation?.clippedShare),
    buffer(tier.buffered, tier.goal, tier.key), waiting(tier.waiting), whole(tier.accepted),
    tier.stalenessMean.toFixed(2), tier.stalenessMax,
  ]));
  fill("participants", status.participants.map(one => [
    one.name, one.cluster, whole(one.accepted), one.lastStaleness,
    one.suspended ? "suspended" : clock(one.lastSeen),
  ]));
  const now = JSON.stringify([...tiers, status.global].map(tier => [tier.version, tier.accuracy]));
  if (now !== seen) {
    seen = now;
    refreshVersions();
  }
}

function mean(tiers) {
  const known = tiers.filter(tier => tier.accuracy != null);
  return known.length ? known.reduce((total, tier) => total + tier.accuracy, 0) / known.length : null;
}

// One request at a time; what changed meanwhile is fetched after it.
async function refreshVersions() {
  if (fetching) {
    stale = true;
    return;
  }
  fetching = true;
  const name = federation;
  try {
    const answer = await fetch(`${path(name)}/versions?limit=${VERSIONS}`);
    if (answer.ok && name === federation) renderVersions(await answer.json());
  } catch (error) {
    console.info("versions not fetched; the stream will say when the server is back", error);
  } finally {
    fetching = false;
    if (stale) {
      stale = false;
      refreshVersions();
    }
  }
}

function renderVersions(versions) {
  fill("versions", versions.slice(0, LISTED).map(one => [
    one.tier, one.number, one.contributions, percent(one.evaluation?.accuracy, one.evaluation?.examples),
    clock(one.committedAt), hash(one.modelSha256),
  ]));
  const start = Math.min(...versions.map(one => Date.parse(one.committedAt)));
  series = [...order, "global"].map(tier => ({
    name: tier,
    points: versions.filter(one => one.tier === tier && one.evaluation)
      .map(one => ({
        x: (Date.parse(one.committedAt) - start) / 1000, y: one.evaluation.accuracy, version: one.number,
      }))
      .sort((a, b) => a.x - b.x),
  }));
  drawChart(figure, series);
}

async function start() {
  try {
    const answer = await fetch("/v1/federations");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const names = await answer.json();
    document.getElementById("empty").hidden = names.length > 0;
    picker.replaceChildren(...names.map(name => new Option(name, name)));
    if (names.length === 0) {
      show("live", "Waiting for a federation");
      setTimeout(start, AGAIN);
      return;
    }
    const wanted = federation ?? new URLSearchParams(location.search).get("federation");
    picker.value = names.includes(wanted) ? wanted : names[0];
    watch(picker.value);
  } catch (error) {
    console.info("the server does not answer", error);
    show("away", "The server does not answer; trying again");
    setTimeout(start, AGAIN);
  }
}

let drawnWidth = 0;
new ResizeObserver(() => {
  if (figure.clientWidth === drawnWidth) return;
  drawnWidth = figure.clientWidth;
  drawChart(figure, series);
}).observe(figure);
picker.addEventListener("change", () => {
  history.replaceState(null, "", `?federation=${encodeURIComponent(picker.value)}`);
  watch(picker.value);
});
start();
