/** The connection of a live view: a WebSocket that comes back after every loss, until it is closed. */

import { parse } from "./exact-json.js";

const SUBPROTOCOL = "orderwire.v1";

const CONNECT_TIMEOUT_MILLIS = 10_000;
const FIRST_BACKOFF_MILLIS = 500;
const LONGEST_BACKOFF_MILLIS = 15_000;
/** The loss of a connection that lasted this long starts again with the first backoff. */
const STABLE_AFTER_MILLIS = 5_000;

const OVER_A_LIMIT = 4429;
const NOT_AUTHENTICATED = 4401;
/** The ref of the messages that say who the client is. */
const AUTH = "auth";
/** After these close codes, the client does not reconnect: it would fail the same way. */
const FINAL = new Map([
  [1002, "The server did not understand this page."],
  [1007, "The server did not understand this page."],
  [4400, "The server did not understand this page."],
  [4401, "Authentication failed."],
  [4403, "Access to this view is denied."],
  [4413, "The message was too large for the server."],
]);

/**
 * Says who the client is. Called when a connection begins, when the token runs out, and, with the
 * reason, when the server wants another one.
 *
 * @callback TokenSource
 * @param {string} [refusal] why the server does not let the client in
 * @returns {string | null | Promise<string | null>} a token or an API key; null for none
 */

/**
 * What happens on a link.
 *
 * @typedef {object} Owner
 * @property {() => void} onOpen the server takes messages
 * @property {(message: object) => void} onMessage any other message of the server
 * @property {(reason: string) => void} onLoss the connection is lost; another one follows
 * @property {(reason: string) => void} onEnd the server does not want this client: close the link
 * @property {(thrown: unknown) => void} onFailure something was thrown, also by another function of
 *   the owner: close the link
 */
export class Link {
  #url;
  #owner;
  /** @type {TokenSource | null} */
  #tokens;
  #token = null;
  #socket = null;
  #isOpen = false;
  #timers = new Map();
  #lastHeard = 0;
  #connectedAt = 0;
  #losses = 0;
  #isClosed = false;
  /** The time at which the server asked the client to reconnect. */
  #announcedAt = null;

  /**
   * @param {string | TokenSource} [token] who the client is
   * @param {Owner} owner
   */
  constructor(url, token, owner) {
    this.#url = url;
    this.#owner = owner;
    this.#tokens = typeof token === "function" ? token : null;
    this.#token = typeof token === "string" ? token : null;
    this.#connect();
    globalThis.addEventListener?.("online", this.#retryNow);
  }

  /** Sends a message, as JSON. */
  send(text) {
    this.#socket.send(text);
  }

  /** Drops the connection, which the browser may still think open, and schedules another. */
  reconnect(reason, isOverLimit = false) {
    const announcedAt = this.#announcedAt;
    if (this.#connectedAt > 0 && performance.now() - this.#connectedAt > STABLE_AFTER_MILLIS) {
      this.#losses = 0;
    }
    this.#disconnect();
    const backoff = Math.min(LONGEST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS * 2 ** this.#losses++);
    // Full jitter spreads the clients of a restarted server over time.
    const delay = isOverLimit
      ? LONGEST_BACKOFF_MILLIS * (1 + Math.random())
      : announcedAt === null
        ? backoff * Math.random()
        : Math.max(0, announcedAt - performance.now());
    this.#after("retry", delay, () => this.#connect());
    this.#owner.onLoss(reason);
  }

  /** The server does not let the client in. Another connection follows, if there is another token. */
  refuse(reason) {
    if (this.#tokens === null) {
      this.#owner.onEnd(`${FINAL.get(NOT_AUTHENTICATED)} ${reason}`.trim());
      return;
    }
    this.#disconnect();
    this.#token = null;
    this.#owner.onLoss(reason);
    this.#renewToken(reason, null, () => {
      if (this.#token === null) {
        this.#owner.onEnd(`${FINAL.get(NOT_AUTHENTICATED)} ${reason}`.trim());
      } else {
        this.reconnect(reason);
      }
    });
  }

  close() {
    this.#isClosed = true;
    globalThis.removeEventListener?.("online", this.#retryNow);
    this.#disconnect();
  }

  #connect() {
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    this.#after("connect", CONNECT_TIMEOUT_MILLIS, () => this.reconnect("the server does not answer"));
    socket.onmessage = (event) =>
      this.#run(() => {
        this.#lastHeard = performance.now();
        this.#receive(parse(event.data));
      });
    socket.onclose = (event) => this.#run(() => this.#closed(event));
  }

  #closed({ code, reason }) {
    if (code === NOT_AUTHENTICATED) {
      this.refuse(reason);
    } else if (FINAL.has(code)) {
      this.#owner.onEnd(`${FINAL.get(code)} ${reason}`.trim());
    } else {
      this.reconnect(reason || "the connection was lost", code === OVER_A_LIMIT);
    }
  }

  #receive(message) {
    switch (message.type) {
      case "welcome":
        this.#cancel("connect");
        this.#connectedAt = performance.now();
        this.#watch(2_000 * message.heartbeatSeconds);
        this.#introduce();
        break;
      case "authenticated":
        this.#open();
        break;
      case "expiring":
        this.#renewToken(undefined, this.#socket, () => this.#authenticate());
        break;
      case "error":
        this.#error(message);
        break;
      case "reconnect":
        this.#announcedAt = performance.now() + message.afterMillis;
        this.#after("move", message.afterMillis, () => this.reconnect("the server asked for it"));
        break;
      default:
        this.#owner.onMessage(message);
    }
  }

  /** Says who the client is, where somebody knows. */
  #introduce() {
    if (this.#tokens !== null && this.#token === null) {
      this.#renewToken(undefined, this.#socket, () => this.#introduceBy());
    } else {
      this.#introduceBy();
    }
  }

  #introduceBy() {
    if (this.#token === null) {
      this.#open();
    } else {
      this.#authenticate();
    }
  }

  #authenticate() {
    if (this.#token !== null) {
      this.send(JSON.stringify({ type: "auth", ref: AUTH, token: this.#token }));
    }
  }

  #open() {
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#owner.onOpen();
    }
  }

  #error(message) {
    const { ref, code } = message;
    if (ref === AUTH && code === "auth_not_configured") {
      this.#open();
    } else if (ref === AUTH && code === "identity_unavailable") {
      this.reconnect(message.message);
    } else if (code === "not_authenticated") {
      this.refuse(message.message);
    } else if (ref !== AUTH) {
      this.#owner.onMessage(message);
    }
  }

  /**
   * Asks for a token, then goes on, unless the connection that it was for is gone.
   *
   * @param {WebSocket | null} socket null while there is no connection
   */
  #renewToken(refusal, socket, then) {
    if (this.#tokens === null) {
      return;
    }
    new Promise((resolve) => resolve(this.#tokens(refusal))).then(
      (token) =>
        this.#run(() => {
          if (!this.#isClosed && this.#socket === socket) {
            this.#token = token ?? null;
            then();
          }
        }),
      (thrown) =>
        this.#run(() => {
          if (!this.#isClosed && this.#socket === socket) {
            this.reconnect(`no token: ${thrown?.message ?? thrown}`);
          }
        }),
    );
  }

  #disconnect() {
    this.#isOpen = false;
    for (const timer of this.#timers.values()) {
      clearTimeout(timer);
    }
    this.#timers.clear();
    const socket = this.#socket;
    if (socket !== null) {
      socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.#socket = null;
    this.#connectedAt = 0;
    this.#announcedAt = null;
  }

  #retryNow = () =>
    this.#run(() => {
      if (this.#timers.has("retry")) {
        this.#cancel("retry");
        this.#connect();
      }
    });

  #watch(limit) {
    const idle = performance.now() - this.#lastHeard;
    if (idle >= limit) {
      this.reconnect("the server sends nothing");
    } else {
      this.#after("watch", limit - idle, () => this.#watch(limit));
    }
  }

  #after(name, millis, task) {
    this.#cancel(name);
    this.#timers.set(
      name,
      setTimeout(() => {
        this.#timers.delete(name);
        this.#run(task);
      }, millis),
    );
  }

  #cancel(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  /** Nothing that is thrown leaves the link. */
  #run(task) {
    try {
      task();
    } catch (thrown) {
      this.#owner.onFailure(thrown);
    }
  }
}
