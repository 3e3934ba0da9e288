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

// A link that leads to a gap leads into it: what is named by the address gets the focus, not only the view.
export function focusTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.closest("main") || target.matches("main, [data-focus]") || document.querySelector("[data-focus]")) return;
  const inputs = "input:not([type=hidden]), select, textarea";
  const input = target.matches(inputs) ? target : target.querySelector(inputs);
  const enter = () => input?.focus({ preventScroll: true });
  enter();
  // A browser takes the focus away again once it has drawn the place, where that cannot hold it itself.
  const again = () => document.activeElement === document.body && enter();
  window.addEventListener("load", () => requestAnimationFrame(again));
}
