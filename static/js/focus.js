// After a failed save the summary of errors gets the focus, and its links lead into the fields.
export function focusErrors() {
  const summary = document.querySelector("[data-focus]");
  if (!summary) return;
  summary.focus();
  document.title = `${summary.dataset.focus}${document.title}`;
  summary.addEventListener("click", (event) => {
    const target = event.target.closest("a[href^='#']");
    const field = target && document.getElementById(target.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.scrollIntoView({ block: "center" });
    (field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea"))?.focus();
  });
}
