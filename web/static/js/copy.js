// A button that copies a text and says that it did.

import { el } from "./dom.js";

export function copyButton(name, text) {
  const button = el("button", { class: "button button--quiet", type: "button" }, name);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copying is not allowed here";
    }
    setTimeout(() => { button.textContent = name; }, 2000);
  });
  return button;
}

export function offerCitation(root) {
  const citation = root.querySelector(".apa");
  citation?.append(copyButton("Copy citation", citation.querySelector("p").textContent));
}
