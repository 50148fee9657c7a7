// Shows on the board what board/changes says, just as an own action's card takes its place.
import { $, $$, made } from "../dom.js";
import { hide, place } from "../board/placing.js";
import { hold, inUse } from "./in_use.js";
import { keepFocus } from "./keep_focus.js";
import { say } from "./saying.js";

const seq = (card) => Number(card.dataset.seq);
const nameOf = (card) => `Room ${$(".no", card).textContent}`;
const columnOf = (card) => $(`#head-${card.dataset.col} span`)?.textContent ?? "";

export const url = (board) => `${board.dataset.live}&after=${board.dataset.seq}&day=${board.dataset.day}`;

export const show = (board, body) => {
  const answer = JSON.parse(body);
  const gone = new Set(answer.gone.map((number) => `card-${number}`));
  if (answer.whole) {
    const listed = new Set(answer.cards.map(({ html }) => made(html).id));
    for (const { id } of $$(".room", board)) if (!listed.has(id)) gone.add(id);
  }
  for (const card of answer.cards) put(card, answer.whole);
  for (const card of $$(".room", board)) if (gone.has(card.id)) drop(card);
  for (const [column, count] of Object.entries(answer.counts)) {
    for (const badge of $$(`[data-count="${column}"]`, board)) badge.textContent = count;
  }
  board.dataset.seq = answer.seq;
  board.dataset.day = answer.day;
};

const put = ({ html, by }, whole) => {
  const card = made(html);
  const old = document.getElementById(card.id);
  const newer = !old || old.hidden || seq(card) > seq(old);
  // Our own action's card is here already, or an even newer one.
  if (old && (seq(card) < seq(old) || (!newer && !whole))) return;
  const news = { what: nameOf(card), now: columnOf(card), by };
  if (old && inUse(old)) {
    hold(old, { ...news, show: () => draw(document.getElementById(card.id), card) });
    return;
  }
  draw(old, card);
  if (!newer) return;
  card.classList.add("changed");
  say(news);
};

const drop = (card) => {
  if (card.hidden) return;
  if (inUse(card)) hold(card, { what: nameOf(card), now: "no longer in this list", show: () => hide(card) });
  else hide(card);
};

const draw = (old, card) => {
  const enter = () => {
    htmx.process(card);
    place(card);
    return card;
  };
  if (old) {
    keepFocus(old, () => {
      old.replaceWith(card);
      return enter();
    });
  } else {
    enter();
  }
  htmx.trigger(card, "htmx:load", { elt: card });
};
