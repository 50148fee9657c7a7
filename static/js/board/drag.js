// data-to: dragging a card to a column does what the card's own button for it does. The card itself
// moves when that is done.
import { $, $$ } from "../dom.js";
import { refuse } from "../toasts.js";

const actionFor = (card, column) => $(`[data-to="${column}"]`, card);

// Where the pointer let go, not where Sortable drew the card last: that is only where cards lie,
// and columns are of unequal length. A dragend without a drop was given up with Escape.
const columnUnder = (event) => {
  if (!["drop", "pointerup", "touchend", "mouseup"].includes(event.type)) return null;
  const { clientX, clientY } = event.changedTouches?.[0] ?? event;
  const board = $(".columns").getBoundingClientRect();
  if (clientY < board.top || clientY > board.bottom) return null;
  const over = $$(".column").find((column) => {
    const { left, right } = column.getBoundingClientRect();
    return clientX >= left && clientX <= right;
  });
  return over?.id.slice(4);
};

const started = ({ item }) => {
  $(".columns").classList.add("dragging");
  for (const cards of $$(".cards")) cards.classList.toggle("can-drop", !!actionFor(item, cards.dataset.column));
};

const ended = ({ item, from, oldIndex, originalEvent }) => {
  $(".columns").classList.remove("dragging");
  for (const cards of $$(".can-drop")) cards.classList.remove("can-drop");
  // Sortable leaves an empty style behind; htmx would copy it, and our CSP forbids that.
  item.removeAttribute("style");
  if (item.parentElement !== from) from.insertBefore(item, from.children[oldIndex] ?? null);
  const to = columnUnder(originalEvent);
  if (!to || to === from.dataset.column) return;
  const action = actionFor(item, to);
  if (!action) {
    const [number, label] = [$(".no", item).textContent, $(`#head-${to} span`).textContent];
    refuse(`Room ${number} cannot be moved to “${label}” now, or not by you.`);
    return;
  }
  // A form that opens takes over the focus from its card.
  $(".main, summary", item).focus({ preventScroll: true });
  action.click();
};

export const makeDraggable = () => {
  const columns = $(".columns");
  columns.addEventListener("dragover", (event) => {
    if (columns.classList.contains("dragging")) event.preventDefault();
  });
  for (const cards of $$(".cards")) {
    Sortable.create(cards, {
      group: "rooms",
      sort: false,
      delay: 250,
      delayOnTouchOnly: true,
      touchStartThreshold: 8,
      filter: "a, button, summary, textarea, input, select, label",
      preventOnFilter: false,
      onStart: started,
      onEnd: ended,
    });
  }
};
