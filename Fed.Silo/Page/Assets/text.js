// Numbers and times as people read them.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

let ahead = 0;    // ms that the server's clock is ahead of ours

export const percent = (share, samples) => share == null ? "–"
  : `${(100 * share).toFixed(1)}\u00a0%${samples == null ? "" : ` of ${whole(samples)} samples`}`;
export const whole = value => value.toLocaleString("en");
export const capital = word => word[0].toUpperCase() + word.slice(1);
export const count = (number, one, many = `${one}s`) => `${whole(number)} ${number === 1 ? one : many}`;

export function megabytes(bytes) {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// Ages are told by the server's clock, which has set the times.
export function learnClock(answer) {
  const date = Date.parse(answer.headers.get("Date"));
  const difference = date - Date.now();
  ahead = Math.abs(difference) > 2 * SECOND ? difference : 0;    // the header has whole seconds
}

export const now = () => Date.now() + ahead;

// Of this day the time, of any other the date too.
export function clock(at) {
  if (at == null) return "–";
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hourCycle: "h23" });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString()} ${time}`;
}

function span(milliseconds) {
  const [size, unit] = milliseconds < MINUTE ? [SECOND, "s"]
    : milliseconds < HOUR ? [MINUTE, "min"] : milliseconds < 2 * DAY ? [HOUR, "h"] : [DAY, "days"];
  return `${Math.max(0, Math.floor(milliseconds / size))} ${unit}`;
}

// <time> that tells how long ago it was, kept true by tick().
export function since(element, at, suffix = "") {
  const text = at ?? "";
  if (element.dateTime !== text || element.dataset.suffix !== suffix) {
    element.dateTime = text;
    element.dataset.suffix = suffix;
    element.title = at == null ? "" : clock(at);
  }
  retell(element);
  return element;
}

export const ago = (at, suffix) => since(document.createElement("time"), at, suffix);

function retell(element) {
  const text = element.dateTime ? span(now() - Date.parse(element.dateTime)) + element.dataset.suffix : "–";
  if (element.textContent !== text) element.textContent = text;
}

export const tick = () => document.querySelectorAll("time[data-suffix]").forEach(retell);
