// details[data-closes~=outside]: a click elsewhere closes it. keys.js does what "escape" says.
import { $$ } from "./dom.js";

document.addEventListener("click", ({ target }) => {
  for (const menu of $$("[data-closes~=outside][open]")) if (!menu.contains(target)) menu.open = false;
});
