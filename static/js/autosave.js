// What is typed is kept on the server every ten seconds while it changes, when a field is left and when the page is.
// Two windows on one page: each keeps over the version it saw; the second one is shown both, and one is chosen.
import { fieldsOf, fillForm, formOfPage } from "./draft.js";

const EVERY = 10_000;
const SOON = 1_000;
const OUTLIVES = 60_000; // bytes that a browser still sends after its page is gone

export function autosave() {
  const place = document.querySelector("[data-autosave]");
  const form = place && formOfPage();
  if (!form) return;
  const words = place.dataset;
  const line = place.querySelector("[data-line]");
  const status = line.querySelector("[role=status]");
  const expired = line.querySelector("[data-expired]");
  const differs = line.querySelector("[data-differs]");
  const box = place.querySelector("[data-other]");
  const entries = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
  const content = () => JSON.stringify(entries());
  let leaving = new AbortController();
  let seen = Number(words.seen);
  let kept = form.querySelector(".fld.bad") ? null : content();
  let busy = false;
  let again = false; // something was typed while the last words were on their way
  let other = null;
  let timer;

  const acts = form.querySelector(".acts");
  acts ? acts.append(line) : form.append(line);
  line.hidden = false;
  form.dataset.kept = "yes";

  // Said once, not every ten seconds.
  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  async function save() {
    const now = content();
    if (other || now === kept || form.dataset.sent) return;
    if (busy) return void (again = true);
    busy = true;
    try {
      const body = new URLSearchParams(entries());
      body.append("draft_ticket", words.ticket);
      body.append("draft_seen", seen);
      body.append("csrf_token", form.elements.csrf_token.value);
      const answer = await fetch(words.autosave, {
        method: "POST",
        body,
        redirect: "manual",
        signal: leaving.signal,
        keepalive: body.toString().length < OUTLIVES,
      });
      if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(answer.status);
      const said = answer.ok ? await answer.json() : { state: "expired" };
      form.dataset.kept = "yes";
      expired.hidden = said.state !== "expired";
      if (said.state === "kept") {
        [seen, kept] = [said.version, now];
        say(words.kept.replace("{time}", said.at));
      } else if (said.state === "other") {
        compare(said);
      } else {
        kept = now;
        say("");
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      delete form.dataset.kept;
      say(words.failed);
    } finally {
      busy = false;
      if (again) {
        again = false;
        save();
      }
    }
  }

  function compare(said) {
    const rows = box.querySelector("tbody");
    rows.replaceChildren();
    const theirs = box.querySelector("[data-theirs]");
    const heads = [null, box.querySelector("[data-mine]").textContent, theirs.dataset.theirs.replace("{time}", said.at)];
    theirs.textContent = heads[2];
    const mine = entries();
    for (const name of new Set([...mine, ...said.fields].map(([each]) => each))) {
      const fields = fieldsOf(form).filter((each) => each.name === name);
      const [here, there] = [mine, said.fields].map((all) => all.filter(([each]) => each === name).map(([, value]) => value));
      if (!fields.length || fields[0].type === "hidden" || String(here) === String(there)) continue;
      const row = rows.insertRow();
      const texts = [labelOf(fields[0]), ...[here, there].map((values) => shown(fields, values))];
      texts.forEach((text, column) => {
        const cell = document.createElement(column ? "td" : "th");
        column ? (cell.dataset.l = heads[column]) : (cell.scope = "row");
        cell.className = "lines";
        cell.textContent = text;
        row.append(cell);
      });
    }
    if (!rows.children.length) {
      [seen, kept] = [said.version, null];
      return;
    }
    other = said;
    box.hidden = differs.hidden = false;
    say("");
  }

  function shown(fields, values) {
    const [first] = fields;
    if (first.type === "checkbox" && fields.length === 1) return values.length ? words.yes : words.no;
    const word = (value) => {
      if (first.tagName === "SELECT") return [...first.options].find((each) => each.value === value)?.text ?? value;
      const choice = ["radio", "checkbox"].includes(first.type) && fields.find((each) => each.value === value);
      return choice ? choice.labels[0].textContent.trim() : value;
    };
    return values.map(word).filter(Boolean).join("、") || "—";
  }

  box.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-take]")?.dataset.take;
    if (!choice) return;
    seen = other.version;
    kept = null;
    if (choice === "theirs") {
      fillForm(form, other.fields);
      kept = content();
      say(words.chosen);
    }
    other = null;
    box.hidden = differs.hidden = true;
    fieldsOf(form).find((each) => each.type !== "hidden" && !each.disabled)?.focus();
    save();
  });

  setInterval(save, EVERY);
  form.addEventListener("focusout", () => {
    clearTimeout(timer);
    timer = setTimeout(save, SOON);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  for (const end of ["beforeunload", "pagehide"]) window.addEventListener(end, save);
  // What is being saved for good is no draft any more.
  form.addEventListener("submit", (event) => !event.defaultPrevented && leaving.abort());
  // The browser's back button may bring the page back.
  window.addEventListener("pageshow", () => (leaving = new AbortController()));
}

function labelOf(field) {
  const group = ["radio", "checkbox"].includes(field.type) && field.closest("fieldset.fld")?.querySelector("legend");
  const label = (group || field.labels?.[0])?.cloneNode(true);
  label?.querySelectorAll(".req, .opt, .sr-only").forEach((each) => each.remove());
  return label ? label.textContent.trim() : field.name;
}
