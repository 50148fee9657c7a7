// meta[name=pusher]: wake-ups by Pusher, or a server that speaks its protocol, where one is
// configured. live.js starts it, and takes another way while it is down.
import { csrfToken } from "../csrf.js";
import { $ } from "../dom.js";

// `up()`: wake-ups come from now on; what happened before must be asked for. `wake(seq)`: the log
// has reached seq. `down()`: none come until the next up(); it may be said more than once.
// Returns whether Pusher is configured.
export const start = ({ wake, up, down }) => {
  const settings = $("meta[name=pusher]");
  if (!settings) return false;
  const { key, socket, channel: name, auth } = settings.dataset;
  const { protocol, hostname, port } = new URL(socket);
  const pusher = new Pusher(key, {
    cluster: "",
    wsHost: hostname,
    wsPort: port || 80,
    wssPort: port || 443,
    forceTLS: protocol === "wss:",
    // With TLS where the socket says so. Its other transports need more hosts, and scripts of theirs.
    enabledTransports: ["ws"],
    // Wi-Fi that dies without a word is noticed in 40 seconds, not in pusher-js's 150.
    activityTimeout: 30000,
    pongTimeout: 10000,
    channelAuthorization: {
      endpoint: auth,
      headersProvider: () => ({ "X-CSRFToken": csrfToken() }),
    },
  });
  const channel = pusher.subscribe(name);
  channel.bind("pusher:subscription_succeeded", () => up());
  channel.bind("rooms_changed", ({ seq }) => wake(seq));
  channel.bind("pusher:subscription_error", ({ status }) => {
    down();
    // Bad Wi-Fi or a restart, not a refusal; pusher-js itself would not ask again.
    if (!(status >= 200 && status < 500)) setTimeout(() => pusher.subscribe(name), 10000 + 10000 * Math.random());
  });
  pusher.connection.bind("state_change", ({ previous, current }) => {
    if (previous === "connected" || !["connecting", "connected"].includes(current)) down();
  });
  return true;
};
