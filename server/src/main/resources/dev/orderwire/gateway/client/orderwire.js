/**
 * Orderwire's client for browsers: one view of a table, kept up to date. No dependency, no build.
 *
 *     import { LiveView } from "/client/orderwire.js";
 *
 *     const orders = new LiveView({ table: "orders", where: { status: "pending" } });
 *     orders.addEventListener("columns", () => drawHeader(orders.columns));
 *     orders.addEventListener("rows", () => draw([...orders.rows.values()]));
 *     orders.addEventListener("changes", (event) => redraw(event.detail.changes));
 *     orders.addEventListener("state", (event) => show(event.detail.name, event.detail.reason));
 *
 * A LiveView connects at once and again after every loss, and resumes where it was: no change is
 * missed and none comes twice. What it holds after each event is a state that the database had, and
 * its rows always have the columns that it names: where the table is altered, new columns and new rows
 * take the place of the old ones at once, when the last of them has come.
 *
 * Values are as JSON gives them. DECIMAL is a string, as a JavaScript number is not exact; an integer
 * beyond 2^53 is a BigInt, in browsers whose JSON.parse shows a number's digits (Chrome 114,
 * Firefox 135, Safari 18.4).
 */

const SUBPROTOCOL = "orderwire.v1";

const CONNECTS_WITHIN_MILLIS = 10_000;
const FIRST_PAUSE_MILLIS = 500;
const LONGEST_PAUSE_MILLIS = 15_000;
/** A connection that lasted this long was a good one: the next loss is met with a short pause. */
const GOOD_AFTER_MILLIS = 5_000;

/** A server may say a change again, never with another id: so many ids are remembered. */
const IDS_REMEMBERED = 10_000;

const OVER_A_LIMIT = 4429;
/** After these close codes, another attempt would end the same way. */
const FINAL = new Map([
  [1002, "The server did not understand this page."],
  [1007, "The server did not understand this page."],
  [4400, "The server did not understand this page."],
  [4401, "The server does not know who you are."],
  [4403, "This view is not allowed for you."],
  [4413, "The message was too large for the server."],
]);

/** After these errors, the same subscription may succeed later. */
const PASSING = new Set([
  "going_away",
  "internal_error",
  "mysql_unavailable",
  "over_limit",
  "table_altered",
  "too_slow",
]);

/**
 * What can be listened to; the data are in `event.detail`:
 *
 * - `state`, `{name, reason}`: as in {@link LiveView#state}.
 * - `columns`, `{key, columns}`: the view has other columns, or another key, than before. Its `rows`
 *   event follows.
 * - `rows`, `{reason}`: all rows are there anew: the first snapshot (reason null), or one after which
 *   nothing of the old rows counts (`retention`, `epoch`, `schema`).
 * - `changes`, `{changes}`: what happened since, already applied to `rows`; each is `{id, op, key, row,
 *   old, at, actor}` as the protocol has it.
 */
export class LiveView extends EventTarget {
  #url;
  #request;
  #socket = null;
  #timers = new Map();
  #lastHeard = 0;
  #connectedAt = 0;
  #losses = 0;
  #askedToMoveAt = null;
  #state = { name: "connecting", reason: null };

  #view = null;
  #table = null;
  #key = [];
  #columns = [];
  #rows = new Map();
  #position = null;
  #resuming = false;
  /** What takes the place of all of the above once it is whole: `{key, columns, rows}`. */
  #coming = null;
  #resetReason = null;
  #moment = [];
  #seen = new Set();

  /**
   * @param {object} [options]
   * @param {string} [options.url] the server's WebSocket; default: `/ws` of the page's own server
   * @param {string} [options.table] default: the server's default table
   * @param {object} [options.where] which rows, such as `{status: "pending"}`; default: all
   * @param {string[]} [options.columns] the key's columns among them; default: all
   */
  constructor({ url, table, where, columns } = {}) {
    super();
    this.#url = url ?? new URL("/ws", globalThis.location.href.replace(/^http/, "ws")).href;
    this.#request = { table, where, columns };
    globalThis.addEventListener?.("online", this.#retryNow);
    this.#connect();
  }

  /** The rows of the view by {@link LiveView#keyOf}, the newest last. Not to be changed. */
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
   * `name` is `connecting`, `live`, `reconnecting` or `closed`; `reason` says in words why it is not
   * live, where there is more to say.
   */
  get state() {
    return this.#state;
  }

  /** The key of a row, or of a change's `key`, as it stands in `rows`. */
  keyOf(row) {
    return keyOf(row, this.#key);
  }

  /** Ends the connection for good; the rows stay as they are. */
  close() {
    this.#end(null);
  }

  // --- the connection

  #connect() {
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    this.#after("connect", CONNECTS_WITHIN_MILLIS, () => this.#lose("the server does not answer"));
    socket.onmessage = (event) => {
      this.#lastHeard = performance.now();
      this.#receive(parse(event.data));
    };
    socket.onclose = (event) => {
      if (FINAL.has(event.code)) {
        this.#end(`${FINAL.get(event.code)} ${event.reason}`.trim());
      } else {
        this.#lose(event.reason || "the connection was lost", event.code === OVER_A_LIMIT);
      }
    };
  }

  /** The link is dead, whether or not the browser knows it yet. */
  #lose(reason, farOff = false) {
    const movesAt = this.#askedToMoveAt;
    if (this.#connectedAt > 0 && performance.now() - this.#connectedAt > GOOD_AFTER_MILLIS) {
      this.#losses = 0;
    }
    this.#disconnect();
    this.#setState("reconnecting", reason);
    const bound = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS * 2 ** this.#losses++);
    // Full jitter: after a server's restart its clients come back spread out, not all at once.
    const pause = farOff
      ? LONGEST_PAUSE_MILLIS * (1 + Math.random())
      : movesAt === null
        ? bound * Math.random()
        : Math.max(0, movesAt - performance.now());
    this.#after("retry", pause, () => this.#connect());
  }

  #end(reason) {
    globalThis.removeEventListener?.("online", this.#retryNow);
    this.#disconnect();
    this.#setState("closed", reason);
  }

  /** Lets go of the socket. What was half received is void: it comes again. */
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
    this.#coming = null;
    this.#moment = [];
    this.#connectedAt = 0;
    this.#askedToMoveAt = null;
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
      this.#lose("nothing was heard from the server");
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
        this.#takeSnapshot(message);
        break;
      case "changes":
        this.#takeChanges(message);
        break;
      case "position":
        if (this.#position !== null && this.#moment.length === 0) {
          this.#position = message.position;
        }
        break;
      case "reconnect":
        this.#askedToMoveAt = performance.now() + message.afterMillis;
        this.#after("move", message.afterMillis, () => this.#lose("the server asked for it"));
        break;
      case "error":
        this.#refused(message);
        break;
      case "unsubscribed":
        this.#end("The server ended this view.");
        break;
    }
  }

  /** What was there stays until the last row of what follows has come. */
  #expectRows({ key, columns }) {
    this.#coming = { key, columns, rows: new Map() };
  }

  #takeSnapshot({ rows, done, position }) {
    const coming = this.#coming;
    for (const row of rows) {
      coming.rows.set(keyOf(row, coming.key), row);
    }
    if (done) {
      this.#coming = null;
      this.#position = position;
      this.#seen.clear();
      const reason = this.#resetReason;
      this.#resetReason = null;
      this.#rows = coming.rows;
      this.#takeShape(coming);
      this.#emit("rows", { reason });
      this.#setState("live", null);
    }
  }

  #takeShape({ key, columns }) {
    const before = JSON.stringify([this.#key, this.#columns]);
    this.#key = key;
    this.#columns = columns;
    if (JSON.stringify([key, columns]) !== before) {
      this.#emit("columns", { key, columns });
    }
  }

  /** Applies nothing before the moment is whole, so that `rows` never shows half a transaction. */
  #takeChanges({ changes, more, position }) {
    for (const change of changes) {
      this.#moment.push(change);
    }
    if (more) {
      return;
    }
    const whole = this.#moment.filter(({ id }) => !this.#seen.has(id));
    this.#moment = [];
    this.#position = position;
    for (const change of whole) {
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
    if (whole.length > 0) {
      this.#emit("changes", { changes: whole });
    }
  }

  #refused({ code, message, ref }) {
    if (ref !== "view" || PASSING.has(code)) {
      this.#lose(message, code === "over_limit");
    } else if (this.#resuming) {
      // Our position was no good: begin anew.
      this.#position = null;
      this.#resetReason = code;
      this.#subscribe();
    } else {
      // There is no such view, or, with an `unsubscribed` to follow, no longer.
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

/** JSON, with the integers that a number cannot hold as BigInt. */
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
