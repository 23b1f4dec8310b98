/**
 * The dashboard: one live view, its figures and its changes. Messages change only what is held in
 * memory; the page is drawn at most once a frame, so a busy table costs it no more than a quiet one.
 */
import { EventList } from "/client/events.js";
import { Rate, Spread } from "/client/figures.js";
import { LiveView } from "/client/orderwire.js";
import { RowTable } from "/client/rows.js";

const STATE_NAMES = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  closed: "Closed",
};
/** Why all rows came anew. */
const REASONS = {
  schema: "the table was altered",
  epoch: "the change log is another one",
  retention: "the change log does not go back far enough",
};
const DELAYS_KEPT = 200;
const BARS_HEIGHT = 20;

const part = (id) => document.getElementById(id);
const count = new Intl.NumberFormat();
const rough = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

const view = new LiveView({
  table: new URLSearchParams(location.search).get("table") ?? undefined,
});
const table = new RowTable(view, part("columns"), part("rows"), askForFrame);
const events = new EventList(view, part("events"), show);
const rate = new Rate();
const delays = new Spread(DELAYS_KEPT);

let received = 0;
let connections = 0;
let paused = false;
let frameIsAsked = false;
/** When the changes that the next frame will show for the first time were made. */
let unseen = [];

view.addEventListener("state", ({ detail: { name, reason } }) => {
  part("state").dataset.state = name;
  part("state-name").textContent = STATE_NAMES[name];
  part("state-reason").textContent = reason ?? "";
  if (name === "live" && ++connections > 1) {
    part("reconnects").textContent =
      connections === 2 ? "1 reconnect" : `${count.format(connections - 1)} reconnects`;
  } else if (name === "closed") {
    part("rows-empty").textContent = "No rows will come: see above why.";
  }
});

view.addEventListener("rows", ({ detail: { reason } }) => {
  part("table-name").textContent = view.table;
  document.title = `${view.table} · Orderwire`;
  part("row-note").textContent =
    reason === null ? "in this view" : `read anew: ${REASONS[reason] ?? reason}`;
  table.replace();
  askForFrame();
});

view.addEventListener("changes", ({ detail: { changes } }) => {
  received += changes.length;
  rate.count(changes.length);
  table.take(changes);
  events.take(changes);
  // A page out of sight is not drawn, so it has no delay to tell.
  if (!document.hidden && !paused && unseen.length < DELAYS_KEPT) {
    unseen.push(...changes.slice(0, DELAYS_KEPT).map((change) => change.at));
  }
  askForFrame();
});

document.addEventListener("visibilitychange", () => {
  unseen = [];
});

part("pause").addEventListener("click", () => {
  if (!paused) {
    draw();
    table.drawAll();
  }
  paused = !paused;
  unseen = [];
  part("pause").setAttribute("aria-pressed", String(paused));
  part("pause").textContent = paused ? "Resume" : "Pause";
  askForFrame();
});

setInterval(() => {
  rate.tick();
  part("rate").textContent = rough.format(rate.perSecond);
  part("rate-history").firstElementChild.setAttribute("d", rate.path(BARS_HEIGHT));
  if (delays.size > 0) {
    part("delay").textContent = rough.format(delays.quantile(0.5));
    part("delay-note").textContent =
      `median of ${delays.size}; 95 % within ${rough.format(delays.quantile(0.95))} ms`;
  }
}, 1_000);

function askForFrame() {
  if (!frameIsAsked) {
    frameIsAsked = true;
    requestAnimationFrame(draw);
  }
}

function draw() {
  frameIsAsked = false;
  if (!paused) {
    table.draw();
    events.draw();
    part("rows-empty").hidden = view.rows.size > 0;
    part("rows-empty").textContent = "No rows yet.";
    part("events-empty").hidden = received > 0;
    noteDelays();
  }
  part("received").textContent = count.format(received);
  part("row-count").textContent = count.format(view.rows.size);
  part("shown").textContent = paused
    ? "paused: what comes meanwhile shows when you resume"
    : view.rows.size > RowTable.most
      ? `the newest ${count.format(RowTable.most)} of ${count.format(view.rows.size)}`
      : "newest first";
}

/** The browser paints after this frame's scripts; what waits for its turn comes after that. */
function noteDelays() {
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
    part("shown").textContent = "that change is from before the table got another key";
  } else if (!table.find(key)) {
    part("shown").textContent = view.rows.has(key)
      ? "that row is older than those shown"
      : "that row is gone";
  }
}
