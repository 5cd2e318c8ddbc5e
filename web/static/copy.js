// Adds a button that copies a text beside whatever has «data-copy», which is the button's name.
const announce = document.getElementById("said");
const texts = announce.dataset;

// Where a page is not served safely the browser keeps the clipboard to itself: the text is selected then.
async function copy(place) {
  const text = place.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
    return texts.copied;
  } catch {
    getSelection().selectAllChildren(place);
    return texts.selected;
  }
}

for (const place of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small copy";
  button.textContent = texts.copying;
  button.setAttribute("aria-label", place.dataset.copy);
  button.addEventListener("click", async () => {
    const said = await copy(place);
    button.textContent = said;
    announce.textContent = "";
    // A screen reader hears of a change only.
    requestAnimationFrame(() => { announce.textContent = said; });
    setTimeout(() => { button.textContent = texts.copying; }, 4000);
  });
  place.after(button);
}
