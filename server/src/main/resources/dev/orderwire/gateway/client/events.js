import { element, isTime, textOf, time } from "/client/cells.js";

const MOST_SHOWN = 100;
const MOST_CELLS = 5;
const LONGEST_TEXT = 60;

/** The newest changes as a list, each with what it changed and who made it. */
export class EventList {
  #view;
  #list;
  /** Each with its row, key and columns as they were when it came: the table may be altered since. */
  #waiting = [];

  /**
   * @param {(key: string | null) => void} find called with the key of a change that was chosen; null
   *   where the table has another key since
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

  take(changes) {
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
    this.#list.prepend(...newest.map((told) => this.#item(told)));
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

/** What a change did, with the key and the columns that it came with. */
function describe({ op, row, old }, key, columns) {
  const told = worthTelling(op === "update" ? old : (row ?? old), key, columns);
  return told.slice(0, MOST_CELLS).flatMap((column, i) => {
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

/** Times change with everything else: they are told only where nothing else is. */
function worthTelling(cells, key, columns) {
  const told = columns.filter(({ name }) => Object.hasOwn(cells, name) && !key.includes(name));
  const others = told.filter((column) => !isTime(column));
  return others.length > 0 ? others : told;
}

function brief(value, column) {
  const text = textOf(value, column);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
