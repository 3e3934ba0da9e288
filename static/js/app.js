// Small behaviour for every page. Each form works without it; all words come from data attributes.
import { autosave } from "./autosave.js";
import { countCharacters } from "./count.js";
import { fillDraft } from "./draft.js";
import { focusErrors, focusTarget } from "./focus.js";
import { guardUnsaved, lockSubmit } from "./submit.js";
import { tieTicks } from "./ticks.js";

focusErrors();
focusTarget();
countCharacters();
lockSubmit();
guardUnsaved();
tieTicks();
fillDraft();
autosave();

// What few pages need is loaded by those.
if (document.querySelector("[data-lookup]")) import("./lookup.js").then(({ lookUp }) => lookUp());
if (document.querySelector("[data-upload]")) import("./upload.js").then(({ uploadFiles }) => uploadFiles());

for (const box of document.querySelectorAll("[data-all]")) {
  box.addEventListener("change", () => {
    for (const each of box.closest("table").querySelectorAll("input[name=rowid]")) each.checked = box.checked;
  });
}

// A header menu closes when one clicks elsewhere or presses Escape.
const menus = [...document.querySelectorAll(".top details")];
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus.filter((each) => each.open)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
