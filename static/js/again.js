// 503: the server was busy and did nothing. The same request, with the same request id, is sent again
// after as many seconds as the server says. See busy() in portal/errors.py.
import { keepBusy } from "./busy.js";
import { holdWords, lost } from "./lost.js";

const MOST_TRIES = 30;
const waiting = new Map(); // By element: the timer, and how often it has been tried.

const forget = (elt) => {
  clearTimeout(waiting.get(elt)?.timer);
  waiting.delete(elt);
  keepBusy(elt, false);
  holdWords(waiting.size > 0);
};

document.addEventListener("htmx:responseError", ({ detail }) => {
  const { xhr, requestConfig: { elt, verb, path, formData } } = detail;
  if (xhr.status !== 503) return;
  const tries = (waiting.get(elt)?.tries ?? 0) + 1;
  if (tries > MOST_TRIES) {
    forget(elt);
    lost("The server is busy: that was not saved. Try again in a minute.");
    return;
  }
  lost("The server is busy. Trying again…");
  const send = () => {
    if (elt.isConnected) {
      keepBusy(elt, false);
      htmx.ajax(verb, path, { source: elt, values: formData });
    } else {
      forget(elt);
      lost("The server was busy: that was not saved. Try again.");
    }
  };
  const seconds = Number(xhr.getResponseHeader("Retry-After")) || 2;
  waiting.set(elt, { verb, tries, timer: setTimeout(send, seconds * 1000) });
  keepBusy(elt, true);
  holdWords(true);
});
// Any other answer ends it, and so does the loss of the connection, which has its own words.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if (detail.xhr.status === 503 || !waiting.has(detail.elt)) return;
  forget(detail.elt);
  if (!waiting.size) lost("");
});
// A new tap takes the place of the one that waits, where busy.js lets it pass.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.defaultPrevented) clearTimeout(waiting.get(event.detail.elt)?.timer);
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => waiting.has(detail.elt) && forget(detail.elt));
}
// What is corrected meanwhile must not be sent as it was: the person sends it.
document.addEventListener("input", ({ target }) => {
  const form = target.closest("form");
  if (!waiting.has(form)) return;
  forget(form);
  lost("The server was busy: that was not saved. Send it again.");
});
addEventListener("beforeunload", (event) => {
  if ([...waiting.values()].some(({ verb }) => verb === "post")) event.preventDefault();
});
