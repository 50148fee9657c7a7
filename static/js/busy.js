// data-one-at-a-time: a second tap while the first is on its way would only be refused as stale.
const PART = "[data-one-at-a-time]";

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt.closest(PART);
  if (event.detail.requestConfig.verb === "post" && part?.dataset.busy) event.preventDefault();
  else if (part) part.dataset.busy = "yes";
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const part = detail.requestConfig.elt.closest(PART);
  if (part) delete part.dataset.busy;
});
