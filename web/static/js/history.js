// The history while typing, and its links: here they lead into the live chat.

const found = document.getElementById("found");
const box = document.getElementById("q");
let timer;
let request;

function relink() {
  for (const item of found.querySelectorAll("[data-conversation]")) {
    item.querySelector(".history__title a").href = `/?conversation=${encodeURIComponent(item.dataset.conversation)}`;
  }
}

async function search() {
  request?.abort();
  request = new AbortController();
  const address = `/history?${new URLSearchParams({ q: box.value })}`;
  try {
    const response = await fetch(address, { signal: request.signal });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    found.replaceChildren(...page.getElementById("found").childNodes);
    relink();
    history.replaceState(null, "", address);
  } catch { /* the last list stays; the form still works */ }
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(search, 150);
});

relink();
