import { element, isTime, textOf, time } from "/client/cells.js";

const MOST_SHOWN = 100;
const MOST_CELLS = 5;
const LONGEST_TEXT = 60;

/** The list of the newest changes, each with its values and its actor. */
export class EventList {
  #view;
  #list;
  /** Changes to draw, each with the key and columns of its time: the table may be altered later. */
  #waiting = [];

  /**
   * @param {(key: string | null) => void} find called with the key of a clicked change; null if the
   *   table has a different key by now
   */
  constructor(view, list, find) {
    this.#view = view;
    this.#list = list;
    list.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button !== null) {
        const isOfThisKey = button.dataset.keyColumns === String(view.key);
        find(isOfThisKey ? button.dataset.key : null);
      }
    });
  }

  add(changes) {
    const { key, columns } = this.#view;
    for (const change of changes) {
      this.#waiting.push({ change, row: this.#view.keyOf(change.key), key, columns });
    }
    if (this.#waiting.length > 2 * MOST_SHOWN) {
      this.#waiting = this.#waiting.slice(-MOST_SHOWN);
    }
  }

  draw() {
    const newest = this.#waiting.slice(-MOST_SHOWN).reverse();
    this.#waiting = [];
    this.#list.prepend(...newest.map((entry) => this.#item(entry)));
    while (this.#list.childElementCount > MOST_SHOWN) {
      this.#list.lastElementChild.remove();
    }
  }

  #item({ change, row, key, columns }) {
    const op = element("span", change.op, "op");
    op.dataset.op = change.op;
    const button = element("button", key.map((name) => `${name} ${change.key[name]}`).join(", "));
    button.type = "button";
    button.dataset.key = row;
    button.dataset.keyColumns = key;
    button.title = "Show the row";
    const what = element("p", "", "what");
    what.append(...describe(change, key, columns));
    if (change.actor !== undefined) {
      what.append(" ", element("span", `by ${change.actor}`, "actor"));
    }
    const item = document.createElement("li");
    item.append(op, button, time(change.at), what);
    return item;
  }
}

/** Describes a change by the values of its row, or by the old and new values of an update. */
function describe({ op, row, old }, key, columns) {
  const shown = columnsToShow(op === "update" ? old : (row ?? old), key, columns);
  return shown.slice(0, MOST_CELLS).flatMap((column, i) => {
    if (op !== "update") {
      return [`${i > 0 ? " · " : ""}${brief((row ?? old)[column.name], column)}`];
    }
    return [
      i > 0 ? ", " : "",
      element("span", column.name, "column"),
      " ",
      element("del", brief(old[column.name], column)),
      " → ",
      element("ins", brief(row[column.name], column)),
    ];
  });
}

/** Leaves out the key, and times unless there is nothing else: most updates change a time, too. */
function columnsToShow(cells, key, columns) {
  const candidates = columns.filter(({ name }) => Object.hasOwn(cells, name) && !key.includes(name));
  const others = candidates.filter((column) => !isTime(column));
  return others.length > 0 ? others : candidates;
}

function brief(value, column) {
  const text = textOf(value, column);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
