// The list of a section's records: dragging beside ↑ and ↓, and an offer to undo that does not stay for ever.
import { sortRows } from "./sort.js";

sortRows();

for (const offer of document.querySelectorAll("[data-for]")) {
  const isInUse = () => offer.matches(":hover, :focus-within");
  const leave = () => (isInUse() ? setTimeout(leave, 1000) : offer.remove());
  setTimeout(leave, offer.dataset.for * 1000);
}
