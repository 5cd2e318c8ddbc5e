// What script adds to the page of SPARQL: keys in the editor, prefixes by a click, the cursor at the fault.
const box = document.getElementById("query");
const form = document.getElementById("sparql-form");
const LONGEST = 6000;

// A form by GET has an address that can be passed on; what is too long for one goes by POST.
form.addEventListener("submit", (event) => {
  const isLong = encodeURIComponent(box.value).length > LONGEST;
  if (isLong && event.submitter?.formMethod !== "post") form.method = "post";
});

document.getElementById("sparql-keys").hidden = false;
let leaves = false;
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Tab" && !event.shiftKey && !event.altKey && !event.ctrlKey && !leaves) {
    event.preventDefault();
    box.setRangeText("  ", box.selectionStart, box.selectionEnd, "end");
  }
  leaves = event.key === "Escape";
});

const announce = document.getElementById("said");
for (const code of document.querySelectorAll("[data-prefix]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = code.closest(".fault") ? code.dataset.prefix : code.dataset.prefix.split(" ")[1];
  button.title = code.dataset.prefix;
  button.setAttribute("aria-label", form.dataset.insert.replace("{what}", code.dataset.prefix));
  button.addEventListener("click", () => {
    const line = code.dataset.prefix;
    const isThere = box.value.split("\n").some((one) => one.trim() === line);
    if (!isThere) box.setRangeText(`${line}\n`, 0, 0, "preserve");
    announce.textContent = isThere ? form.dataset.there : form.dataset.inserted;
  });
  code.replaceWith(button);
}
document.getElementById("prefixes").classList.add("with-buttons");

if (box.dataset.position !== undefined) {
  const place = Number(box.dataset.position);
  box.focus();
  box.setSelectionRange(place, place + 1);
}
