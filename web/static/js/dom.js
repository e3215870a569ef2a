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

// Parses the JSON of a data block that the server wrote into the page.
export function pageData(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
