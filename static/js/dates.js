// How a typed date is read, shown beside it when it is left. What is stored the server decides (rules.parse_day).
const COMPACT = /^([0-9]{4})([0-9]{2})([0-9]{2})?$/;
const PARTED = /^([0-9]{4})[ \t]*[-./年][ \t]*([0-9]{1,2})(?:[ \t]*[-./月][ \t]*([0-9]{1,2})?[ \t]*日?)?$/;

/** The day as 2016-06-30, or "" for what is none. */
export function parseDay(text) {
  const typed = text.normalize("NFKC").trim();
  const match = COMPACT.exec(typed) ?? PARTED.exec(typed);
  if (!match) return "";
  const [year, month, day] = match.slice(1).map((part) => Number(part ?? 1));
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1900 && year <= 2100;
  return isReal ? date.toISOString().slice(0, 10) : "";
}

export function readDates() {
  for (const input of document.querySelectorAll("[data-reads]")) {
    const shown = document.createElement("span");
    shown.className = "hint read";
    shown.setAttribute("role", "status");
    input.after(shown);
    const show = () => {
      const { reads, unread } = input.dataset;
      const day = parseDay(input.value);
      const isPlain = !input.value.trim() || input.value.trim() === day;
      shown.textContent = isPlain ? "" : day ? reads.replace("{day}", day) : unread;
      shown.classList.toggle("over", !isPlain && !day);
    };
    input.addEventListener("change", show);
  }
}

/** The days of a period, its first and its last one counted (SEC-12). */
export function countDays() {
  const shown = document.querySelector("[data-days]");
  const [start, end] = ["start", "end"].map((name) => document.getElementById(`field-${name}`));
  if (!shown || !start || !end) return;
  const show = () => {
    const days = (Date.parse(parseDay(end.value)) - Date.parse(parseDay(start.value))) / 86_400_000 + 1;
    shown.textContent = days >= 1 ? shown.dataset.say.replace("{n}", days) : "";
  };
  start.addEventListener("input", show);
  end.addEventListener("input", show);
  show();
}
