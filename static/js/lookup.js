// Text boxes that are looked up on the server while one types; accessible-autocomplete (vendor/) draws the list.
const WAIT = 150; // milliseconds without a key before the server is asked

export function lookUp() {
  const words = document.querySelector("script[data-lookup-hint]")?.dataset;
  if (!words || !window.accessibleAutocomplete) return;
  for (const box of document.querySelectorAll("input[data-lookup]:enabled")) enhance(box, words);
}

function enhance(box, words) {
  const place = document.createElement("div");
  const question = asking(box);
  const none = () => (question.isOpen() ? words.lookupBusy : box.dataset.lookupNone);
  const wasFocused = document.activeElement === box;
  box.replaceWith(place);
  window.accessibleAutocomplete({
    element: place,
    id: box.id,
    name: box.name,
    defaultValue: box.value,
    source: question.ask,
    minLength: 1,
    displayMenu: "overlay",
    confirmOnBlur: false,
    // A tick below the box must not be covered.
    showNoOptionsFound: !place.parentElement.querySelector("input[type=checkbox]"),
    templates: { inputValue: (found) => found ?? "", suggestion: escaped },
    onConfirm: () => setTimeout(() => document.getElementById(box.id).dispatchEvent(new Event("change", { bubbles: true }))),
    tNoResults: none,
    tAssistiveHint: () => words.lookupHint,
    tStatusQueryTooShort: () => words.lookupHint,
    tStatusNoResults: none,
    tStatusSelectedOption: (found, count, index) => fill(words.lookupAt, found, index + 1, count),
    tStatusResults: (count, selected) => `${fill(words.lookupCount, count)}${selected}`,
  });
  const input = document.getElementById(box.id);
  keepAttributes(box, input);
  if (wasFocused) input.focus();
}

// What was said about the box is said about the new one too, whatever the list adds.
function keepAttributes(box, input) {
  for (const { name, value } of box.attributes) if (!input.hasAttribute(name)) input.setAttribute(name, value);
  const said = box.getAttribute("aria-describedby");
  if (!said) return;
  const keep = () => {
    const now = input.getAttribute("aria-describedby") ?? "";
    if (!now.startsWith(said)) input.setAttribute("aria-describedby", `${said} ${now}`.trim());
  };
  new MutationObserver(keep).observe(input, { attributeFilter: ["aria-describedby"] });
  keep();
}

// Only the answer to the last question counts.
function asking({ id, dataset }) {
  let timer;
  let open;
  const send = async (typed, show) => {
    const question = new AbortController();
    open = question;
    try {
      const answer = await fetch(`${dataset.lookup}?q=${encodeURIComponent(typed)}`, { signal: question.signal });
      const found = answer.ok ? (await answer.json()).found : [];
      if (open !== question) return;
      open = null;
      show(found);
    } catch {
      // Offline or overtaken by the next key: the server looks it up when it is saved.
    }
  };
  const ask = (typed, show) => {
    clearTimeout(timer);
    open?.abort();
    // Text that a draft has filled in opens no list.
    if (document.activeElement?.id !== id) return;
    open = new AbortController();
    timer = setTimeout(send, WAIT, typed, show);
  };
  return { ask, isOpen: () => Boolean(open) };
}

const fill = (pattern, ...values) => values.reduce((text, each) => text.replace("{}", each), pattern);

// The list takes markup.
const escaped = (found) => Object.assign(document.createElement("i"), { textContent: found ?? "" }).innerHTML;
