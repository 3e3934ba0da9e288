// Rows are dragged by their handle; the new order is posted once, and said. ↑ and ↓ work without any of this.
export async function sortRows() {
  const list = document.querySelector("[data-sort]");
  const { sort, to, token, moved, failed } = list?.dataset ?? {};
  if (!sort) return;
  await import(sort);
  const first = Number(list.dataset.first);
  const last = Number(list.dataset.last);
  const said = document.getElementById("order-said");
  const ids = () => [...list.children].map((row) => row.dataset.id);
  for (const grip of list.querySelectorAll(".grip")) grip.hidden = false;

  let before = ids();
  const sorter = window.Sortable.create(list, {
    handle: ".grip",
    dataIdAttr: "data-id",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd: async ({ newIndex, oldIndex }) => {
      if (newIndex === oldIndex) return;
      const body = new URLSearchParams([["csrf_token", token], ...ids().map((id) => ["id", id])]);
      const answer = await fetch(to, { method: "POST", body, redirect: "manual" }).catch(() => null);
      const isSaved = answer?.status === 204;
      if (isSaved) before = ids();
      else sorter.sort(before);
      [...list.children].forEach((row, place) => {
        const [up, down] = row.querySelectorAll(".ibtn");
        up.disabled = first + place === 0;
        down.disabled = first + place === last - 1;
      });
      said.textContent = (isSaved ? moved : failed).replace("{n}", first + newIndex + 1).replace("{all}", last);
      said.className = isSaved ? "sr-only" : "alert alert-danger";
    },
  });
}
