// data-all="name": one box ticks all the boxes of that name.
import { $$ } from "./dom.js";

document.addEventListener("change", ({ target }) => {
  if (target.dataset?.all) for (const box of $$(`[name=${target.dataset.all}]`)) box.checked = target.checked;
});
