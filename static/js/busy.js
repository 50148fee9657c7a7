// data-one-at-a-time: a second tap while the first is on its way would only be refused as stale.
const PART = "[data-one-at-a-time]";

// Keeps the part busy between two tries of a request (again.js): no other tap gets between them.
export const keepBusy = (elt, busy) => {
  const part = elt.closest(PART);
  if (part && busy) part.dataset.busy = "again";
  else if (part) delete part.dataset.busy;
};

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt.closest(PART);
  const post = event.detail.requestConfig.verb === "post";
  if (part?.dataset.busy === "again" || (post && part?.dataset.busy)) event.preventDefault();
  else if (part) part.dataset.busy = "yes";
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const part = detail.requestConfig.elt.closest(PART);
  if (part && part.dataset.busy !== "again") delete part.dataset.busy;
});
