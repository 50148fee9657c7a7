// Keeps an open page true. A transport only wakes it: Pusher where it is configured, else the event
// stream, and asking now and then when neither gets through. The page then asks what changed.
import { $ } from "../dom.js";
import * as asking from "./asking.js";
import { root } from "./asking.js";
import { connection } from "./connection.js";
import * as pusher from "./pusher.js";
import { stream } from "./stream.js";

// `view` knows what is asked, and how the answer is shown: live/board.js or live/page.js.
// The pages that this runs in load it with `async`, so that a tap need not wait for it.
export const keepTrue = (view) => addEventListener("load", () => begin(view));

const begin = (view) => {
  if (!root()) return;
  const pushed = pusher.start({
    wake: asking.wake,
    up() {
      stream.needed = false;
      stream.stop();
      asking.up();
      // What happened before the subscription stood was told to others only.
      asking.later(0);
    },
    down() {
      stream.needed = true;
      asking.down();
      stream.start();
    },
  });
  // Pusher has five seconds before the stream is opened after all.
  if (pushed) setTimeout(() => stream.start(), 5000);
  else stream.start();
  asking.begin(view, leave);
};

// “Undo” in a toast changes a row that the answer does not hold: look at once, however wake-ups come.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (root() && detail.requestConfig.elt.closest(".note-toast")) asking.later(0);
});

// Signed out, another person or role, or no longer on the staff: nothing more comes to this page.
// What is being typed is not taken away.
const leave = (answer) => {
  stream.stop();
  asking.stop();
  const signIn = answer.headers.get("HX-Redirect");
  if (!$("form.act")) return signIn ? location.assign(signIn) : location.reload();
  const link = document.createElement("a");
  link.href = signIn ?? location.href;
  link.textContent = signIn ? "Signed out: sign in again" : "Signed in anew: reload";
  $("#connection").dataset.state = "offline";
  $("#connection").replaceChildren(link);
};

// A tab that nobody sees holds no connection: browsers grant a site six of them.
const rest = () => {
  stream.stop();
  asking.stop();
  if (stream.needed) connection.pushing = false;
};
const resume = () => {
  if (!root()) return;
  stream.tries = 0;
  stream.start();
  asking.later(0);
};
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : resume()));
addEventListener("pagehide", rest);
addEventListener("pageshow", ({ persisted }) => persisted && resume());
addEventListener("online", resume);
addEventListener("offline", () => stream.source && stream.fail());
