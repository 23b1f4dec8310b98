/** Renders column values as text and as page content. Data becomes text nodes, never markup. */
import { stringify } from "/client/exact-json.js";

const LONGEST_TEXT = 300;
/** The table may cut off a longer text. Its tooltip shows the whole text. */
const LONGEST_UNCUT = 24;

/** Returns a value as text. */
export function textOf(value, column) {
  if (value === null || value === undefined) {
    return "NULL";
  }
  if (typeof value === "object") {
    return stringify(value, "value");
  }
  return isInstant(column) ? localTime(value) : String(value);
}

/** Whether two values of a column are the same. */
export function same(one, other) {
  return one === other || (isObject(one) && isObject(other) && textOf(one) === textOf(other));
}

function isObject(value) {
  return typeof value === "object" && value !== null;
}

/** Creates an element with a text in it. */
export function element(name, text, className) {
  const node = document.createElement(name);
  node.textContent = text;
  if (className !== undefined) {
    node.className = className;
  }
  return node;
}

/** Shows a value in a table cell. */
export function fill(cell, value, column) {
  const text = textOf(value, column);
  const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  if (value === null || value === undefined) {
    cell.replaceChildren(element("span", shown, "null"));
  } else if (isInstant(column)) {
    cell.replaceChildren(time(value));
  } else if (isStatus(column)) {
    const chip = element("span", shown, "chip");
    chip.dataset.value = text;
    cell.replaceChildren(chip);
  } else {
    cell.textContent = shown;
  }
  const isLong = shown.length > LONGEST_UNCUT;
  cell.classList.toggle("long", isLong);
  cell.title = isLong ? shown : "";
}

/** Creates a time in the browser's zone. Its tooltip shows the server's text. */
export function time(iso) {
  const node = element("time", localTime(iso), "time");
  node.dateTime = iso;
  node.title = iso;
  return node;
}

export function isNumber({ type }) {
  return /^(tiny|small|medium|big)?int|^(decimal|numeric|float|double)/i.test(type);
}

/** Whether a column's values are dates or times. */
export function isTime({ type }) {
  return /^(timestamp|datetime|date|time)/i.test(type);
}

function isInstant(column) {
  return /^timestamp/i.test(column?.type ?? "");
}

function isStatus({ name, type }) {
  return /^enum/i.test(type) || /(^|_)(status|state)$/i.test(name);
}

function localTime(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) {
    return String(iso);
  }
  const clock = `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}:${twoDigits(at.getSeconds())}`;
  return at.toDateString() === new Date().toDateString()
    ? clock
    : `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())} ${clock}`;
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}
