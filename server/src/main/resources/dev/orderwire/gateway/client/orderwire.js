/**
 * Orderwire's client for browsers: a live view of a table. It has no dependencies and needs no build.
 *
 *     import { LiveView } from "/client/orderwire.js";
 *
 *     const orders = new LiveView({ table: "orders", where: { status: "pending" } });
 *     orders.addEventListener("columns", () => drawHeader(orders.columns));
 *     orders.addEventListener("rows", () => draw([...orders.rows.values()]));
 *     orders.addEventListener("changes", (event) => redraw(event.detail.changes));
 *     orders.addEventListener("state", (event) => show(event.detail.name, event.detail.reason));
 *
 * A LiveView connects at once, reconnects after every loss, and resumes at its position: it misses no
 * change and applies none twice. After each event, it holds a state that the database had, and its
 * rows match its columns: after an ALTER TABLE, the new columns and rows replace the old ones together,
 * once the last row has arrived.
 *
 * Values are parsed from JSON. A DECIMAL is a string, because a JavaScript number is not exact. An
 * integer beyond 2^53 is a BigInt, in browsers whose JSON.parse passes on a number's digits
 * (Chrome 114, Firefox 135, Safari 18.4).
 */

const SUBPROTOCOL = "orderwire.v1";

const CONNECT_TIMEOUT_MILLIS = 10_000;
const FIRST_BACKOFF_MILLIS = 500;
const LONGEST_BACKOFF_MILLIS = 15_000;
/** The loss of a connection that lasted this long starts again with the first backoff. */
const STABLE_AFTER_MILLIS = 5_000;

/** The server may repeat a change, always with the same id. The client remembers this many ids. */
const IDS_REMEMBERED = 10_000;

const OVER_A_LIMIT = 4429;
/** After these close codes, the client does not reconnect: it would fail the same way. */
const FINAL = new Map([
  [1002, "The server did not understand this page."],
  [1007, "The server did not understand this page."],
  [4400, "The server did not understand this page."],
  [4401, "Authentication failed."],
  [4403, "Access to this view is denied."],
  [4413, "The message was too large for the server."],
]);

/** After these errors, the client reconnects: the same subscription may succeed later. */
const PASSING = new Set([
  "going_away",
  "internal_error",
  "mysql_unavailable",
  "over_limit",
  "query_refused",
  "table_locked",
  "table_altered",
  "too_slow",
]);

/**
 * A live view. Its events, with their `event.detail`:
 *
 * - `state`, `{name, reason}`: see {@link LiveView#state}.
 * - `columns`, `{key, columns}`: the columns or the key of the view changed. A `rows` event follows.
 * - `rows`, `{reason}`: a snapshot replaced all rows. The reason is null for the first one; otherwise
 *   it says why the old rows are no longer valid: `retention`, `epoch`, `schema` or an error code.
 * - `changes`, `{changes}`: changes, already applied to `rows`. Each is `{id, op, key, row, old, at,
 *   actor}`, as in the protocol.
 */
export class LiveView extends EventTarget {
  #url;
  #request;
  #socket = null;
  #timers = new Map();
  #lastHeard = 0;
  #connectedAt = 0;
  #losses = 0;
  /** The time at which the server asked the client to reconnect. */
  #announcedAt = null;
  #state = { name: "connecting", reason: null };

  #view = null;
  #table = null;
  #key = [];
  #columns = [];
  #rows = new Map();
  #position = null;
  #resuming = false;
  /** The incomplete snapshot, `{key, columns, rows}`. It replaces the fields above when complete. */
  #incoming = null;
  #resetReason = null;
  #moment = [];
  #seen = new Set();

  /**
   * @param {object} [options]
   * @param {string} [options.url] the server's WebSocket; default: `/ws` on the page's server
   * @param {string} [options.table] default: the server's default table
   * @param {object} [options.where] selects rows, such as `{status: "pending"}`; default: all rows
   * @param {string[]} [options.columns] must include the key's columns; default: all columns
   */
  constructor({ url, table, where, columns } = {}) {
    super();
    this.#url = url ?? new URL("/ws", globalThis.location.href.replace(/^http/, "ws")).href;
    this.#request = { table, where, columns };
    globalThis.addEventListener?.("online", this.#retryNow);
    this.#connect();
  }

  /** The rows of the view by {@link LiveView#keyOf}, newest last. Do not change this map. */
  get rows() {
    return this.#rows;
  }

  /** The table's name; null until the first answer. */
  get table() {
    return this.#table;
  }

  /** The names of the key's columns; empty until the first rows. */
  get key() {
    return this.#key;
  }

  /** The view's columns, `{name, type}` each; empty until the first rows. */
  get columns() {
    return this.#columns;
  }

  /**
   * `name` is `connecting`, `live`, `reconnecting` or `closed`. `reason` says why the view is not
   * live, or is null.
   */
  get state() {
    return this.#state;
  }

  /** Returns the key in `rows` of a row, or of a change's `key`. */
  keyOf(row) {
    return keyOf(row, this.#key);
  }

  /** Closes the connection for good and keeps the rows. */
  close() {
    this.#end(null);
  }

  // --- the connection

  #connect() {
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    this.#after("connect", CONNECT_TIMEOUT_MILLIS, () => this.#reconnect("the server does not answer"));
    socket.onmessage = (event) => {
      this.#lastHeard = performance.now();
      this.#receive(parse(event.data));
    };
    socket.onclose = (event) => {
      if (FINAL.has(event.code)) {
        this.#end(`${FINAL.get(event.code)} ${event.reason}`.trim());
      } else {
        this.#reconnect(event.reason || "the connection was lost", event.code === OVER_A_LIMIT);
      }
    };
  }

  /** Drops the connection, which the browser may still think open, and schedules another. */
  #reconnect(reason, isOverLimit = false) {
    const announcedAt = this.#announcedAt;
    if (this.#connectedAt > 0 && performance.now() - this.#connectedAt > STABLE_AFTER_MILLIS) {
      this.#losses = 0;
    }
    this.#disconnect();
    this.#setState("reconnecting", reason);
    const backoff = Math.min(LONGEST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS * 2 ** this.#losses++);
    // Full jitter spreads the clients of a restarted server over time.
    const delay = isOverLimit
      ? LONGEST_BACKOFF_MILLIS * (1 + Math.random())
      : announcedAt === null
        ? backoff * Math.random()
        : Math.max(0, announcedAt - performance.now());
    this.#after("retry", delay, () => this.#connect());
  }

  #end(reason) {
    globalThis.removeEventListener?.("online", this.#retryNow);
    this.#disconnect();
    this.#setState("closed", reason);
  }

  /** Closes the socket. Drops incomplete data: the server sends it again. */
  #disconnect() {
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
    this.#view = null;
    this.#incoming = null;
    this.#moment = [];
    this.#connectedAt = 0;
    this.#announcedAt = null;
  }

  #retryNow = () => {
    if (this.#timers.has("retry")) {
      this.#cancel("retry");
      this.#connect();
    }
  };

  #watchLink(limit) {
    const idle = performance.now() - this.#lastHeard;
    if (idle >= limit) {
      this.#reconnect("the server sends nothing");
    } else {
      this.#after("link", limit - idle, () => this.#watchLink(limit));
    }
  }

  #after(name, millis, task) {
    this.#cancel(name);
    this.#timers.set(
      name,
      setTimeout(() => {
        this.#timers.delete(name);
        task();
      }, millis),
    );
  }

  #cancel(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  // --- the protocol

  #subscribe() {
    this.#resuming = this.#position !== null;
    const start = this.#resuming ? { since: this.#position } : { snapshot: true };
    this.#socket.send(JSON.stringify({ type: "subscribe", ref: "view", ...this.#request, ...start }));
  }

  #receive(message) {
    if (message.view !== undefined && message.view !== this.#view && message.type !== "subscribed") {
      return;
    }
    switch (message.type) {
      case "welcome":
        this.#cancel("connect");
        this.#connectedAt = performance.now();
        this.#watchLink(2_000 * message.heartbeatSeconds);
        this.#subscribe();
        break;
      case "subscribed":
        this.#view = message.view;
        this.#table = message.table;
        this.#expectRows(message);
        if (this.#resuming) {
          this.#resuming = false;
          this.#setState("live", null);
        }
        break;
      case "reset":
        this.#position = null;
        this.#moment = [];
        this.#expectRows(message);
        this.#resetReason = message.reason;
        break;
      case "snapshot":
        this.#applySnapshot(message);
        break;
      case "changes":
        this.#applyChanges(message);
        break;
      case "position":
        if (this.#position !== null && this.#moment.length === 0) {
          this.#position = message.position;
        }
        break;
      case "reconnect":
        this.#announcedAt = performance.now() + message.afterMillis;
        this.#after("move", message.afterMillis, () => this.#reconnect("the server asked for it"));
        break;
      case "error":
        this.#handleError(message);
        break;
      case "unsubscribed":
        this.#end("The server ended this view.");
        break;
    }
  }

  /** Collects a new snapshot. The old rows stay until it is complete. */
  #expectRows({ key, columns }) {
    this.#incoming = { key, columns, rows: new Map() };
  }

  #applySnapshot({ rows, done, position }) {
    const incoming = this.#incoming;
    for (const row of rows) {
      incoming.rows.set(keyOf(row, incoming.key), row);
    }
    if (done) {
      this.#incoming = null;
      this.#position = position;
      this.#seen.clear();
      const reason = this.#resetReason;
      this.#resetReason = null;
      this.#rows = incoming.rows;
      this.#setShape(incoming);
      this.#emit("rows", { reason });
      this.#setState("live", null);
    }
  }

  #setShape({ key, columns }) {
    const before = JSON.stringify([this.#key, this.#columns]);
    this.#key = key;
    this.#columns = columns;
    if (JSON.stringify([key, columns]) !== before) {
      this.#emit("columns", { key, columns });
    }
  }

  /** Applies a moment only when it is complete, so that `rows` never shows half a transaction. */
  #applyChanges({ changes, more, position }) {
    for (const change of changes) {
      this.#moment.push(change);
    }
    if (more) {
      return;
    }
    const fresh = this.#moment.filter(({ id }) => !this.#seen.has(id));
    this.#moment = [];
    this.#position = position;
    for (const change of fresh) {
      if (change.op === "delete") {
        this.#rows.delete(this.keyOf(change.key));
      } else {
        this.#rows.set(this.keyOf(change.key), change.row);
      }
      this.#seen.add(change.id);
    }
    for (const id of this.#seen) {
      if (this.#seen.size <= IDS_REMEMBERED) {
        break;
      }
      this.#seen.delete(id);
    }
    if (fresh.length > 0) {
      this.#emit("changes", { changes: fresh });
    }
  }

  #handleError({ code, message, ref }) {
    if (ref !== "view" || PASSING.has(code)) {
      this.#reconnect(message, code === "over_limit");
    } else if (this.#resuming) {
      // The server cannot resume at this position: ask for a snapshot instead.
      this.#position = null;
      this.#resetReason = code;
      this.#subscribe();
    } else {
      // The view does not exist, or no longer exists: then `unsubscribed` follows.
      this.#end(message);
    }
  }

  #setState(name, reason) {
    if (this.#state.name !== name || this.#state.reason !== reason) {
      this.#state = { name, reason };
      this.#emit("state", this.#state);
    }
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function keyOf(row, key) {
  return key.length === 1
    ? String(row[key[0]])
    : JSON.stringify(key.map((column) => String(row[column])));
}

/** Parses JSON. An integer that a number cannot hold becomes a BigInt. */
function parse(text) {
  return /\d{16}/.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
}

function exactInteger(name, value, context) {
  return typeof value === "number" &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(context?.source ?? "")
    ? BigInt(context.source)
    : value;
}
