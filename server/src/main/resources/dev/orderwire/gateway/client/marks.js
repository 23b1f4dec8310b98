const LAST_MILLIS = 1_600;
const SWEPT_EVERY_MILLIS = 200;
/** With more marks than these at a time, they go without fading. */
const MOST_FADING = 80;

/** Marks on elements, as classes, that are taken away after a while. */
export class Marks {
  #root;
  /** Each marked element with its mark's end, the earliest first. */
  #ends = new Map();
  #sweeper = null;

  /** @param {Element} root has the class `busy` while there are very many marks */
  constructor(root) {
    this.#root = root;
  }

  /** Marks an element, or begins its time anew. */
  add(node, mark) {
    node.classList.add(mark);
    this.#ends.delete(node);
    this.#ends.set(node, { mark, at: performance.now() + LAST_MILLIS });
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEPT_EVERY_MILLIS);
    this.#root.classList.toggle("busy", this.#ends.size > MOST_FADING);
  }

  #sweep() {
    const now = performance.now();
    for (const [node, { mark, at }] of this.#ends) {
      if (at > now) {
        break;
      }
      node.classList.remove(mark);
      this.#ends.delete(node);
    }
    this.#root.classList.toggle("busy", this.#ends.size > MOST_FADING);
    if (this.#ends.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = null;
    }
  }
}
