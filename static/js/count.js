// Characters left, live. Typing past the limit is allowed and shown; the server explains it again.
export function countCharacters() {
  for (const field of document.querySelectorAll("[data-limit]")) {
    const shown = document.getElementById(`${field.id}-count`);
    if (!shown) continue;
    const limit = Number(field.dataset.limit);
    const show = () => {
      const used = [...field.value.replaceAll("\r\n", "\n").trim()].length;
      const over = used > limit;
      shown.classList.toggle("over", over);
      const pattern = over ? shown.dataset.over : shown.dataset.left;
      shown.textContent = pattern.replace("{n}", Math.abs(limit - used));
    };
    field.addEventListener("input", show);
    show();
  }
}
