// What was typed and not saved goes back into the form of the same page.

// The form that saves this page: the one that posts to its own address.
export function formOfPage() {
  return [...document.querySelectorAll("main form[data-guard][method=post]")].find(
    (each) => new URL(each.action, location.href).pathname === location.pathname,
  );
}

// What a page says afresh each time (the version it shows) is not put back.
export const fieldsOf = (form) => [...form.elements].filter((each) => each.name && each.name !== "csrf_token" && !("fresh" in each.dataset));

// Names with their values into the fields of a form; says whether any field is another one now.
export function fillForm(form, pairs) {
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  let changed = false;
  for (const field of fieldsOf(form)) {
    const kept = values.get(field.name);
    const before = [field.value, field.checked];
    if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(kept?.includes(field.value));
    else if (kept?.length && !["file", "password", "submit", "button"].includes(field.type)) field.value = kept.shift();
    else continue;
    if (before[0] === field.value && before[1] === field.checked) continue;
    changed = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return changed;
}

export function fillDraft() {
  const draft = document.querySelector("[data-draft]");
  const lines = [...(draft?.querySelectorAll("[data-name]") ?? [])].map(({ dataset }) => [dataset.name, dataset.value]);
  const names = new Set(lines.map(([name]) => name));
  const form = [...document.querySelectorAll("main form[method=post]")]
    .filter((each) => !draft?.contains(each) && new URL(each.action, location.href).pathname === location.pathname)
    .find((each) => fieldsOf(each).some((field) => names.has(field.name)));
  if (!form) return;
  if (!fillForm(form, lines)) {
    draft.hidden = true;
    return;
  }
  draft.querySelector("[data-filled]").hidden = false;
  draft.querySelector("[data-listed]").hidden = true;
}
