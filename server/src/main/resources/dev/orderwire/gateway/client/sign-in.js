/** The form that asks for a token. It is kept in memory alone: a new page asks again. */
export class SignIn {
  #form;
  #token = null;

  /** @param {HTMLFormElement} form with a field `token` and an element with the role `alert` */
  constructor(form) {
    this.#form = form;
  }

  /**
   * The token that the user gave before, or gives now.
   *
   * @param {string} [refusal] why the server wants another one; none if it has not been asked yet
   * @returns {Promise<string | null>} null if nobody has been asked yet
   */
  async token(refusal) {
    if (refusal !== undefined) {
      this.#token = await this.#ask(refusal);
    }
    return this.#token;
  }

  #ask(refusal) {
    const form = this.#form;
    const field = form.elements.namedItem("token");
    // The first refusal only says that a token is needed.
    form.querySelector("[role=alert]").textContent = this.#token === null ? "" : refusal;
    form.hidden = false;
    field.focus();
    return new Promise((resolve) => {
      form.addEventListener(
        "submit",
        (event) => {
          event.preventDefault();
          form.hidden = true;
          resolve(field.value.trim());
          field.value = "";
        },
        { once: true },
      );
    });
  }
}
