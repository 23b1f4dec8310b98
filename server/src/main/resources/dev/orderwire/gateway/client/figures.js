const SECONDS = 60;
const RATE_OVER_SECONDS = 5;

/** How many a second, over the last minute. */
export class Rate {
  #counts = new Array(SECONDS).fill(0);
  #now = 0;

  count(number) {
    this.#now += number;
  }

  /** To be called once a second. */
  tick() {
    this.#counts.push(this.#now);
    this.#counts.shift();
    this.#now = 0;
  }

  /** The mean of the last seconds. */
  get perSecond() {
    return this.#counts.slice(-RATE_OVER_SECONDS).reduce((sum, n) => sum + n) / RATE_OVER_SECONDS;
  }

  /** A bar for each second, as an SVG path that is `SECONDS` wide and `height` high. */
  path(height) {
    const most = Math.max(1, ...this.#counts);
    return this.#counts
      .map((count, i) => ({ i, bar: (count / most) * height }))
      .filter(({ bar }) => bar > 0)
      .map(({ i, bar }) => `M${i} ${height}v${-bar}h0.75v${bar}z`)
      .join("");
  }
}

/** The spread of the last values. */
export class Spread {
  #values = [];
  #most;

  constructor(most) {
    this.#most = most;
  }

  add(value) {
    this.#values.push(value);
    if (this.#values.length > this.#most) {
      this.#values.shift();
    }
  }

  get size() {
    return this.#values.length;
  }

  /** The value that a `part` of them does not exceed: 0.5 gives the median. */
  quantile(part) {
    const sorted = this.#values.toSorted((one, other) => one - other);
    return sorted[Math.ceil(sorted.length * part) - 1];
  }
}
