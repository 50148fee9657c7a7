// Shows on the board what board/changes says: by the same way an own action's card takes its place.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { place } = window.readyroomBoard;
  const { held, inUse, keepFocus, say } = window.readyroomLive;
  const seq = (card) => Number(card.dataset.seq);
  const nameOf = (card) => `Room ${$(".no", card).textContent}`;
  const columnOf = (card) => $(`#head-${card.dataset.col} span`)?.textContent ?? "";

  const made = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  };

  // Out of sight rather than out of the page: an undo that is still offered answers with the card.
  const hide = (card) => {
    card.hidden = true;
    $("#board").append(card);
  };
  const swap = (old, card) => {
    keepFocus(old, () => {
      old.replaceWith(card);
      htmx.process(card);
      place(card);
      return card;
    });
    htmx.trigger(card, "htmx:load", { elt: card });
  };
  const put = ({ html, by }, whole) => {
    const card = made(html);
    const old = document.getElementById(card.id);
    const newer = !old || old.hidden || seq(card) > seq(old);
    // Our own action's card is here already, or an even newer one.
    if (old && (seq(card) < seq(old) || (!newer && !whole))) return;
    if (old && inUse(old)) {
      const news = { what: nameOf(card), by, now: columnOf(card) };
      if (newer || whole) held.add(old, { ...news, show: () => show(document.getElementById(card.id), card) });
      return;
    }
    show(old, card);
    if (!newer) return;
    card.classList.add("changed");
    say({ what: nameOf(card), now: columnOf(card), by });
  };
  const show = (old, card) => {
    if (old) return swap(old, card);
    htmx.process(card);
    place(card);
    htmx.trigger(card, "htmx:load", { elt: card });
  };
  const drop = (card) => {
    if (card.hidden) return;
    if (inUse(card)) held.add(card, { what: nameOf(card), now: "no longer in this list", show: () => hide(card) });
    else hide(card);
  };

  window.readyroomShow.board = {
    url: (board) => `${board.dataset.live}&after=${board.dataset.seq}&day=${board.dataset.day}`,
    show(board, body) {
      const answer = JSON.parse(body);
      const seen = new Set(answer.gone.map((number) => `card-${number}`));
      if (answer.whole) {
        const listed = new Set(answer.cards.map(({ html }) => made(html).id));
        for (const { id } of $$(".room", board)) if (!listed.has(id)) seen.add(id);
      }
      for (const card of answer.cards) put(card, answer.whole);
      for (const card of $$(".room", board)) if (seen.has(card.id)) drop(card);
      for (const [column, count] of Object.entries(answer.counts)) {
        for (const badge of $$(`[data-count="${column}"]`, board)) badge.textContent = count;
      }
      board.dataset.seq = answer.seq;
      board.dataset.day = answer.day;
    },
  };
})();
