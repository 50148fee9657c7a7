// time[datetime]: how long ago it was, drawn here, so that a card never grows old. With data-clock
// the time of day stays.
import { $$ } from "./dom.js";

const UNITS = [["d", 86400], ["h", 3600], ["min", 60]];

const age = (seconds) => {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ["min", 60];
  const whole = Math.floor(seconds / size);
  return whole ? `${whole} ${unit}` : "now";
};
const draw = (root = document) => {
  for (const time of $$("time[datetime]:not([data-clock])", root)) {
    time.title ||= time.textContent;
    time.textContent = age((Date.now() - Date.parse(time.dateTime)) / 1000);
  }
};
document.addEventListener("htmx:load", ({ detail }) => draw(detail.elt.parentElement ?? document));
setInterval(draw, 30000);
