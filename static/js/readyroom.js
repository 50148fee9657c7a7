// What every page does beyond its HTML: send safely, tell ages, keep focus, say when a tap was lost.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- Sending
  const cookie = (name) =>
    document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  // crypto.randomUUID wants HTTPS; a hotel's own network may not have it.
  const newId = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    // Who this page was made for: in a browser that somebody else has signed in with, nothing is done.
    if (document.body.dataset.viewer) detail.headers["X-Viewer"] = document.body.dataset.viewer;
    if (detail.verb !== "post") return;
    detail.headers["X-CSRFToken"] = cookie("csrftoken") ?? "";
    if (!detail.parameters.request_id) detail.parameters.request_id = newId();
  });

  // A second tap while the first is on its way would only be refused as stale.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const busy = event.detail.elt.closest(".room, .row-item, #room");
    if (event.detail.requestConfig.verb === "post" && busy?.dataset.busy) event.preventDefault();
    else if (busy) busy.dataset.busy = "yes";
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const busy = detail.requestConfig.elt.closest(".room, .row-item, #room");
    if (busy) delete busy.dataset.busy;
  });

  const lost = (words) => {
    const box = $("#lost");
    box.textContent = words;
    box.hidden = !words;
  };
  document.addEventListener("htmx:sendError", () =>
    lost("No connection: that was not saved. What you typed is still here; try again when you are back."));
  document.addEventListener("htmx:timeout", () => lost("No answer yet: that may not be saved. Try again."));
  // Refusals (403, 404, 409, 422) are no errors to htmx: they come with their own words.
  document.addEventListener("htmx:responseError", () =>
    lost("The server had a fault: that was not saved. Try again."));
  document.addEventListener("htmx:beforeOnLoad", () => lost(""));
  // A hotel's Wi-Fi may answer in our name, with status 200: its page must not land in a card.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
    detail.shouldSwap = false;
    lost("No answer from Readyroom: that was not saved. Does the Wi-Fi ask you to sign in? Then try again.");
  });

  // ---- What is shown once is copied with one tap, also where a page without HTTPS has no clipboard.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    $(button.dataset.copy).select();
    document.execCommand("copy");
    button.textContent = "Copied";
  });

  // ---- A note outlives whatever happens between the tap and the answer, a lost sign-in included.
  const draft = (form) => `draft ${new URL(form.action).pathname}`;
  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.("form.act");
    if (form && target.name === "notes") sessionStorage.setItem(draft(form), target.value);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    // Not detail.elt: once its card is swapped out, that is the card's parent.
    const form = detail.requestConfig.elt.closest("form.act");
    const answered = detail.xhr.status === 200 && !detail.xhr.getResponseHeader("HX-Redirect");
    if (form && answered && detail.requestConfig.verb === "post") sessionStorage.removeItem(draft(form));
  });
  const giveBack = (root) => {
    for (const notes of $$("form.act [name=notes]", root)) {
      if (!notes.value) notes.value = sessionStorage.getItem(draft(notes.form)) ?? "";
    }
  };
  document.addEventListener("htmx:load", ({ detail }) => giveBack(detail.elt.parentElement ?? document));
  document.addEventListener("click", ({ target }) => {
    const form = target.closest?.(".submits a") && target.closest("form.act");
    if (form) sessionStorage.removeItem(draft(form));
    if (target.closest?.(".sign-out button")) sessionStorage.clear();
  });

  // ---- Focus: stays on the control it was on, or goes to the card's next step.
  let focused = null;
  let opener = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const from = detail.requestConfig.elt;
    opener = from.closest("form.act")?.getAttribute("action");
    const mine = detail.target.contains(document.activeElement) || from.closest("#toasts");
    focused = mine ? detail.target.id : null;
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const root = focused && document.getElementById(focused);
    focused = null;
    if (!root || root.contains(document.activeElement)) return;
    const link = opener && $(`[href="${opener}"]`, root);
    const next =
      $(".is-invalid, .invalid-feedback + input", root) ??
      $("form.act :is(textarea, select, input:not([type=hidden]))", root) ??
      (link && ($("summary", link.closest("details") ?? link) ?? link)) ??
      $(".main, .btn-primary", root) ??
      $("a, button", root);
    next?.focus({ preventScroll: true });
  });

  // ---- A link that acts as a button answers to Space as well, and to a key held down only once:
  // by then the focus is on the card's next step.
  document.addEventListener("keydown", (event) => {
    const pressed = [" ", "Enter"].includes(event.key) && event.target.matches?.("a[role=button]");
    if (pressed && event.repeat) event.preventDefault();
    else if (pressed && event.key === " ") {
      event.preventDefault();
      event.target.click();
    }
    if (event.key === "Escape") {
      const open = event.target.closest?.(".menu[open], footer details[open], .row-acts details[open]");
      if (open) {
        open.open = false;
        $("summary", open).focus();
      } else {
        $(".submits a", event.target.closest?.("form.act") ?? document.createElement("i"))?.click();
      }
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of $$("details.menu[open], .row-acts details[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // ---- Ages: drawn here from a time, so that a drawn card never grows old.
  const units = [["d", 86400], ["h", 3600], ["min", 60]];
  const age = (seconds) => {
    const [unit, size] = units.find(([, size]) => seconds >= size) ?? ["min", 60];
    const whole = Math.floor(seconds / size);
    return whole ? `${whole} ${unit}` : "now";
  };
  const tellAges = (root = document) => {
    for (const time of $$("time[datetime]:not([data-clock])", root)) {
      time.title ||= time.textContent;
      time.textContent = age((Date.now() - Date.parse(time.dateTime)) / 1000);
    }
  };
  document.addEventListener("htmx:load", ({ detail }) => tellAges(detail.elt.parentElement ?? document));
  setInterval(tellAges, 30000);

  // ---- Toasts: the offer to undo ends when undo does.
  let ending;
  document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
    if (detail.target.id !== "toasts") return;
    clearTimeout(ending);
    for (const toast of detail.target.children) {
      const close = document.createElement("button");
      Object.assign(close, { type: "button", className: "btn btn-sm", textContent: "Close" });
      close.addEventListener("click", () => toast.remove());
      toast.append(close);
    }
    const seconds = Number($("[data-seconds]", detail.target)?.dataset.seconds ?? 20);
    ending = setTimeout(() => detail.target.replaceChildren(), seconds * 1000);
  });

  // ---- Choose all, and drop filters that say nothing from the URL.
  document.addEventListener("change", ({ target }) => {
    if (target.dataset?.all) for (const box of $$(`[name=${target.dataset.all}]`)) box.checked = target.checked;
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt.id !== "filters") return;
    for (const [name, value] of [...detail.formData]) if (!value) detail.formData.delete(name);
  });
})();
