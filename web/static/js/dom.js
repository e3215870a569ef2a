// Building elements. Text always becomes a text node: nothing here reads HTML.

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// A button with a symbol from the style sheet and a name for those who cannot see it.
export function iconButton(icon, name, onClick) {
  const button = el("button", { class: `icon icon--${icon}`, type: "button", title: name }, el("span", { class: "visually-hidden" }, name));
  button.addEventListener("click", () => onClick(button));
  return button;
}

// Parses the JSON of a data block that the server wrote into the page.
export function pageData(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
