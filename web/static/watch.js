// Looks again at a harvest that waits, and goes to its page once it runs; without it the page has a link for that.
const again = document.getElementById("again");
const every = Number(again.dataset.every) * 1000;

async function look() {
  const answer = await fetch(again.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (answer.redirected) {
    location.assign(answer.url);
    return false;
  }
  if (!answer.ok) return true;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = document.getElementById("watched");
  const fresh = page.getElementById("watched");
  if (fresh.textContent !== before.textContent) before.replaceChildren(...fresh.childNodes);
  return fresh.dataset.live === "yes";
}

async function repeat() {
  let goes = true;
  if (!document.hidden) goes = await look().catch(() => true);
  if (goes) setTimeout(repeat, every);
}

setTimeout(repeat, every);
