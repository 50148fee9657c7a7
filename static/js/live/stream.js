// Wake-ups by the event stream. The browser's own reconnecting has neither backoff nor jitter, and
// never gives up on a proxy that swallows what is sent: so that is done here.
import { down, jitter, up, wake } from "./asking.js";

const FIRST_WORD = 10; // seconds
const SILENT = 50; // seconds

export const stream = {
  // Not while Pusher wakes the page.
  needed: true,
  tries: 0,
  start() {
    if (this.source || document.hidden || !this.needed) return;
    clearTimeout(this.retry);
    this.source = new EventSource(document.body.dataset.stream);
    this.expect(FIRST_WORD);
    this.source.addEventListener("changed", ({ data }) => {
      this.tries = 0;
      this.expect(SILENT);
      up();
      wake(JSON.parse(data).seq);
    });
    this.source.addEventListener("error", () => this.fail());
  },
  expect(seconds) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.fail(), seconds * 1000);
  },
  stop() {
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
  },
  fail() {
    this.stop();
    this.tries += 1;
    if (this.needed) down();
    this.retry = setTimeout(() => this.start(), jitter(Math.min(60, 2 ** this.tries)));
  },
};
