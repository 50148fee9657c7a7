// Keeps an open page true. A transport only wakes it: Pusher where it is configured, else the
// event stream, and asking now and then when neither gets through. The page then asks what changed.
(() => {
  const $ = (selector) => document.querySelector(selector);
  const LIVE = 120, POLL = 5, WORST = 30, SILENT = 50, FIRST_WORD = 10; // seconds
  const GAP = 250; // ms between two questions: a burst of changes is one or two

  // What is kept true: the board or a page's main part. It carries its address, the seq it shows
  // and, as a property, the ETag of the answer that it had last.
  const root = () => $("[data-live]");
  const shown = () => Number(root().dataset.seq);
  const jitter = (seconds) => seconds * 1000 * (0.5 + Math.random() / 2);

  // ---- How the page is connected, in words
  let pushing = false;
  let offlineSince = null;
  const tell = () => {
    const [state, words, title] = offlineSince
      ? ["offline", `Offline since ${offlineSince}`, "The last changes are not shown. This page keeps trying."]
      : pushing
        ? ["live", "Live", "Changes appear at once."]
        : ["polling", "Polling", `No live connection: this page asks every ${POLL} seconds.`];
    const box = $("#connection");
    if (box.dataset.state === state && box.textContent === words) return;
    box.dataset.state = state;
    box.textContent = words;
    box.title = title;
  };
  const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  // ---- Asking
  let asking = false;
  let wanted = 0;
  let failures = 0;
  let timer;
  const later = (ms) => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, ms);
  };
  const ask = async () => {
    clearTimeout(timer);
    const at = root();
    if (asking || !at || document.hidden) return;
    asking = true;
    // What this answer can know of: a wake-up may overtake it.
    const known = wanted;
    try {
      const answer = await fetch(window.readyroomShow[at.id === "board" ? "board" : "page"].url(at), {
        headers: { "HX-Request": "true", "HX-Target": at.id, "X-Viewer": document.body.dataset.viewer, ...(at.etag && { "If-None-Match": at.etag }) },
        cache: "no-store",
        signal: AbortSignal.timeout(15000),
      });
      if (answer.headers.has("HX-Redirect") || answer.headers.has("HX-Refresh") || [403, 404].includes(answer.status)) return leave(answer);
      if (!answer.ok && answer.status !== 304) throw new Error(`status ${answer.status}`);
      const body = await answer.text();
      // A hotel's Wi-Fi may answer in our name.
      if (/^\s*<!doctype/i.test(body)) throw new Error("not our answer");
      failures = 0;
      offlineSince = null;
      tell();
      // Another filter, or an action's own answer, took its place meanwhile: ask again for that.
      if (root() === at) {
        at.etag = answer.headers.get("ETag");
        if (answer.status === 304) at.dataset.seq = Math.max(known, shown());
        else window.readyroomShow[at.id === "board" ? "board" : "page"].show(at, body);
      }
    } catch {
      failures += 1;
      offlineSince ??= clock();
      tell();
    } finally {
      asking = false;
    }
    if (failures) later(jitter(Math.min(WORST, 2 ** failures)));
    else if (root() && (root() !== at || wanted > shown())) later(GAP);
    else later(jitter(pushing ? LIVE : POLL));
  };
  const wake = (seq) => {
    wanted = Math.max(wanted, seq);
    if (root() && wanted > shown()) later(0);
  };
  // Signed out, another person or role, or no longer on the staff: nothing more comes to this page.
  // What is being typed is not taken away.
  const leave = (answer) => {
    stream.stop();
    clearTimeout(timer);
    const signIn = answer.headers.get("HX-Redirect");
    if (!$("form.act")) return signIn ? location.assign(signIn) : location.reload();
    const link = document.createElement("a");
    Object.assign(link, { href: signIn ?? location.href, textContent: signIn ? "Signed out: sign in again" : "Signed in anew: reload" });
    $("#connection").dataset.state = "offline";
    $("#connection").replaceChildren(link);
  };
  const up = () => {
    pushing = true;
    if (failures) later(0);
    else tell();
  };
  const down = () => {
    if (pushing) later(jitter(1));
    pushing = false;
  };

  // ---- The event stream. Reconnecting is ours: the browser's own has neither backoff nor jitter,
  // and never gives up a proxy that swallows what is sent.
  const stream = {
    tries: 0,
    start() {
      if (this.source || document.hidden || pushedByPusher) return;
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
      if (!pushedByPusher) down();
      this.retry = setTimeout(() => this.start(), jitter(Math.min(60, 2 ** this.tries)));
    },
  };

  // ---- Pusher first, where the page has it
  let pushedByPusher = false;
  const begin = () => {
    if (!root()) return;
    if (window.readyroomPusher) {
      window.readyroomPusher.start({
        wake,
        up() {
          pushedByPusher = true;
          stream.stop();
          up();
          // What happened before the subscription stood was told to others only.
          later(0);
        },
        down() {
          pushedByPusher = false;
          down();
          stream.start();
        },
      });
      setTimeout(() => stream.start(), 5000);
    } else {
      stream.start();
    }
    later(jitter(POLL));
  };
  // A tab that nobody sees holds no connection: browsers grant a site six of them.
  const rest = () => {
    stream.stop();
    clearTimeout(timer);
    if (!pushedByPusher) pushing = false;
  };
  const resume = () => {
    if (!root()) return;
    stream.tries = 0;
    stream.start();
    later(0);
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : resume()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", ({ persisted }) => persisted && resume());
  addEventListener("online", resume);
  addEventListener("offline", () => stream.source && stream.fail());
  document.addEventListener("DOMContentLoaded", begin);
})();
