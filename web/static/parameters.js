// Suggests the parameters that records of the search at hand bear, in place of those of the whole catalogue.
const list = document.getElementById("parameter-names");
const form = list?.closest("form");

async function narrow() {
  const asked = new URLSearchParams(location.search);
  for (const name of ["sort", "size", "cursor", "parameter"]) asked.delete(name);
  const answer = await fetch(`${new URL(form.action).pathname}api/v1/parameters?${asked}`);
  if (!answer.ok) return;
  const { parameters } = await answer.json();
  list.replaceChildren(...parameters.map(({ name, count, units }) => {
    const option = document.createElement("option");
    option.value = `${name} = `;
    option.label = [`${count} records`, ...units.slice(0, 3).map(({ unit }) => unit)].join(", ");
    return option;
  }));
}

form?.addEventListener("focusin", (event) => {
  if (event.target.name !== "parameter" || form.dataset.narrowed) return;
  form.dataset.narrowed = "yes";
  narrow().catch(() => {});
});
