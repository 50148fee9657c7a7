// The board moves: a changed card goes to its column, counts follow, cards can be dragged.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  const count = () => {
    for (const cards of $$(".cards")) {
      for (const badge of $$(`[data-count="${cards.dataset.column}"]`)) badge.textContent = cards.childElementCount;
    }
  };

  // Where the server's order puts the card: the same key sorts the columns there.
  const place = (card) => {
    const cards = $(`.cards[data-column="${card.dataset.col}"]`);
    if (!cards) {
      // The filter does not show its column. Kept out of sight, for undo answers with the card.
      card.hidden = true;
      return $("#board").append(card);
    }
    const after = [...cards.children].find((other) => other !== card && other.dataset.sort > card.dataset.sort);
    if (card.parentElement === cards && card.nextElementSibling === (after ?? null)) return;
    const held = card.contains(document.activeElement) ? document.activeElement : null;
    cards.insertBefore(card, after ?? null);
    held?.focus({ preventScroll: true });
    card.classList.add("changed");
  };
  window.readyroomBoard = { place };
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const card = document.getElementById(detail.target.id);
    if (card?.matches(".room")) {
      place(card);
      count();
    } else if (card?.id === "board") {
      ready();
    }
  });

  // ---- Phone: the tabs follow the swipe.
  const follow = () => {
    const columns = $(".columns");
    // While the page was coming in, another column may have been the leftmost, and snapped to.
    if (!location.hash) columns.scrollLeft = 0;
    const seen = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const tab = $(`[data-tab="${target.id.slice(4)}"]`);
          if (isIntersecting) {
            for (const other of $$(".tabs [aria-current]")) other.removeAttribute("aria-current");
            tab.setAttribute("aria-current", "true");
            tab.parentElement.scrollTo({ left: tab.offsetLeft - 48 });
          }
        }
      },
      { root: columns, threshold: 0.6 },
    );
    for (const column of $$(".column")) seen.observe(column);
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.("[data-tab]");
    if (!tab) return;
    event.preventDefault();
    const column = document.getElementById(`col-${tab.dataset.tab}`);
    $(".columns").scrollTo({ left: column.offsetLeft - $(".columns").offsetLeft });
    scrollTo({ top: 0 });
  });

  // ---- Dragging does what the card's own button does; the card itself moves when that is done.
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
  const draggable = () => {
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
        onStart({ item }) {
          $(".columns").classList.add("dragging");
          for (const other of $$(".cards")) other.classList.toggle("can-drop", !!actionFor(item, other.dataset.column));
        },
        onEnd({ item, from, oldIndex, originalEvent }) {
          $(".columns").classList.remove("dragging");
          for (const other of $$(".can-drop")) other.classList.remove("can-drop");
          // Sortable leaves an empty style behind; htmx would copy it, and our CSP forbids that.
          item.removeAttribute("style");
          if (item.parentElement !== from) from.insertBefore(item, from.children[oldIndex] ?? null);
          const to = columnUnder(originalEvent);
          if (!to || to === from.dataset.column) return;
          const action = actionFor(item, to);
          if (!action) return refuse(item, to);
          // A form that opens takes the focus over from its card.
          $(".main, summary", item).focus({ preventScroll: true });
          action.click();
        },
      });
    }
  };
  const refuse = (card, column) => {
    const words = document.createElement("p");
    const label = $(`#head-${column} span`).textContent;
    words.textContent = `Room ${$(".no", card).textContent} cannot be moved to “${label}” now, or not by you.`;
    const toast = document.createElement("div");
    toast.className = "note-toast bad";
    toast.append(words);
    $("#toasts").replaceChildren(toast);
    setTimeout(() => toast.remove(), 8000);
  };

  const ready = () => {
    follow();
    draggable();
  };
  document.addEventListener("DOMContentLoaded", ready);
})();
