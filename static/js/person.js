// 采用 writes what was worked out into its inputs.
for (const button of document.querySelectorAll("[data-adopt]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    for (const pair of button.dataset.adopt.split(" ")) {
      const [id, number] = pair.split("=");
      const input = document.getElementById(id);
      input.value = number;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    button.nextElementSibling.textContent = button.dataset.done;
  });
}
