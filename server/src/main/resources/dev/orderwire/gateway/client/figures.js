const SECONDS = 60;
const RATE_OVER_SECONDS = 5;

/** Counts events per second over the last minute. */
export class Rate {
  #counts = new Array(SECONDS).fill(0);
  #now = 0;

  count(number) {
    this.#now += number;
  }

  /** Starts the next second. Call this once a second. */
  tick() {
    this.#counts.push(this.#now);
    this.#counts.shift();
    this.#now = 0;
  }

  /** The average of the last five seconds. */
  get perSecond() {
    return this.#counts.slice(-RATE_OVER_SECONDS).reduce((sum, n) => sum + n) / RATE_OVER_SECONDS;
  }

  /** Draws a bar for each second: an SVG path that is `SECONDS` wide and `height` high. */
  path(height) {
    const most = Math.max(1, ...this.#counts);
    return this.#counts
      .map((count, i) => ({ i, bar: (count / most) * height }))
      .filter(({ bar }) => bar > 0)
      .map(({ i, bar }) => `M${i} ${height}v${-bar}h0.75v${bar}z`)
      .join("");
  }
}

/** Quantiles of the latest values. */
export class Quantiles {
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

  /** Returns the value at a quantile between 0 and 1: 0.5 is the median. */
  at(quantile) {
    const sorted = this.#values.toSorted((one, other) => one - other);
    return sorted[Math.ceil(sorted.length * quantile) - 1];
  }
}
