// a[role=button]: a link that acts as a button answers to Space too. Escape closes the menu it is
// in (data-closes="escape"), or cancels the form.
import { $ } from "./dom.js";

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if ([" ", "Enter"].includes(key) && target.matches?.("a[role=button]")) {
    // A key held down acts once: by then the focus is on the card's next step.
    if (event.repeat) event.preventDefault();
    else if (key === " ") {
      event.preventDefault();
      target.click();
    }
  }
  if (key === "Escape") {
    const menu = target.closest?.("[data-closes~=escape][open]");
    const form = target.closest?.("form.act");
    if (menu) {
      menu.open = false;
      $("summary", menu).focus();
    } else if (form) {
      $("[data-cancel]", form)?.click();
    }
  }
});
