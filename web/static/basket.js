// Puts records and files into the basket without leaving the page; without script the same forms do it.
const announce = document.getElementById("said");
const count = document.getElementById("basket-count");

async function send(form, body) {
  // «form.action» would be the button of that name.
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

function show(form, isIn, held) {
  const button = form.querySelector("button");
  button.classList.toggle("held", isIn);
  button.value = isIn ? "remove" : "add";
  button.querySelector(".label").textContent = isIn ? form.dataset.out : form.dataset.in;
  count.textContent = held ? String(held) : "";
  announce.textContent = isIn ? form.dataset.saidIn : form.dataset.saidOut;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form.collect")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const isIn = button.value !== "remove";
  // What is disabled is not sent.
  const body = new URLSearchParams(new FormData(form, event.submitter ?? button));
  button.disabled = true;
  try {
    const told = await send(form, body);
    show(form, isIn, told.held);
  } catch (fault) {
    announce.textContent = fault.message;
  } finally {
    button.disabled = false;
    button.focus();
  }
});

// Who comes back to a page sees it as it was left: what is in the basket may have changed meanwhile.
addEventListener("pageshow", async (event) => {
  const [visit] = performance.getEntriesByType("navigation");
  if (!event.persisted && visit?.type !== "back_forward") return;
  const answer = await fetch(count.parentElement.href, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { items, held } = await answer.json();
  for (const form of document.querySelectorAll("form.collect")) {
    show(form, items.includes(form.querySelector("[name=item]").value), held);
  }
  count.textContent = held ? String(held) : "";
  announce.textContent = "";
});
