// #toasts: what the last action did. The offer to undo ends when undo does (data-seconds).
import { $, button } from "./dom.js";

let ending;

document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
  if (detail.target.id !== "toasts") return;
  clearTimeout(ending);
  for (const toast of detail.target.children) toast.append(button("Close", () => toast.remove()));
  const seconds = Number($("[data-seconds]", detail.target)?.dataset.seconds ?? 20);
  ending = setTimeout(() => detail.target.replaceChildren(), seconds * 1000);
});

// Says why something was not done; gone after eight seconds.
export const refuse = (words) => {
  const toast = document.createElement("div");
  toast.className = "note-toast bad";
  toast.append(Object.assign(document.createElement("p"), { textContent: words }));
  $("#toasts").replaceChildren(toast);
  setTimeout(() => toast.remove(), 8000);
};
