/** Values of any column as text and as page content. Data become text nodes alone, never markup. */

const LONGEST_TEXT = 300;
/** What is longer may be cut off by the table, and is told in full with a pointer on it. */
const LONGEST_UNCUT = 24;

/** What a value looks like in words. */
export function textOf(value, column) {
  if (value === null || value === undefined) {
    return "NULL";
  }
  if (typeof value === "object") {
    return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
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

/** An element with a text in it. */
export function element(name, text, className) {
  const node = document.createElement(name);
  node.textContent = text;
  if (className !== undefined) {
    node.className = className;
  }
  return node;
}

/** Fills a table's cell. */
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

/** A point in time, in the browser's zone; with a pointer on it, as the server wrote it. */
export function time(iso) {
  const node = element("time", localTime(iso), "time");
  node.dateTime = iso;
  node.title = iso;
  return node;
}

export function isNumber({ type }) {
  return /^(tiny|small|medium|big)?int|^(decimal|numeric|float|double)/i.test(type);
}

/** Whether the column says when something was so. */
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
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return at.toDateString() === new Date().toDateString()
    ? clock
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
}

function two(number) {
  return String(number).padStart(2, "0");
}
