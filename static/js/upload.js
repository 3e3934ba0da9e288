// Files go up one by one, each with its progress and a sentence about what became of it. Without
// scripts the same form sends them all at once.
const node = (parent, tag, text = "") => {
  const made = parent.appendChild(document.createElement(tag));
  made.textContent = text;
  return made;
};

function send(form, file, bar) {
  const body = new FormData(form);
  body.delete("files");
  body.append("files", file);
  return new Promise((resolve) => {
    const failed = (word) => resolve({ text: form.dataset[word].replace("NAME", file.name) });
    if (file.size > form.dataset.most) return failed("large");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => { bar.value = event.loaded / event.total; };
    request.onerror = request.onabort = () => failed("broken");
    request.onload = () => {
      const answer = request.response;
      return answer?.[0] ? resolve(answer[0]) : failed({ 413: "large", 429: "often" }[request.status] ?? "ended");
    };
    request.send(body);
  });
}

async function sendAll(form, files) {
  const button = form.querySelector("button");
  if (button.ariaDisabled || !files.length) return;
  // Not `disabled`: that would lose the focus of whoever pressed it.
  button.ariaDisabled = "true";
  const list = form.querySelector(".sent") ?? node(form, "ul");
  list.className = "sent";
  list.ariaLive = "polite";
  list.replaceChildren();
  let isClean = true;
  for (const file of files) {
    const line = node(list, "li", form.dataset.sending.replace("NAME", file.name));
    const bar = node(line, "progress");
    bar.ariaLabel = file.name;
    const answer = await send(form, file, bar);
    line.textContent = answer.text;
    line.classList.toggle("err", !answer.ok);
    isClean &&= answer.ok && !answer.doubtful;
  }
  const show = () => {
    location.hash = form.closest("section[id]").id;
    location.reload();
  };
  if (isClean) return show();
  const again = node(node(list, "li"), "button", form.dataset.show);
  again.type = "button";
  again.className = "btn";
  again.onclick = show;
  for (const input of form.querySelectorAll("[type=file]")) input.value = "";
  button.ariaDisabled = null;
}

export function uploadFiles() {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", (event) => {
      const files = [...form.querySelectorAll("[type=file]")].flatMap((each) => [...each.files]);
      if (!files.length) return;
      event.preventDefault();
      sendAll(form, files);
    });
    for (const name of ["dragover", "dragleave", "drop"]) {
      form.addEventListener(name, (event) => {
        event.preventDefault();
        form.classList.toggle("over", name === "dragover");
        if (name === "drop") sendAll(form, [...event.dataTransfer.files]);
      });
    }
  }
}
