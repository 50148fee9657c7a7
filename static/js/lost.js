// #lost: says when a tap was not saved, and that what was typed is still there.
import { $ } from "./dom.js";

// While a request waits to be sent again, another one's answer does not take its words away.
let held = false;
export const holdWords = (hold) => {
  held = hold;
};

export const lost = (words) => {
  const box = $("#lost");
  box.textContent = words;
  box.hidden = !words;
};
document.addEventListener("htmx:sendError", () =>
  lost("No connection: that was not saved. What you typed is still here; try again when you are back."));
document.addEventListener("htmx:timeout", () => lost("No answer yet: that may not be saved. Try again."));
// Refusals (403, 404, 409, 422) are not errors to htmx: they come with their own words.
// 503 is again.js's.
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status !== 503) lost("The server had a fault: that was not saved. Try again.");
});
document.addEventListener("htmx:beforeOnLoad", () => held || lost(""));
// A hotel's Wi-Fi may answer in our place, with status 200: its page must not land in a card.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  lost("No answer from Readyroom: that was not saved. Does the Wi-Fi ask you to sign in? Then try again.");
});
