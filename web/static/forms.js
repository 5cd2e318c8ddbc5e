// Forms that ask leave out what is empty, so that addresses say only what is asked.
const empty = (field) => field.name && field.type !== "submit" && !field.disabled && field.value === "";

document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  const left = [...event.target.elements].filter(empty);
  for (const field of left) field.disabled = true;
  // The address is made when all listeners are done; who comes back finds the fields as they were.
  setTimeout(() => left.forEach((field) => { field.disabled = false; }));
});
