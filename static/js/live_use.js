// What a person has in hand is not taken away by a change: it is marked, and they choose.
// And what changed is told to a screen reader, politely and in few words.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);

  // An open form, a note given back, an open menu, a request on its way, a card being dragged.
  const IN_USE = "form.act, .kept, details[open], [data-busy], .sortable-chosen";
  const inUse = (part) => part.matches(IN_USE) || !!$(IN_USE, part);

  // ---- “Changed by Ana”, below the form: nothing moves under the finger that types.
  const waiting = new Map();
  const held = {
    add(part, news) {
      waiting.set(part.id, news);
      $(".held", part)?.remove();
      const typing = $("form.act", part);
      const mark = document.createElement("div");
      mark.className = "held";
      const words = document.createElement("p");
      words.textContent = `Changed${news.by ? ` by ${news.by}` : " meanwhile"}${news.now ? `: ${news.now}` : ""}.`;
      mark.append(words, choice("Show it as it is now", () => held.show(part)));
      mark.append(choice(typing ? "Keep typing" : "Not now", () => {
        mark.replaceChildren(words);
        // The button that had the focus has gone.
        $("textarea, select, input:not([type=hidden]), summary", part)?.focus({ preventScroll: true });
      }));
      if (typing) typing.after(mark);
      else part.append(mark);
      say({ id: part.id, what: news.what ?? $(".strong, h1", part).textContent, now: words.textContent, open: true });
    },
    show(part) {
      const news = waiting.get(part.id);
      waiting.delete(part.id);
      news?.show();
      const now = document.getElementById(part.id);
      $(".main, .btn-primary, a, button", now ?? document.createElement("i"))?.focus({ preventScroll: true });
    },
    // An own action, or “Cancel”, has shown it as it is now.
    forget(id) {
      waiting.delete(id);
      // A tap's own answer came after the wake-up: what it did is no news to who tapped.
      for (let n = said.length; n--; ) if (said[n].id === id) said.splice(n, 1);
    },
  };
  const choice = (label, act) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn btn-sm", textContent: label });
    button.addEventListener("click", act);
    return button;
  };
  document.addEventListener("htmx:afterSwap", ({ detail }) => held.forget(detail.target.id));
  // A menu that was closed again holds nothing back.
  document.addEventListener(
    "toggle",
    ({ target }) => {
      const part = target.closest?.(".room, .row-item");
      if (!target.open && part && waiting.has(part.id) && !inUse(part)) {
        const { show } = waiting.get(part.id);
        waiting.delete(part.id);
        show();
      }
    },
    true,
  );

  // ---- Focus stays on the control that it was on, in what took the old part's place.
  const keepFocus = (old, replace) => {
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const href = active?.getAttribute("href");
    const kind = active && ["main", "sq", "no"].find((name) => active.classList.contains(name));
    const now = replace();
    if (!active || now.contains(document.activeElement)) return;
    if (active === old) return now.focus({ preventScroll: true });
    const same = (href && $(`[href="${CSS.escape(href)}"]`, now)) || (kind && $(`.${kind}`, now));
    (same || $(".main, .no, a, button", now))?.focus({ preventScroll: true });
  };

  // ---- What changed, said once the burst is over
  const said = [];
  let saying;
  const say = (change) => {
    said.push(change);
    saying ??= setTimeout(() => {
      saying = null;
      $("#said").textContent = sentence(said.splice(0));
    }, 1000);
  };
  const sentence = (changes) => {
    const newest = [...new Map(changes.map((change) => [change.what, change])).values()];
    const open = newest.filter((change) => change.open);
    const others = newest.filter((change) => !change.open);
    const words = open.map(({ what, now }) => `${what}, which you have open. ${now}`);
    if (others.length <= 3) {
      words.push(...others.map(({ what, now, by }) => `${what}${now ? `: ${now}` : ""}${by ? `, by ${by}` : ""}.`));
    } else {
      const counts = Map.groupBy ? Map.groupBy(others, ({ now }) => now) : new Map();
      const parts = [...counts].map(([now, all]) => `${all.length} ${now}`).join(", ");
      words.push(`${others.length} rooms changed${parts ? `: ${parts}` : ""}.`);
    }
    return words.join(" ");
  };

  window.readyroomLive = { held, inUse, keepFocus, say };
  window.readyroomShow = {};
})();
