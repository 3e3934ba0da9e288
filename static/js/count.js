// Characters left, live. Typing past the limit is allowed and shown; the server explains it again.
// A line keeps quiet until the limit comes near.
const NEAR = 0.8;

export function countCharacters(part = document) {
  for (const field of part.querySelectorAll("[data-limit]")) {
    const shown = document.getElementById(`${field.id}-count`);
    if (!shown) continue;
    const limit = Number(field.dataset.limit);
    const show = () => {
      const used = [...field.value.replaceAll("\r\n", "\n").trim()].length;
      const over = used > limit;
      shown.classList.toggle("over", over);
      shown.classList.toggle("quiet", field.tagName === "INPUT" && used < NEAR * limit);
      const pattern = over ? shown.dataset.over : shown.dataset.left;
      shown.textContent = pattern.replace("{n}", Math.abs(limit - used));
    };
    field.addEventListener("input", show);
    show();
  }
}
