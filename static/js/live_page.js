// Keeps a page's main part true: fetched again when the log moves, and merged block by block.
// A row in use stays as it is, marked where it changed; the rest is replaced around it.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { held, inUse, keepFocus } = window.readyroomLive;

  const made = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  };
  const swap = (old, now) => {
    const chosen = $$("input:checked", old).map(({ name, value }) => ({ name, value }));
    const open = $$("details[open] > summary", old).length;
    keepFocus(old, () => {
      old.replaceWith(now);
      htmx.process(now);
      return now;
    });
    for (const { name, value } of chosen) {
      const box = $$("input", now).find((input) => input.name === name && input.value === value);
      if (box) box.checked = true;
    }
    htmx.trigger(now, "htmx:load", { elt: now });
    return open;
  };

  // A list of rows of which some are in use: those are not touched, not even moved.
  const mergeRows = (old, now) => {
    const kept = new Map();
    for (const row of [...old.children]) {
      const fresh = row.id && now.querySelector(`[id="${row.id}"]`);
      if (!inUse(row) && !(row.contains(document.activeElement) && !fresh)) continue;
      kept.set(row.id, row);
      if (!inUse(row)) continue;
      if (!fresh) held.add(row, { now: "no longer in this list", show: () => row.remove() });
      else if (fresh.dataset.state !== row.dataset.state) held.add(row, { show: () => swap(row, fresh.cloneNode(true)) });
    }
    const focused = old.contains(document.activeElement) && document.activeElement.closest(".row-item");
    for (const row of [...old.children]) if (!kept.has(row.id) && row !== focused) row.remove();
    let at = old.firstElementChild;
    for (const row of [...now.children]) {
      if (kept.has(row.id)) {
        at = kept.get(row.id).nextElementSibling;
      } else if (focused && row.id === focused.id) {
        at = focused.nextElementSibling;
        swap(focused, row);
      } else {
        old.insertBefore(row, at);
        htmx.process(row);
        htmx.trigger(row, "htmx:load", { elt: row });
      }
    }
  };
  const used = (part) => inUse(part) || !!$(".row-item :focus", part);
  const merge = (old, now) => {
    if (!used(old)) return swap(old, now);
    if (old.matches(".rows")) return mergeRows(old, now);
    // A part whose own form is open is one thing; else its blocks are merged one by one.
    const blocks = $$(":scope [data-block]", old).filter((block) => !block.parentElement.closest("[data-block]") || block.parentElement.closest("[data-block]") === old);
    if (!blocks.length) {
      if (now.dataset.state !== old.dataset.state) held.add(old, { by: now.dataset.by, show: () => swap(old, now) });
      return null;
    }
    for (const block of blocks) {
      const fresh = $(`[data-block="${block.dataset.block}"]`, now);
      if (fresh) merge(block, fresh);
    }
    for (const [name, value] of Object.entries(now.dataset)) old.dataset[name] = value;
    return null;
  };

  window.readyroomShow.page = {
    url: (part) => part.dataset.live,
    show(part, body) {
      const now = made(body);
      now.etag = part.etag;
      merge(part, now);
      // Held back as a whole, it has been asked about all the same.
      const shown = $("[data-live]");
      shown.dataset.seq = now.dataset.seq;
      shown.etag = part.etag;
    },
  };
})();
