// Keeps a page's main part true: fetched again when the log moves, and put in its place block by
// block (data-block). A row in use stays as it is, and is marked where it changed; the rest is
// replaced around it.
import { $, $$, made } from "../dom.js";
import { hold, inUse } from "./in_use.js";
import { keepFocus } from "./keep_focus.js";
import { say } from "./saying.js";

const GONE = "gone";

export const url = (part) => part.dataset.live;

export const show = (part, body) => {
  const now = made(body);
  const { seq, said } = now.dataset;
  const before = holds;
  // Why an action was refused stays to be read while nothing new is known about the room.
  if (!$(".message", part) || part.dataset.state !== now.dataset.state) merge(part, now);
  // What is held back has been told where it is marked.
  if (said && said !== part.dataset.said && holds === before) say({ what: said });
  const shown = $("[data-live]");
  shown.dataset.seq = seq;
  if (said) shown.dataset.said = said;
  shown.etag = part.etag;
};

const merge = (old, now) => {
  if (!inUse(old) && !focusInRow(old)) return swap(old, now);
  if (old.matches(".rows")) return mergeRows(old, now);
  const blocks = blocksOf(old);
  if (!blocks.length) {
    const { state, by, now: words } = now.dataset;
    return holdOnce(old, state, { by, now: words, show: () => swap(old, now) });
  }
  for (const block of blocks) {
    const fresh = $(`[data-block="${block.dataset.block}"]`, now);
    if (fresh) merge(block, fresh);
  }
};
const focusInRow = (part) => part.contains(document.activeElement) && document.activeElement.closest(".row-item");
const blocksOf = (part) =>
  $$("[data-block]", part).filter((block) => block.parentElement.closest("[data-block], [data-live]") === part);

// A list of rows of which one is in use, or has the focus: that one is not even moved.
const mergeRows = (old, now) => {
  const fresh = new Map([...now.children].map((row) => [row.id, row]));
  const kept = new Map();
  for (const row of [...old.children]) {
    const next = row.id && fresh.get(row.id);
    const used = inUse(row);
    // What the focus is on does not vanish under it; it goes with the next change.
    if (!used && !(row.contains(document.activeElement) && !next)) {
      if (!next || !row.contains(document.activeElement)) row.remove();
      else kept.set(row.id, row);
      continue;
    }
    kept.set(row.id, row);
    if (!used) continue;
    if (next) holdOnce(row, next.dataset.state, { show: () => swap(row, next.cloneNode(true)) });
    else holdOnce(row, GONE, { now: "no longer in this list", show: () => row.remove() });
  }
  let at = old.firstElementChild;
  for (const row of fresh.values()) {
    const here = kept.get(row.id);
    if (!here) {
      old.insertBefore(row, at);
      enter(row);
      continue;
    }
    at = here.nextElementSibling;
    if (!inUse(here)) swap(here, row);
  }
};

// Marks a part once for each change, however often the page is asked for meanwhile.
let holds = 0;
const holdOnce = (part, state, news) => {
  if (part.dataset.state === state) return;
  holds += 1;
  part.dataset.state = state;
  hold(part, news);
};

const swap = (old, now) => {
  const chosen = new Set($$("input:checked", old).map(({ name, value }) => `${name} ${value}`));
  keepFocus(old, () => {
    old.replaceWith(now);
    for (const box of $$("input", now)) if (chosen.has(`${box.name} ${box.value}`)) box.checked = true;
    return now;
  });
  enter(now);
};
const enter = (part) => {
  htmx.process(part);
  htmx.trigger(part, "htmx:load", { elt: part });
};
