// What was typed before the sign-in ended goes back into the form of the same page.
export function fillDraft() {
  const draft = document.querySelector("[data-draft]");
  if (!draft) return;
  const values = new Map();
  for (const line of draft.querySelectorAll("[data-name]")) {
    const { name, value } = line.dataset;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  const fields = (form) => [...form.elements].filter((each) => each.name && each.name !== "csrf_token");
  const form = [...document.querySelectorAll("main form[method=post]")]
    .filter((each) => !draft.contains(each) && new URL(each.action, location.href).pathname === location.pathname)
    .find((each) => fields(each).some((field) => values.has(field.name)));
  if (!form) return;
  for (const field of fields(form)) {
    const kept = values.get(field.name);
    if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(kept?.includes(field.value));
    else if (kept && !["file", "password", "submit", "button"].includes(field.type)) field.value = kept.shift();
    else continue;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  draft.querySelector("[data-filled]").hidden = false;
  draft.querySelector("[data-listed]").hidden = true;
}
