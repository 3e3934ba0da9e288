// How a typed date is read, shown when it is left. What is stored the server decides (rules.parse_day).
const COMPACT = /^(\d{4})(\d\d)(\d\d)?$/;
const PARTED = /^(\d{4})\s*[-./年]\s*(\d\d?)(?:\s*[-./月]\s*(\d\d?)?\s*日?)?$/;

/** The day as 2016-06-30, or "" for what is none. */
export function parseDay(text) {
  const typed = text.normalize("NFKC").trim();
  const parts = COMPACT.exec(typed) ?? PARTED.exec(typed);
  if (!parts || parts[1] < 1900 || parts[1] > 2100) return "";
  const [year, month, day] = parts.slice(1).map((part) => (part ?? "1").padStart(2, 0));
  const date = new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
  return date === `${year}-${month}-${day}` ? date : "";
}

export function readDates() {
  for (const input of document.querySelectorAll("[data-reads]")) {
    const shown = document.createElement("span");
    shown.className = "hint read";
    shown.setAttribute("role", "status");
    input.after(shown);
    input.addEventListener("change", () => {
      const { reads, unread } = input.dataset;
      const typed = input.value.trim();
      const day = parseDay(typed);
      shown.textContent = typed === day ? "" : day ? reads.replace("{day}", day) : unread;
      shown.classList.toggle("over", !!typed && !day);
    });
  }
}

/** The days of a period, its first and its last one counted (SEC-12). */
export function countDays() {
  const shown = document.querySelector("[data-days]");
  if (!shown) return;
  const [start, end] = ["start", "end"].map((name) => document.getElementById(`field-${name}`));
  const show = () => {
    const days = (Date.parse(parseDay(end.value)) - Date.parse(parseDay(start.value))) / 864e5 + 1;
    shown.textContent = days >= 1 ? shown.dataset.say.replace("{n}", days) : "";
  };
  for (const each of [start, end]) each.addEventListener("input", show);
  show();
}
