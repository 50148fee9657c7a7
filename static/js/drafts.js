// form[data-draft]: a note survives whatever happens between the tap and the answer, even a
// sign-in that ran out. data-cancel gives the draft up; data-forget-drafts gives up all of them.
import { $$ } from "./dom.js";

const key = (form) => `draft ${new URL(form.action).pathname}`;

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-draft]");
  if (form && ["notes", "reason"].includes(target.name)) sessionStorage.setItem(key(form), target.value);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  // Not detail.elt: once its card is swapped out, that is the card's parent.
  const form = detail.requestConfig.elt.closest("[data-draft]");
  const answered = detail.xhr.status === 200 && !detail.xhr.getResponseHeader("HX-Redirect");
  if (form && answered && detail.requestConfig.verb === "post") sessionStorage.removeItem(key(form));
});
document.addEventListener("htmx:load", ({ detail }) => {
  for (const notes of $$("[data-draft] :is([name=notes], [name=reason])", detail.elt.parentElement ?? document)) {
    if (!notes.value) notes.value = sessionStorage.getItem(key(notes.form)) ?? "";
  }
});
document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("[data-cancel]")?.closest("[data-draft]");
  if (form) sessionStorage.removeItem(key(form));
  if (target.closest?.("[data-forget-drafts]")) sessionStorage.clear();
});
