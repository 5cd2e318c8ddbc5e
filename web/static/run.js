// Keeps the figures of a run that is going on up to date; without it the page has a link for that.
const reload = document.getElementById("reload");
const announce = document.getElementById("announce");
const QUIET = 20_000;
let said = { step: document.getElementById("live").dataset.step, at: Date.now() };
let misses = 0;

async function look() {
  const address = new URL(reload.href);
  address.searchParams.set("part", "live");
  const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("live");
  document.getElementById("live").replaceWith(document.adoptNode(fresh));
  return fresh.dataset;
}

// A screen reader hears of each new phase, and of progress no more often than every twenty seconds.
function say({ step, says }) {
  if (step === said.step && Date.now() - said.at < QUIET) return;
  said = { step, at: Date.now() };
  announce.textContent = says;
}

async function again() {
  if (!document.hidden) {
    try {
      const state = await look();
      misses = 0;
      say(state);
      if (state.live !== "yes") {
        reload.parentElement.remove();
        return;
      }
    } catch {
      misses += 1;
      if (misses === 3) announce.textContent = reload.dataset.silent;
    }
  }
  const pause = Number(reload.dataset.every) * 1000 * Math.min(2 ** misses, 16);
  setTimeout(again, pause);
}

setTimeout(again, Number(reload.dataset.every) * 1000);
