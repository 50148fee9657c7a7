// Asks what changed: after a wake-up, after a failure, and now and then in any case. The part that
// is kept true carries its address (data-live), the seq that it shows (data-seq) and, as a
// property, the ETag of its last answer.
import { $ } from "../dom.js";
import { POLL, connection } from "./connection.js";

const LIVE = 120; // seconds between two questions while wake-ups come
const WORST = 30; // seconds between two tries at most
const GAP = 250; // milliseconds between two questions: a burst of changes is one or two

export const root = () => $("[data-live]");
const shown = () => Number(root().dataset.seq);
export const jitter = (seconds) => seconds * 1000 * (0.5 + Math.random() / 2);

let view; // how the page asks and shows: live/board.js or live/page.js
let leave; // what is done when nothing more comes to this page
let asking = false;
let wanted = 0;
let failures = 0;
let timer;

export const begin = (howItIsShown, whenOver) => {
  view = howItIsShown;
  leave = whenOver;
  later(jitter(POLL));
};
export const later = (ms) => {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, ms);
};
export const stop = () => clearTimeout(timer);

// The log has reached `seq`.
export const wake = (seq) => {
  wanted = Math.max(wanted, seq);
  if (root() && wanted > shown()) later(0);
};
// Wake-ups come from now on.
export const up = () => {
  connection.pushing = true;
  if (failures) later(0);
  else connection.tell();
};
// None come until the next up().
export const down = () => {
  if (connection.pushing) later(jitter(1));
  connection.pushing = false;
};

const ask = async () => {
  clearTimeout(timer);
  const part = root();
  if (asking || !part || document.hidden) return;
  asking = true;
  // What this answer can know of: a wake-up may overtake it.
  const known = wanted;
  try {
    const answer = await fetch(view.url(part), {
      headers: headersFor(part),
      cache: "no-store",
      signal: AbortSignal.timeout(15000),
    });
    if (isOver(answer)) return leave(answer);
    if (!answer.ok && answer.status !== 304) throw new Error(`status ${answer.status}`);
    const body = await answer.text();
    // A hotel's Wi-Fi may answer in our place.
    if (/^\s*<!doctype/i.test(body)) throw new Error("not our answer");
    failures = 0;
    connection.answered();
    // Another filter, or an action's own answer, took its place meanwhile: ask again for that.
    if (root() === part) {
      part.etag = answer.headers.get("ETag");
      if (answer.status === 304) part.dataset.seq = Math.max(known, shown());
      else view.show(part, body);
    }
  } catch {
    failures += 1;
    connection.failed();
  } finally {
    asking = false;
  }
  if (failures) later(jitter(Math.min(WORST, 2 ** failures)));
  else if (root() && (root() !== part || wanted > shown())) later(GAP);
  else later(jitter(connection.pushing ? LIVE : POLL));
};

const headersFor = ({ id, etag }) => ({
  "HX-Request": "true",
  "HX-Target": id,
  "X-Viewer": document.body.dataset.viewer,
  ...(etag && { "If-None-Match": etag }),
});
const isOver = ({ headers, status }) =>
  headers.has("HX-Redirect") || headers.has("HX-Refresh") || [403, 404].includes(status);
