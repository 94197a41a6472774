// While somebody fills in a step, its answers come from the server, which alone knows them.
const checks = document.querySelector("[data-checks]");
if (checks) {
  const form = checks.closest("form");
  let waiting = 0;
  let asked = 0;
  const ask = async () => {
    const number = ++asked;
    const fields = new URLSearchParams(new FormData(form));
    fields.delete("token");
    try {
      const answer = await fetch(`${checks.dataset.checks}?${fields}`, { redirect: "error" });
      if (!answer.ok || number !== asked) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      checks.replaceChildren(...fresh.body.childNodes);
    } catch {
      // The same is asked again when the step is saved.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 400);
  });
}
// The step that is shown is in sight among all steps on a narrow screen.
document.querySelector(".steps [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
// Files are sent one after the other as soon as they are chosen or dropped, with their progress.
const uploading = document.getElementById("upload");
const send = (file, line) =>
  new Promise((done) => {
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    const { sending, sent, failed } = document.getElementById("progress").dataset;
    words.textContent = sending;
    line.append(file.name, bar, words);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) Object.assign(bar, { max: event.total, value: event.loaded });
    });
    request.addEventListener("loadend", () => {
      const fresh = new DOMParser().parseFromString(request.responseText, "text/html");
      const page = fresh.getElementById("proofs");
      words.textContent = page && request.status === 200 ? sent : failed;
      bar.replaceWith(document.createElement("span"));
      if (page) document.getElementById("proofs").replaceWith(page);
      const refused = fresh.getElementById("not-taken");
      if (refused) document.getElementById("not-taken").append(...refused.childNodes);
      done();
    });
    const body = new FormData();
    body.append("token", uploading.elements.token.value);
    body.append("file", file);
    request.open("POST", uploading.action);
    request.send(body);
  });
if (uploading) {
  const chosen = uploading.querySelector("input[type=file]");
  const drop = uploading.querySelector(".drop");
  uploading.querySelector("button").hidden = true;
  const sendAll = async (files) => {
    document.getElementById("not-taken").replaceChildren();
    for (const file of files) {
      const line = document.createElement("li");
      document.getElementById("progress").append(line);
      await send(file, line);
    }
    chosen.value = "";
  };
  chosen.addEventListener("change", () => sendAll([...chosen.files]));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop") sendAll([...event.dataTransfer.files]);
    });
  }
}
