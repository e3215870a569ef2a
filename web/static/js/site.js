// On every page: "/" goes to the search box, as long as nothing is being written.

document.addEventListener("keydown", (event) => {
  const writing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("[data-search]");
  if (!box?.checkVisibility()) return;
  event.preventDefault();
  box.focus();
});
