// Loaded in the head, so that it runs before anybody can tap. Until htmx listens, a tap on an action would
// follow its plain link to a page that asks again. The last such tap is kept and done once htmx listens.
(() => {
  let early;
  const keep = (event) => {
    const action = event.target.closest?.("a[hx-post], a[hx-get]");
    if (!action) return;
    event.preventDefault();
    early = action;
  };
  document.addEventListener("click", keep, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("click", keep, true);
    // htmx binds the page at this same event: after that.
    setTimeout(() => early?.click());
  });
})();
