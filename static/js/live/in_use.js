// What a person has in hand is not taken away by a change: it is marked, and they choose.
import { $, button } from "../dom.js";
import { say, unsay } from "./saying.js";

// An open form, a note given back, an open menu, a request on its way, a card being dragged.
const IN_USE = "form.act, .kept, details[open], [data-busy], .sortable-chosen";
export const inUse = (part) => part.matches(IN_USE) || !!$(IN_USE, part);

// The news of each part that is held back, by the part's id: `show()` shows it as it is now.
const waiting = new Map();

// Marks the part as changed, below the form: nothing moves under the finger that types.
export const hold = (part, news) => {
  waiting.set(part.id, news);
  $(".held", part)?.remove();
  const typing = $("form.act", part);
  const words = document.createElement("p");
  words.textContent = `Changed${news.by ? ` by ${news.by}` : " meanwhile"}${news.now ? `: ${news.now}` : ""}.`;
  const mark = document.createElement("div");
  mark.className = "held";
  const dismiss = () => {
    mark.replaceChildren(words);
    // The button that had the focus has gone.
    $("textarea, select, input:not([type=hidden]), summary", part)?.focus({ preventScroll: true });
  };
  mark.append(
    words,
    button("Show it as it is now", () => release(part)),
    button(typing ? "Keep typing" : "Not now", dismiss),
  );
  if (typing) typing.after(mark);
  else part.append(mark);
  say({ id: part.id, what: news.what ?? $(".strong, h1", part).textContent, now: words.textContent, open: true });
};

const release = (part) => {
  showNews(part);
  const now = document.getElementById(part.id);
  if (now) $(".main, .btn-primary, a, button", now)?.focus({ preventScroll: true });
};
const showNews = ({ id }) => {
  const news = waiting.get(id);
  waiting.delete(id);
  news?.show();
};

// An own action, or “Cancel”, has shown it as it is now. A tap's own answer may come after the
// wake-up: what it did is no news to the person who tapped.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  waiting.delete(detail.target.id);
  unsay(detail.target.id);
});
// A menu that was closed again holds nothing back.
document.addEventListener(
  "toggle",
  ({ target }) => {
    const part = target.closest?.(".room, .row-item");
    if (!target.open && part && !inUse(part)) showNews(part);
  },
  true,
);
