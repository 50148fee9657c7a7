// data-copy="#field": one tap copies the field, also on a page without HTTPS, which has no clipboard.
import { $ } from "./dom.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  $(button.dataset.copy).select();
  document.execCommand("copy");
  button.textContent = "Copied";
});
