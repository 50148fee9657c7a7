// Focus stays on the control that it was on, in what took the old part's place.
import { $ } from "../dom.js";

// `replace()` puts the new part in place of `old`, and returns it.
export const keepFocus = (old, replace) => {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const href = active?.getAttribute("href");
  const kind = active && ["main", "sq", "no"].find((name) => active.classList.contains(name));
  const now = replace();
  if (!active || now.contains(document.activeElement)) return;
  if (active === old) return now.focus({ preventScroll: true });
  const same = (href && $(`[href="${CSS.escape(href)}"]`, now)) || (kind && $(`.${kind}`, now));
  (same || $(".main, .no, a, button", now))?.focus({ preventScroll: true });
};
