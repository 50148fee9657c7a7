// #said: what changed, told to a screen reader in few words, once the burst is over.
import { $ } from "../dom.js";

let said = [];
let saying;

// A change: `what` it is about, how that is `now`, `by` whom; `open` if the person has it in hand,
// and then the `id` of the part.
export const say = (change) => {
  said.push(change);
  saying ??= setTimeout(() => {
    saying = null;
    $("#said").textContent = sentence(said);
    said = [];
  }, 1000);
};
export const unsay = (id) => {
  said = said.filter((change) => change.id !== id);
};

const sentence = (changes) => {
  const newest = [...new Map(changes.map((change) => [change.what, change])).values()];
  const open = newest.filter((change) => change.open);
  const others = newest.filter((change) => !change.open);
  const words = open.map(({ what, now }) => `${what}, which you have open. ${now}`);
  if (others.length <= 3) {
    words.push(...others.map(({ what, now, by }) => `${what}${now ? `: ${now}` : ""}${by ? `, by ${by}` : ""}.`));
  } else {
    const counts = Map.groupBy ? Map.groupBy(others, ({ now }) => now) : new Map();
    const parts = [...counts].map(([now, all]) => `${all.length} ${now}`).join(", ");
    words.push(`${others.length} rooms changed${parts ? `: ${parts}` : ""}.`);
  }
  return words.join(" ");
};
