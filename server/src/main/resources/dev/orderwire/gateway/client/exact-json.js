/** JSON without loss: integers keep all their digits, and what JSON cannot express is an error. */

/** MySQL's JSON has at most 100 levels. */
const MOST_LEVELS = 200;

/** Parses JSON. An integer that a number cannot hold becomes a BigInt. */
export function parse(text) {
  return /\d{16}/.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
}

function exactInteger(name, value, context) {
  return typeof value === "number" &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(context?.source ?? "")
    ? BigInt(context.source)
    : value;
}

/**
 * Writes a value as JSON.stringify does, with two differences. A BigInt becomes a number with all
 * its digits. A value that JSON cannot express is an error: JSON.stringify leaves it out or turns it
 * into null, and a condition without it, or with null, selects other rows.
 *
 * @param {string} name the value's name in errors
 * @throws {TypeError} names the part of the value that cannot be written
 */
export function stringify(value, name) {
  const writer = new Writer(name);
  writer.write(value);
  return writer.text();
}

class Writer {
  /** Joined once, at the end: a deep value is not copied again at each level. */
  #pieces = [];
  #path;
  /** The objects that contain the value being written. */
  #ancestors = new Set();

  constructor(name) {
    this.#path = [name];
  }

  text() {
    return this.#pieces.join("");
  }

  write(given) {
    if (this.#ancestors.has(given)) {
      throw new TypeError(`${this.#place()} contains itself: break the cycle`);
    }
    if (this.#path.length > MOST_LEVELS) {
      throw new TypeError(`${this.#path[0]} has more than ${MOST_LEVELS} levels: use fewer`);
    }
    const value = plain(given, this.#path.at(-1));
    if (typeof value !== "object" || value === null) {
      this.#pieces.push(this.#scalar(value));
      return;
    }
    this.#ancestors.add(given);
    if (Array.isArray(value)) {
      this.#container("[", "]", value.keys(), (index) => value[index]);
    } else {
      this.#container("{", "}", Object.keys(value), (key) => {
        this.#pieces.push(JSON.stringify(key), ":");
        return value[key];
      });
    }
    this.#ancestors.delete(given);
  }

  #container(open, close, keys, valueAt) {
    let separator = open;
    for (const key of keys) {
      this.#pieces.push(separator);
      this.#path.push(key);
      this.write(valueAt(key));
      this.#path.pop();
      separator = ",";
    }
    this.#pieces.push(separator === open ? open + close : close);
  }

  #scalar(value) {
    switch (typeof value) {
      case "bigint":
        return String(value);
      case "number":
        return Number.isFinite(value) ? String(value) : this.#refuse(String(value));
      case "undefined":
        return this.#refuse("undefined");
      case "function":
      case "symbol":
        return this.#refuse(`a ${typeof value}`);
      default:
        return JSON.stringify(value);
    }
  }

  #refuse(what) {
    throw new TypeError(`${this.#place()} is ${what}: give it a value that JSON has, or leave it out`);
  }

  #place() {
    return this.#path.join(".");
  }
}

/** The value that stands for an object in JSON: of a Date, its text; of a boxed number, the number. */
function plain(given, key) {
  // A page may have given BigInt a toJSON. It is for objects: a BigInt has its digits.
  const isConverted = typeof given === "object" && typeof given?.toJSON === "function";
  const value = isConverted ? given.toJSON(String(key)) : given;
  const isBoxed =
    value instanceof Number ||
    value instanceof String ||
    value instanceof Boolean ||
    value instanceof BigInt;
  return isBoxed ? value.valueOf() : value;
}
