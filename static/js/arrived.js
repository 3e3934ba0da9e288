// An old list says that something new has come. It asks once when it grows old, then only when somebody is there
// again: asking by the clock would keep a sign-in alive at an empty desk.
const note = document.querySelector("[data-arrived]");
const age = note.dataset.stale * 1000;
let asked = Date.now();

async function ask() {
  if (document.hidden || Date.now() - asked < age) return;
  asked = Date.now();
  const answer = await fetch(note.dataset.arrived, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { n } = await answer.json();
  if (!n) return;
  note.querySelector("span").textContent = note.dataset.words.replace("{n}", n);
  note.hidden = false;
}

setTimeout(ask, age + 1000);
document.addEventListener("visibilitychange", ask);
window.addEventListener("focus", ask);
