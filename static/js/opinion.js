// The unit's part of the workbench is saved without leaving the page: the same part of the answer takes its place.
import { countCharacters } from "./count.js";
import { fieldsOf, fillForm } from "./draft.js";

const PART = "#opinion-12";
const FORMS = `${PART} form[data-in-place]`;
const EVERY = 10_000;
const kept = new WeakMap();
const entries = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");

async function send(form, button) {
  if (button) button.disabled = true;
  const body = new FormData(form);
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page?.querySelector(PART)) show(form, page, answer.ok);
  else form.submit(); // signed out, say: the whole page answers
}

// What is typed into the other forms of the part stays; the marks of what is stored are the new ones.
function show(sent, page, isSaved) {
  const others = [...document.querySelectorAll(FORMS)].filter((each) => each !== sent);
  const typed = new Map(others.map((each) => [each.action, visible(each)]));
  for (const each of document.querySelectorAll(FORMS)) each.dataset.sent = "yes";
  const part = document.adoptNode(page.querySelector(PART));
  const words = page.querySelectorAll(isSaved ? "main > [role=status]" : "[data-said] > *");
  part.querySelector("h2").after(...[...words].map((each) => document.adoptNode(each)));
  document.querySelectorAll("main [data-said] > *").forEach((each) => each.remove());
  document.querySelector(PART).replaceWith(part);
  for (const each of document.querySelectorAll(FORMS)) if (typed.has(each.action)) fillForm(each, typed.get(each.action));
  countCharacters(part);
  const [before, after] = [document, page].map((each) => each.querySelector("#opinion-12-steps"));
  if (before && after) before.replaceWith(document.adoptNode(after));
  const target = part.querySelector("[role=alert], [role=status]") ?? part;
  target.tabIndex = -1;
  target.focus();
}

function visible(form) {
  const names = new Set(fieldsOf(form).filter((each) => each.type !== "hidden").map((each) => each.name));
  return entries(form).filter(([name]) => names.has(name));
}

async function keep(form) {
  const now = JSON.stringify(entries(form));
  if (!kept.has(form)) kept.set(form, now);
  if (kept.get(form) === now) return;
  const body = new URLSearchParams(entries(form));
  body.append("draft_ticket", form.dataset.ticket);
  body.append("draft_seen", form.dataset.seen);
  body.append("csrf_token", form.elements.csrf_token.value);
  const answer = await fetch(form.dataset.keep, { method: "POST", body, redirect: "manual" }).catch(() => null);
  const said = answer?.ok ? await answer.json() : {};
  if (said.state !== "kept") return;
  kept.set(form, now);
  form.dataset.seen = said.version;
  form.querySelector("[data-kept-line]").textContent = form.dataset.keptWords.replace("{time}", said.at);
}

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches(FORMS)) return;
    event.preventDefault();
    send(event.target, event.submitter);
  },
  true,
);

// On its own page the frame keeps it (autosave.js).
const own = () => (document.querySelector("[data-autosave]") ? [] : document.querySelectorAll(`${PART} form[data-keep]`));
own().forEach(keep);
setInterval(() => own().forEach(keep), EVERY);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && own().forEach(keep));
