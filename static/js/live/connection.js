// #connection: how the page is connected, in words.
import { $ } from "../dom.js";

// Seconds between two questions of a page that nothing wakes.
export const POLL = 5;

const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
let offlineSince = null;

export const connection = {
  // Whether something wakes the page: Pusher, or the event stream.
  pushing: false,
  answered() {
    offlineSince = null;
    this.tell();
  },
  failed() {
    offlineSince ??= clock();
    this.tell();
  },
  tell() {
    if (offlineSince) {
      show("offline", `Offline since ${offlineSince}`, "The last changes are not shown. This page keeps trying.");
    } else if (this.pushing) {
      show("live", "Live", "Changes appear at once.");
    } else {
      show("polling", "Polling", `No live connection: this page asks every ${POLL} seconds.`);
    }
  },
};

const show = (state, words, title) => {
  const box = $("#connection");
  if (box.dataset.state === state && box.textContent === words) return;
  box.dataset.state = state;
  box.textContent = words;
  box.title = title;
};
