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
