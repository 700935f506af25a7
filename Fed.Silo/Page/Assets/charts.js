// The three charts over time, each with the same in numbers.

import { BUFFER, STALENESS, drawChart } from "./chart.js";
import { make, scrolling, table } from "./dom.js";
import { clock, count, percent } from "./text.js";

const mean = points => points.reduce((sum, point) => sum + point.y, 0) / points.length;
const most = points => Math.max(...points.map(point => point.y));
const newest = points => points.at(-1);

const KINDS = [
  {
    id: "accuracy",
    kind: undefined,
    columns: ["Versions", "Newest", "Best", "When"],
    row: points => [
      points.length, percent(newest(points).y, newest(points).samples), percent(most(points)), clock(newest(points).at),
    ],
  },
  {
    id: "staleness",
    kind: STALENESS,
    marks: "dots",
    columns: ["Contributions", "Newest", "Mean", "Most"],
    row: points => [points.length, newest(points).y, mean(points).toFixed(2), most(points)],
  },
  {
    id: "buffers",
    kind: BUFFER,
    marks: "line",
    columns: ["Now", "Fullest"],
    row: points => [percent(newest(points).y), percent(most(points))],
  },
];

export class Charts {
  #series = {};
  #told = {};

  constructor() {
    this.figures = KINDS.map(({ id }) => document.getElementById(id));
    this.figures.forEach((figure, index) => {
      let width = -1;
      new ResizeObserver(() => {
        if (figure.clientWidth === width) return;
        width = figure.clientWidth;
        this.#draw(index);
      }).observe(figure);
      figure.nextElementSibling.addEventListener("toggle", () => this.#list(index));
    });
  }

  // Oldest first.
  showVersions(tiers, versions) {
    const evaluated = Map.groupBy(versions.filter(one => one.evaluation), one => one.tier);
    this.#show("accuracy", tiers.map(name => ({
      name,
      points: (evaluated.get(name) ?? []).map(({ committedAt, evaluation, number }) => ({
        at: Date.parse(committedAt), y: evaluation.accuracy, version: number, samples: evaluation.examples,
      })),
    })));
  }

  showHistory(tiers, history, now) {
    const clusters = tiers.filter(name => name !== "global");
    this.#show("staleness", clusters.map(name => ({ name, points: history.staleness(name) })));
    this.#show("buffers", tiers.map(name => ({ name, points: history.buffer(name, now) })));
  }

  #show(id, series) {
    const told = JSON.stringify(series);
    if (told === this.#told[id]) return;
    this.#told[id] = told;
    this.#series[id] = series;
    const index = KINDS.findIndex(kind => kind.id === id);
    this.#draw(index);
    this.#list(index);
  }

  #draw(index) {
    const { id, kind, marks } = KINDS[index];
    const series = this.#series[id] ?? [];
    const start = Math.min(...series.flatMap(one => one.points.map(point => point.at)));
    drawChart(
      this.figures[index],
      series.map(({ name, points }) => ({
        name, marks, points: points.map(({ at, y, version }) => ({ x: (at - start) / 1000, y, version })),
      })),
      kind,
      seconds => clock(start + 1000 * seconds));
  }

  #list(index) {
    const details = this.figures[index].nextElementSibling;
    if (!details.open) return;
    const { id, columns, row } = KINDS[index];
    const rows = (this.#series[id] ?? []).filter(one => one.points.length)
      .map(({ name, points }) => [name, ...row(points)]);
    const heads = [{ name: "Tier" }, ...columns.map(name => ({ name, number: true }))];
    const caption = `${details.dataset.caption}, ${count(rows.length, "tier")}`;
    const label = `${details.dataset.caption} in numbers`;
    details.querySelector("div")?.remove();
    details.append(scrolling(label, table(caption, heads, rows)));
  }
}
