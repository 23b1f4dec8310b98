const LIFETIME_MILLIS = 1_600;
const SWEEP_EVERY_MILLIS = 200;
/** With more marks than this, marks disappear without fading. */
const MOST_FADING = 80;

/** Marks elements with classes, and removes each mark after a while. */
export class Marks {
  #root;
  /** The end of each element's mark, earliest first. */
  #ends = new Map();
  #sweeper = null;

  /** @param {Element} root gets the class `busy` while there are too many marks to fade */
  constructor(root) {
    this.#root = root;
  }

  /** Marks an element, or extends its mark. */
  add(node, mark) {
    node.classList.add(mark);
    this.#ends.delete(node);
    this.#ends.set(node, { mark, at: performance.now() + LIFETIME_MILLIS });
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_EVERY_MILLIS);
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
