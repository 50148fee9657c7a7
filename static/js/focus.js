// After a swap the focus stays on the control it was on, or goes to the card's next step.
import { $ } from "./dom.js";

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
