// 503: the server was busy and did nothing. The same request, with the same request id, is sent again
// after as many seconds as the server says, for about a minute. See busy() in portal/errors.py.
import { lost } from "./lost.js";

const MOST_TRIES = 30;
const waiting = new WeakMap(); // By element: the timer, and how often it has been tried.

document.addEventListener("htmx:responseError", ({ detail }) => {
  const { xhr, requestConfig: { elt, verb, path, formData } } = detail;
  if (xhr.status !== 503) return;
  const tries = (waiting.get(elt)?.tries ?? 0) + 1;
  if (tries > MOST_TRIES) {
    waiting.delete(elt);
    lost("The server is busy: that was not saved. Try again in a minute.");
    return;
  }
  lost("The server is busy. Trying again…");
  const send = () => {
    if (elt.isConnected) htmx.ajax(verb, path, { source: elt, values: formData });
    else lost("The server was busy: that was not saved. Try again.");
  };
  const seconds = Number(xhr.getResponseHeader("Retry-After")) || 2;
  waiting.set(elt, { tries, timer: setTimeout(send, seconds * 1000) });
});
// A new tap takes the place of the one that waits.
document.addEventListener("htmx:beforeRequest", ({ detail }) => clearTimeout(waiting.get(detail.elt)?.timer));
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if (detail.xhr.status !== 503) waiting.delete(detail.elt);
});
