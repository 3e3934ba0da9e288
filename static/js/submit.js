// A submitted form locks its button; a changed form asks before the page is left, unless it is kept (autosave.js).
const typed = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));

export function lockSubmit() {
  const locked = new Map();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button) return;
    // Disabled only after the form's data is taken, so that the button's own value is sent.
    setTimeout(() => {
      locked.set(button, [...button.childNodes]);
      button.disabled = true;
      if (button.dataset.busy) button.textContent = button.dataset.busy;
    });
  });
  // The browser's back button may bring the page back as it was left: locked.
  window.addEventListener("pageshow", () => {
    for (const [button, content] of locked) {
      button.disabled = false;
      button.replaceChildren(...content);
      delete button.form?.dataset.sent;
    }
    locked.clear();
  });
}

export function guardUnsaved() {
  for (const form of document.querySelectorAll("form[data-guard]")) {
    const saved = form.querySelector(".fld.bad") ? null : typed(form);
    window.addEventListener("beforeunload", (event) => {
      if (!form.dataset.sent && !form.dataset.kept && typed(form) !== saved) event.preventDefault();
    });
  }
}
