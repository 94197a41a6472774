"use strict";
// A page that is told of a change reads itself again and puts the parts marked data-live in place.
// A part that somebody is working in (an open form, the focus) is left alone. Nothing is asked
// while the tab is hidden.
// Where it is told, and the words for how that goes, are on the element "liveness".
const liveness = document.getElementById("liveness");
let source = null;
let reading = false;
const busy = (part) =>
  part.querySelector("details.action[open]") || (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
const refresh = async () => {
  if (reading) return;
  reading = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.getElementById(part.id);
      if (!other || busy(part) || part.innerHTML === other.innerHTML) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
      part.replaceChildren(...other.childNodes);
      if (focused) document.getElementById(focused)?.focus();
    }
    liveness.textContent = liveness.dataset.isLive;
  } catch {
    liveness.textContent = liveness.dataset.lost;
  }
  reading = false;
};
const follow = () => {
  if (document.hidden) {
    source?.close();
    source = null;
    liveness.textContent = liveness.dataset.paused;
  } else if (!source && document.querySelector("main [data-live]")) {
    source = new EventSource(liveness.dataset.follows);
    source.addEventListener("changed", refresh);
    source.addEventListener("error", () => { liveness.textContent = liveness.dataset.lost; });
    refresh();
  }
};
document.addEventListener("visibilitychange", follow);
if (liveness) follow();
// Copies a command to the clipboard.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied ?? "Copied";
});
