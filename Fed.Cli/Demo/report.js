// report.html: draws each figure from the data that stands in the page, and again when its width changes; the same as
// numbers, which stands below it, is closed.

const KINDS = { accuracy: undefined, staleness: STALENESS };

for (const { id, kind, series } of JSON.parse(document.getElementById("data").textContent)) {
  const figure = document.getElementById(id);
  figure.nextElementSibling.open = false;
  let drawnWidth = -1;
  new ResizeObserver(() => {
    if (figure.clientWidth === drawnWidth) return;
    drawnWidth = figure.clientWidth;
    drawChart(figure, series, KINDS[kind]);
  }).observe(figure);
}
