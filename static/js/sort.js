// Rows are dragged by their handle; the new order is posted once, and said. ↑ and ↓ work without any of this.
export async function sortRows() {
  const list = document.querySelector("[data-sort]");
  if (!list?.dataset.sort) return;
  try {
    await import(list.dataset.sort);
  } catch {
    return;
  }
  const said = document.getElementById("order-said");
  const ids = () => [...list.children].map((row) => row.dataset.id);
  for (const grip of list.querySelectorAll(".grip")) grip.hidden = false;

  function ends() {
    const first = Number(list.dataset.first);
    [...list.children].forEach((row, place) => {
      const [up, down] = row.querySelectorAll(".ibtn");
      up.disabled = first + place === 0;
      down.disabled = first + place === list.dataset.last - 1;
    });
  }

  let before = ids();
  const sorter = window.Sortable.create(list, {
    handle: ".grip",
    dataIdAttr: "data-id",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd: async ({ newIndex, oldIndex }) => {
      if (newIndex === oldIndex) return;
      const body = new URLSearchParams([["csrf_token", list.dataset.token], ...ids().map((id) => ["id", id])]);
      const answer = await fetch(list.dataset.to, { method: "POST", body, redirect: "manual" }).catch(() => null);
      const isSaved = answer?.status === 204;
      if (isSaved) before = ids();
      else sorter.sort(before);
      ends();
      const words = isSaved ? list.dataset.moved : list.dataset.failed;
      said.textContent = words.replace("{n}", Number(list.dataset.first) + newIndex + 1).replace("{all}", list.dataset.last);
      said.className = isSaved ? "sr-only" : "alert alert-danger";
    },
  });
}
