"use strict";
const slider = document.getElementById("slider");
if (slider) {
  const form = document.getElementById("to-stop");
  const range = document.getElementById("range");
  const reading = document.getElementById("reading");
  const stops = [...form.querySelectorAll("input[type=radio]")];
  const show = () => {
    const stop = stops[range.value - 1];
    if (stop) stop.checked = true;
    reading.textContent = stop ? stop.dataset.reading : "Now: the clock stays.";
    range.setAttribute("aria-valuetext", reading.textContent);
  };
  let timer = 0;
  range.addEventListener("input", show);
  range.addEventListener("change", () => {
    show();
    clearTimeout(timer);
    // Keys move one stop each; who goes on pressing is not sent off at the first one.
    if (range.value > 0) timer = setTimeout(() => form.requestSubmit(), 600);
  });
  for (const stop of stops) {
    stop.addEventListener("change", () => {
      range.value = stops.indexOf(stop) + 1;
      show();
    });
  }
  slider.hidden = false;
}
for (const form of document.forms) {
  form.addEventListener("submit", () => document.body.classList.add("is-travelling"));
}
window.addEventListener("pageshow", () => document.body.classList.remove("is-travelling"));
