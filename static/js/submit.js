// A submitted form locks its button; a changed form asks before the page is left.
const snapshot = (form) => new URLSearchParams(new FormData(form)).toString();

export function lockSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button) return;
    // Disabled only after the form's data is taken, so that the button's own value is sent.
    setTimeout(() => {
      button.dataset.text = button.textContent;
      button.disabled = true;
      if (button.dataset.busy) button.textContent = button.dataset.busy;
    });
  });
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button[data-text]")) {
      button.disabled = false;
      button.textContent = button.dataset.text;
      delete button.dataset.text;
    }
  });
}

export function guardUnsaved() {
  for (const form of document.querySelectorAll("form[data-guard]")) {
    const before = snapshot(form);
    window.addEventListener("beforeunload", (event) => {
      if (!form.dataset.sent && snapshot(form) !== before) event.preventDefault();
    });
  }
}
