// The box that a question is written in: it grows, counts, sends on Enter, and shows what is wrong.

export class Composer {
  constructor(form, onSend = null) {
    this.form = form;
    this.text = form.querySelector("textarea");
    this.send = form.querySelector(".composer__send");
    this.stop = form.querySelector(".composer__stop");
    this.count = form.querySelector("[data-count]");
    this.problem = form.querySelector(".composer__problem");
    this.limit = Number(form.dataset.limit);
    this.busy = false;
    this.text.addEventListener("input", () => this.update());
    this.text.addEventListener("keydown", (event) => this.#keydown(event));
    form.addEventListener("submit", (event) => {
      if (this.busy || !this.#sendable()) event.preventDefault();
      else if (onSend) {
        event.preventDefault();
        onSend(this.text.value.trim());
      }
    });
    this.update();
  }

  // What the limit counts is characters, as the server counts them: a pair of surrogates is one.
  get length() {
    return [...this.text.value.trim()].length;
  }

  // Puts a question into the box, to be changed and sent again.
  edit(question) {
    this.text.value = question;
    this.update();
    this.text.focus();
    this.text.setSelectionRange(question.length, question.length);
  }

  clear() {
    this.text.value = "";
    this.update();
  }

  setBusy(busy) {
    this.busy = busy;
    this.send.hidden = busy;
    this.stop.hidden = !busy;
  }

  update() {
    const over = this.length - this.limit;
    this.count.textContent = this.length.toLocaleString("en-US");
    this.form.classList.toggle("composer--over", over > 0);
    this.send.disabled = over > 0;
    this.text.toggleAttribute("aria-invalid", over > 0);
    this.problem.textContent = over > 0 ? `Your question is ${over.toLocaleString("en-US")} character${over === 1 ? "" : "s"} too long.` : "";
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  #sendable() {
    return this.length > 0 && this.length <= this.limit;
  }

  #keydown(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (this.#sendable() && !this.busy) this.form.requestSubmit();
  }
}
