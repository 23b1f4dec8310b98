/**
 * The dashboard: a live view, its figures and its changes. Messages change only memory. The page is
 * drawn at most once a frame, so that drawing a busy table costs no more than a quiet one.
 */
import { EventList } from "/client/events.js";
import { Quantiles, Rate } from "/client/figures.js";
import { LiveView } from "/client/orderwire.js";
import { RowTable } from "/client/rows.js";
import { SignIn } from "/client/sign-in.js";

const STATE_NAMES = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  closed: "Closed",
};
/** Why a new snapshot replaced all rows. */
const REASONS = {
  schema: "the table was altered",
  epoch: "the change log was replaced",
  retention: "the missed changes are past retention",
  policy: "the token shows other rows",
};
const DELAYS_KEPT = 200;
const BARS_HEIGHT = 20;

const byId = (id) => document.getElementById(id);
const count = new Intl.NumberFormat();
const rounded = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

const asked = new URLSearchParams(location.search);
const signIn = new SignIn(byId("sign-in"));
const view = new LiveView({
  table: asked.get("table") ?? undefined,
  role: asked.get("role") ?? undefined,
  token: (refusal) => signIn.token(refusal),
});
const table = new RowTable(view, byId("columns"), byId("rows"), requestDraw);
const events = new EventList(view, byId("events"), show);
const rate = new Rate();
const delays = new Quantiles(DELAYS_KEPT);

let received = 0;
let connections = 0;
let paused = false;
let frameIsRequested = false;
/** The times of the changes that the next frame shows for the first time. */
let unseen = [];

view.addEventListener("state", ({ detail: { name, reason } }) => {
  byId("state").dataset.state = name;
  byId("state-name").textContent = STATE_NAMES[name];
  byId("state-reason").textContent = reason ?? "";
  if (name === "live" && ++connections > 1) {
    byId("reconnects").textContent =
      connections === 2 ? "1 reconnect" : `${count.format(connections - 1)} reconnects`;
  } else if (name === "closed") {
    byId("rows-empty").textContent = "The view is closed: see the reason above.";
  }
});

view.addEventListener("rows", ({ detail: { reason } }) => {
  byId("table-name").textContent = view.table;
  document.title = `${view.table} · Orderwire`;
  byId("row-note").textContent =
    reason === null ? "in this view" : `reloaded: ${REASONS[reason] ?? reason}`;
  table.replace();
  requestDraw();
});

view.addEventListener("changes", ({ detail: { changes } }) => {
  received += changes.length;
  rate.count(changes.length);
  table.add(changes);
  events.add(changes);
  // A hidden page is not drawn, so there is no delay to measure.
  if (!document.hidden && !paused && unseen.length < DELAYS_KEPT) {
    unseen.push(...changes.slice(0, DELAYS_KEPT).map((change) => change.at));
  }
  requestDraw();
});

document.addEventListener("visibilitychange", () => {
  unseen = [];
});

byId("pause").addEventListener("click", () => {
  if (!paused) {
    draw();
    table.drawAll();
  }
  paused = !paused;
  unseen = [];
  byId("pause").setAttribute("aria-pressed", String(paused));
  byId("pause").textContent = paused ? "Resume" : "Pause";
  requestDraw();
});

setInterval(() => {
  rate.tick();
  byId("rate").textContent = rounded.format(rate.perSecond);
  byId("rate-history").firstElementChild.setAttribute("d", rate.path(BARS_HEIGHT));
  if (delays.size > 0) {
    byId("delay").textContent = rounded.format(delays.at(0.5));
    byId("delay-note").textContent =
      `median of ${delays.size}; 95th percentile ${rounded.format(delays.at(0.95))} ms`;
  }
}, 1_000);

function requestDraw() {
  if (!frameIsRequested) {
    frameIsRequested = true;
    requestAnimationFrame(draw);
  }
}

function draw() {
  frameIsRequested = false;
  if (!paused) {
    table.draw();
    events.draw();
    byId("rows-empty").hidden = view.rows.size > 0;
    byId("rows-empty").textContent = "No rows yet.";
    byId("events-empty").hidden = received > 0;
    recordDelays();
  }
  byId("received").textContent = count.format(received);
  byId("row-count").textContent = count.format(view.rows.size);
  byId("shown").textContent = paused
    ? "paused: new changes appear when you resume"
    : view.rows.size > RowTable.most
      ? `the newest ${count.format(RowTable.most)} of ${count.format(view.rows.size)}`
      : "newest first";
}

/** Runs as a task of its own, because the browser paints after the scripts of a frame. */
function recordDelays() {
  const drawn = unseen;
  unseen = [];
  setTimeout(() => {
    const now = Date.now();
    for (const at of drawn) {
      delays.add(now - Date.parse(at));
    }
  });
}

function show(key) {
  if (!paused) {
    table.drawAll();
  }
  if (key === null) {
    byId("shown").textContent = "the table had a different key at that change";
  } else if (!table.find(key)) {
    byId("shown").textContent = view.rows.has(key)
      ? "that row is older than the rows shown"
      : "that row is gone";
  }
}
