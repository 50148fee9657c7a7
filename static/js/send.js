// What htmx sends says who the page was made for, and carries the CSRF token and a request id.
import { csrfToken } from "./csrf.js";

// crypto.randomUUID needs HTTPS, which a hotel's own network may not have.
const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

document.addEventListener("htmx:configRequest", ({ detail }) => {
  // If somebody else has signed in with this browser since, the server does nothing.
  const { viewer } = document.body.dataset;
  if (viewer) detail.headers["X-Viewer"] = viewer;
  if (detail.verb !== "post") return;
  detail.headers["X-CSRFToken"] = csrfToken();
  if (!detail.parameters.request_id) detail.parameters.request_id = newId();
});
