// data-tab: on a phone a tab shows its column, and the tabs follow the swipe.
import { $, $$ } from "../dom.js";

export const followSwipe = () => {
  const columns = $(".columns");
  // While the page was loading, another column may have been the leftmost, and snapped to.
  if (!location.hash) columns.scrollLeft = 0;
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) choose($(`[data-tab="${target.id.slice(4)}"]`));
      }
    },
    { root: columns, threshold: 0.6 },
  );
  for (const column of $$(".column")) seen.observe(column);
};

const choose = (tab) => {
  for (const other of $$(".tabs [aria-current]")) other.removeAttribute("aria-current");
  tab.setAttribute("aria-current", "true");
  tab.parentElement.scrollTo({ left: tab.offsetLeft - 48 });
};

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-tab]");
  if (!tab) return;
  event.preventDefault();
  const column = document.getElementById(`col-${tab.dataset.tab}`);
  $(".columns").scrollTo({ left: column.offsetLeft - $(".columns").offsetLeft });
  scrollTo({ top: 0 });
});
