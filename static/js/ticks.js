// A tick that stands for a word (至今, 无) empties the input beside it; typing there takes the tick away.
export function tieTicks() {
  for (const tick of document.querySelectorAll("[data-tick]")) {
    const input = document.getElementById(tick.dataset.tick);
    let typed = input.value;
    const say = () => input.dispatchEvent(new Event("input", { bubbles: true }));
    tick.addEventListener("change", () => {
      if (tick.checked) typed = input.value;
      input.value = tick.checked ? "" : typed;
      say();
    });
    input.addEventListener("input", () => {
      if (input.value) tick.checked = false;
    });
  }
}
