// About how many pages of the printed form a text takes; the measures are the server's (app/dossier/paper.py).
export const pagesOf = (text, line, lines) => {
  const width = (each) => [...each].reduce((sum, one) => sum + (one < "\u0080" ? 0.5 : 1), 0);
  const used = text.trim() && text.trim().split(/\r?\n/).reduce((sum, each) => sum + Math.max(1, Math.ceil(width(each) / line)), 0);
  return (Math.ceil((used * 10) / lines) / 10).toFixed(1);
};

export function estimatePaper() {
  for (const shown of document.querySelectorAll("[data-paper]")) {
    const field = document.getElementById(shown.dataset.paper);
    const { line, lines, say } = shown.dataset;
    const show = () => (shown.textContent = say.replace("{n}", pagesOf(field.value, line, lines)));
    field.addEventListener("input", show);
    show();
  }
}
