// A card that an action or another person changed goes to its column, and the counts follow.
import { $, $$ } from "../dom.js";

// Out of sight rather than out of the page: an undo that is still offered answers with the card.
export const hide = (card) => {
  card.hidden = true;
  $("#board").append(card);
};

// To where the server would put the card: the same key sorts the columns there.
export const place = (card) => {
  const cards = $(`.cards[data-column="${card.dataset.col}"]`);
  // The filter does not show its column.
  if (!cards) return hide(card);
  const after = [...cards.children].find((other) => other !== card && other.dataset.sort > card.dataset.sort);
  if (card.parentElement === cards && card.nextElementSibling === (after ?? null)) return;
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  cards.insertBefore(card, after ?? null);
  focused?.focus({ preventScroll: true });
  card.classList.add("changed");
};

const count = () => {
  for (const cards of $$(".cards")) {
    for (const badge of $$(`[data-count="${cards.dataset.column}"]`)) badge.textContent = cards.childElementCount;
  }
};

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const card = document.getElementById(detail.target.id);
  if (!card?.matches(".room")) return;
  place(card);
  count();
});
