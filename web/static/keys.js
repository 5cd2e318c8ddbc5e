// Keys: / goes to the search box, j and k walk the results, x collects one, ? shows all of them.
// Who needs single keys for something else turns them off there (WCAG 2.2, 2.1.4).
const OFF = "keys-off";
const dialog = document.getElementById("keys");
const box = document.getElementById("q");
const cards = () => [...document.querySelectorAll("article.card")];

function walk(step) {
  const all = cards();
  if (!all.length) return;
  const now = all.indexOf(document.activeElement?.closest("article.card"));
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1);
  all[next].querySelector("h2 a").focus();
}

function collect() {
  const card = document.activeElement?.closest("article.card");
  (card ?? document).querySelector("form.collect button")?.click();
}

function search() {
  box?.focus();
  box?.setSelectionRange(box.value.length, box.value.length);
}

const ACTIONS = {
  "/": search,
  j: () => walk(1),
  k: () => walk(-1),
  x: collect,
  "?": () => dialog.showModal(),
};

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
  if (localStorage.getItem(OFF) && event.key !== "?") return;
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

const wanted = document.getElementById("keys-wanted");
wanted.checked = !localStorage.getItem(OFF);
wanted.addEventListener("change", () => {
  if (wanted.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "yes");
});
document.getElementById("show-keys").hidden = false;
document.getElementById("show-keys").addEventListener("click", () => dialog.showModal());
