import { element, fill, isNumber, same } from "/client/cells.js";
import { Marks } from "/client/marks.js";

/** The table shows at most this many rows of a view: the newest. */
const MOST_SHOWN = 250;
/** Until it is scrolled, the table renders little more than is visible: each row slows every frame. */
const FEWEST_RENDERED = 40;
const LOWEST_ROW_PIXELS = 16;
const LEAVING_MILLIS = 900;
const MOST_LEAVING = 40;

/** A table of the newest rows of a view. It marks changes since the last drawing. */
export class RowTable {
  /** The largest number of rows that scrolling reaches. */
  static most = MOST_SHOWN;

  #view;
  #head;
  #body;
  #scroller;
  #isScrolled = false;
  /** Keys in the order of arrival. May contain keys of deleted rows, and keys twice. */
  #arrivals = [];
  #drawn = new Map();
  /** The drawn rows are of an old snapshot. The next drawing replaces them. */
  #isStale = false;
  #entering = new Set();
  #marks;

  /** @param {() => void} redraw called when scrolling needs more or fewer rows */
  constructor(view, head, body, redraw) {
    this.#view = view;
    this.#head = head;
    this.#body = body;
    this.#marks = new Marks(body);
    this.#scroller = body.closest(".scroll");
    this.#scroller.addEventListener("scroll", () => {
      const isScrolled = this.#scroller.scrollTop > 0;
      if (isScrolled !== this.#isScrolled) {
        this.#isScrolled = isScrolled;
        redraw();
      }
    });
  }

  /** Replaces all rows with the rows of the view. */
  replace() {
    this.#arrivals = [...this.#view.rows.keys()];
    this.#entering.clear();
    this.#isStale = true;
  }

  add(changes) {
    for (const change of changes) {
      const key = this.#view.keyOf(change.key);
      if (change.op === "insert") {
        this.#arrivals.push(key);
        this.#entering.add(key);
      } else if (change.op === "delete") {
        this.#entering.delete(key);
      }
    }
    if (this.#arrivals.length > 2 * this.#view.rows.size + 1_000) {
      this.#arrivals = [...this.#view.rows.keys()];
    }
  }

  draw() {
    this.#draw(
      this.#isScrolled
        ? MOST_SHOWN
        : Math.max(FEWEST_RENDERED, Math.ceil(this.#scroller.clientHeight / LOWEST_ROW_PIXELS)),
    );
  }

  /** Draws all rows that scrolling reaches. */
  drawAll() {
    this.#draw(MOST_SHOWN);
  }

  #draw(most) {
    if (this.#isStale) {
      this.#isStale = false;
      this.#drawn.clear();
      this.#body.replaceChildren();
      this.#head.replaceChildren(...this.#view.columns.map(heading));
    }
    const newest = this.#newest(most);
    for (const [key, { tr }] of this.#drawn) {
      if (!newest.has(key)) {
        this.#drawn.delete(key);
        this.#remove(tr, this.#view.rows.has(key));
      }
    }
    let next = skipLeaving(this.#body.firstElementChild);
    for (const key of newest) {
      const row = this.#view.rows.get(key);
      const tr = this.#drawRow(key, row);
      if (tr === next) {
        next = skipLeaving(next.nextElementSibling);
      } else {
        this.#body.insertBefore(tr, next);
      }
    }
    this.#entering.clear();
  }

  /** Scrolls to a row and highlights it. Returns false if the table does not show it. */
  find(key) {
    const found = this.#drawn.get(key)?.tr;
    if (found === undefined) {
      return false;
    }
    this.#body.querySelector(".found")?.classList.remove("found");
    found.classList.add("found");
    found.scrollIntoView({ block: "nearest" });
    return true;
  }

  #newest(most) {
    const newest = new Set();
    for (let i = this.#arrivals.length - 1; i >= 0 && newest.size < most; i--) {
      if (this.#view.rows.has(this.#arrivals[i])) {
        newest.add(this.#arrivals[i]);
      }
    }
    return newest;
  }

  #drawRow(key, row) {
    const drawn = this.#drawn.get(key);
    if (drawn === undefined) {
      const tr = this.#newRow(row);
      if (this.#entering.has(key)) {
        this.#marks.add(tr, "entered");
      }
      this.#drawn.set(key, { tr, row });
      return tr;
    }
    if (drawn.row !== row) {
      this.#view.columns.forEach((column, i) => {
        if (!same(drawn.row[column.name], row[column.name])) {
          const cell = drawn.tr.cells[i];
          fill(cell, row[column.name], column);
          this.#marks.add(cell, "changed");
        }
      });
      drawn.row = row;
    }
    return drawn.tr;
  }

  #newRow(row) {
    const tr = document.createElement("tr");
    tr.setAttribute("role", "row");
    for (const column of this.#view.columns) {
      const cell = tr.insertCell();
      cell.setAttribute("role", "cell");
      cell.dataset.label = column.name;
      cell.classList.toggle("number", isNumber(column));
      fill(cell, row[column.name], column);
    }
    return tr;
  }

  /** A deleted row fades out. A row that newer rows push out disappears at once. */
  #remove(tr, stillInView) {
    if (stillInView || this.#body.querySelectorAll(".leaving").length >= MOST_LEAVING) {
      tr.remove();
    } else {
      tr.className = "leaving";
      setTimeout(() => tr.remove(), LEAVING_MILLIS);
    }
  }
}

function heading(column) {
  const th = element("th", column.name, isNumber(column) ? "number" : "");
  th.scope = "col";
  th.setAttribute("role", "columnheader");
  th.title = column.type;
  return th;
}

function skipLeaving(tr) {
  while (tr?.classList.contains("leaving")) {
    tr = tr.nextElementSibling;
  }
  return tr;
}
