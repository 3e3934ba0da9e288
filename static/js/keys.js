// The workbench by keyboard: single keys outside of fields, notes in a dialog, opinions put into the text.
import { countCharacters } from "./count.js";

const page = document.querySelector("[data-keys]");
const form = document.querySelector("#decision form[data-guard]");
const dialog = document.getElementById("note-dialog");
const opinion = form?.elements.opinion;

function write(text) {
  opinion.value = [opinion.value.trim(), text].filter(Boolean).join("\n");
  opinion.dispatchEvent(new Event("input", { bubbles: true }));
  opinion.focus();
}

function choose(radio) {
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  if (radio.dataset.usual && !opinion.value.trim()) write(radio.dataset.usual);
  opinion.focus();
}

// The note of the row that holds the focus, else of the one in view.
function pinHere() {
  const pins = [...document.querySelectorAll("[data-pin]")];
  const place = document.activeElement.closest("tr, li, dl.sum > div, section");
  const near = place?.querySelector("[data-pin]") ?? pins.find((each) => each.getBoundingClientRect().top > 0);
  near?.focus();
  near?.scrollIntoView({ block: "center" });
}

function press(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const next = form?.querySelector("[data-next]");
    if (!next || dialog.open) return;
    event.preventDefault();
    return form.requestSubmit(next);
  }
  const typing = event.target.closest("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const named = /^[a-z]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
  if (event.key === "?") {
    page.open = true;
    page.querySelector("summary").focus();
  } else if (key === "c") pinHere();
  else if (!named) return;
  else named.type === "radio" ? choose(named) : named.click();
  event.preventDefault();
}

const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
let opener = null;

function show(found) {
  const note = found.getElementById("note");
  if (note) {
    dialog.replaceChildren(note);
    countCharacters(dialog);
    if (!dialog.open) dialog.showModal();
    return dialog.querySelector("textarea")?.focus();
  }
  for (const each of found.querySelectorAll("[data-swap]")) document.getElementById(each.id)?.replaceWith(each);
  listNotes();
  dialog.close();
}

async function send(url, options) {
  try {
    const answer = await fetch(url, options);
    if (new URL(answer.url).pathname === "/sign-in/") throw new Error("signed out");
    show(await parsed(answer));
  } catch {
    location.assign(opener.href);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pin]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    opener = link;
    send(link.href);
  } else if (event.target.closest("dialog a")) {
    event.preventDefault();
    dialog.close();
  }
});
dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)) });
});
dialog.addEventListener("close", () => opener?.focus());

function listNotes() {
  const button = document.querySelector("[data-list]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const lines = [...button.closest("#drafts").querySelectorAll("li")];
    write(lines.map((each) => `${each.querySelector("[data-place]").dataset.place}：${each.querySelector("[data-note]").textContent}`).join("\n"));
  });
}

const common = form?.elements.common;
common?.addEventListener("change", () => {
  const text = common.selectedOptions[0].dataset.text;
  if (text) write(text);
  common.value = "";
});
form?.querySelector("[data-insert]")?.setAttribute("hidden", "");
listNotes();
if (page?.dataset.keys === "on") document.addEventListener("keydown", press);
