/**
 * Orderwire's client for browsers: a live view of a table. It needs no build and nothing but its two
 * other files, `link.js` and `exact-json.js`.
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
 * (Chrome 114, Firefox 135, Safari 18.4). `where` takes every value that a row has, BigInt included.
 *
 * A LiveView throws nothing. What goes wrong in it, or in a listener, ends it: its state is `closed`,
 * with the reason.
 */

import { stringify } from "./exact-json.js";
import { Link } from "./link.js";

/** The server may repeat a change, always with the same id. The client remembers this many ids. */
const IDS_REMEMBERED = 10_000;

/** After these errors, the client reconnects: the same subscription may succeed later. */
const PASSING = new Set([
  "going_away",
  "identity_unavailable",
  "internal_error",
  "lookup_too_large",
  "lookup_unavailable",
  "mysql_unavailable",
  "over_limit",
  "policy_misfit",
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
 *   it says why the old rows are no longer valid: `retention`, `epoch`, `schema`, `policy` or an error code.
 * - `changes`, `{changes}`: changes, already applied to `rows`. Each is `{id, op, key, row, old, at,
 *   actor}`, as in the protocol.
 */
export class LiveView extends EventTarget {
  /** The fields of every subscribe message, as JSON. */
  #request = "";
  #link = null;
  /** What is registered for each listener: the listener, but nothing that it throws. */
  #guarded = new WeakMap();
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
   * @param {object} [options] read before the connection is made; later changes have no effect
   * @param {string} [options.url] the server's WebSocket; default: `/ws` on the page's server
   * @param {string} [options.table] default: the server's default table
   * @param {object} [options.where] selects rows, such as `{status: "pending"}`; default: all rows
   * @param {string[]} [options.columns] must include the key's columns; default: all columns
   * @param {string | import("./link.js").TokenSource} [options.token] a token or an API key, or a
   *   function that returns one, also in a promise. The function is called when a connection begins,
   *   when the token runs out, and, with the reason, when the server wants another one
   * @param {string} [options.role] the role to see the table in; only for a client with several
   */
  constructor(options = {}) {
    super();
    // Once the page has added its listeners: they hear of every failure.
    queueMicrotask(() => this.#guard(() => this.#start(options)));
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

  /** As of any EventTarget, but a listener that throws closes the view: what it shows may be wrong. */
  addEventListener(type, listener, options) {
    super.addEventListener(type, this.#guardedListener(listener), options);
  }

  removeEventListener(type, listener, options) {
    super.removeEventListener(type, this.#guardedListener(listener), options);
  }

  #guardedListener(listener) {
    if (listener === null || (typeof listener !== "object" && typeof listener !== "function")) {
      return listener;
    }
    if (!this.#guarded.has(listener)) {
      this.#guarded.set(listener, (event) =>
        this.#guard(() => {
          const result =
            typeof listener === "function" ? listener.call(this, event) : listener.handleEvent(event);
          // An async listener throws later.
          Promise.resolve(result).catch((thrown) => this.#fail(thrown));
        }),
      );
    }
    return this.#guarded.get(listener);
  }

  #guard(task) {
    try {
      task();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown) {
    console.error(thrown);
    this.#end(describe(thrown));
  }

  #start({ url, table, where, columns, token, role }) {
    if (this.#state.name === "closed") {
      return;
    }
    const fields = Object.entries({ table, role, where, columns })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `,"${name}":${stringify(value, name)}`);
    this.#request = `"type":"subscribe","ref":"view"${fields.join("")}`;
    const address = url ?? new URL("/ws", globalThis.location.href.replace(/^http/, "ws")).href;
    this.#link = new Link(address, token, {
      onOpen: () => this.#subscribe(),
      onMessage: (message) => this.#receive(message),
      onLoss: (reason) => {
        this.#dropIncomplete();
        this.#setState("reconnecting", reason);
      },
      onEnd: (reason) => this.#end(reason),
      onFailure: (thrown) => this.#fail(thrown),
    });
  }

  #end(reason) {
    this.#link?.close();
    this.#dropIncomplete();
    this.#setState("closed", reason);
  }

  /** Drops incomplete data: the server sends it again. */
  #dropIncomplete() {
    this.#view = null;
    this.#incoming = null;
    this.#moment = [];
  }

  #subscribe() {
    this.#resuming = this.#position !== null;
    const start = this.#resuming ? { since: this.#position } : { snapshot: true };
    this.#link.send(`{${this.#request},${JSON.stringify(start).slice(1)}`);
  }

  #receive(message) {
    if (message.view !== undefined && message.view !== this.#view && message.type !== "subscribed") {
      return;
    }
    switch (message.type) {
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
    // A row that has not changed, but came or went with the client's rights, has no id.
    const fresh = this.#moment.filter(({ id }) => id === null || !this.#seen.has(id));
    this.#moment = [];
    this.#position = position;
    for (const change of fresh) {
      if (change.op === "delete") {
        this.#rows.delete(this.keyOf(change.key));
      } else {
        this.#rows.set(this.keyOf(change.key), change.row);
      }
      if (change.id !== null) {
        this.#seen.add(change.id);
      }
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

  /** The client sends nothing but its subscription, so every error is about that. */
  #handleError({ code, message }) {
    if (PASSING.has(code)) {
      this.#link.reconnect(message, code === "over_limit");
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

  /** A closed view stays closed, even if one of its listeners closed it. */
  #setState(name, reason) {
    const { name: before, reason: reasonBefore } = this.#state;
    if (before !== "closed" && (before !== name || reasonBefore !== reason)) {
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

/** What was thrown may be anything: null, or an object that throws when it is read. */
function describe(thrown) {
  try {
    return String(thrown?.message || `thrown: ${String(thrown)}`);
  } catch {
    return "An error without a message.";
  }
}
