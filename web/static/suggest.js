// Suggestions under the search box, in groups (ARIA 1.2, combobox with a listbox); without script the box is a box.
const box = document.getElementById("q");
const list = document.getElementById("suggestions");
const SHORTEST = 2;
const PAUSE = 120;
const IN_A_GROUP = 5;
const FACETS = { people: "creator", subjects: "subject", instruments: "instrument", facilities: "facility" };

if (box && list) start();

function start() {
  let asked = null;
  let timer = 0;
  let chosen = -1;

  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) box.setAttribute(name, value);

  const options = () => [...list.querySelectorAll('[role="option"]')];

  function close() {
    list.hidden = true;
    list.replaceChildren();
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function mark(next) {
    const all = options();
    chosen = (next + all.length + 1) % (all.length + 1);
    if (chosen === all.length) chosen = -1;
    all.forEach((one, number) => one.setAttribute("aria-selected", String(number === chosen)));
    if (chosen < 0) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    box.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  async function ask() {
    const typed = box.value.trim();
    asked?.abort();
    if (typed.length < SHORTEST) {
      close();
      return;
    }
    asked = new AbortController();
    const address = new URL("api/v1/suggest", new URL(box.form.getAttribute("action"), location.href));
    address.search = new URLSearchParams({ q: typed, size: String(IN_A_GROUP) });
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show(await answer.json());
    } catch (fault) {
      if (fault.name !== "AbortError") close();
    }
  }

  function show(answer) {
    const groups = [["words", answer.suggestions], ...Object.entries(answer.groups)];
    const full = groups.filter(([, values]) => values.length);
    list.replaceChildren(...full.map(([name, values], number) => group(name, values, number)));
    chosen = -1;
    list.hidden = full.length === 0 || document.activeElement !== box;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  }

  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) take(option);
  });
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen < 0 ? options().length - 1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(options()[chosen]);
    else return;
    event.preventDefault();
  });
}

function group(name, values, number) {
  const heading = element("div", { class: "heading", role: "presentation", id: `suggested-${name}` }, list.getAttribute(`data-${name}`) ?? name);
  const rows = values.map((value, place) => {
    const row = element("div", { role: "option", id: `suggestion-${number}-${place}`, "aria-selected": "false" });
    row.dataset.group = name;
    row.dataset.value = value.value;
    row.dataset.label = value.label;
    if (value.uri) row.dataset.uri = value.uri;
    row.append(element("span", { class: "label" }, value.label), " ",
      element("span", { class: "count" }, value.count.toLocaleString(document.documentElement.lang)));
    return row;
  });
  const whole = element("div", { role: "group", "aria-labelledby": heading.id });
  whole.append(heading, ...rows);
  return whole;
}

function element(tag, attributes, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

// A title leads to its record, a name becomes a choice of its facet, a word is searched for.
function take(option) {
  const { group: name, value, label, uri } = option.dataset;
  if (name === "titles" && uri) {
    location.assign(new URL(uri).pathname);
  } else if (FACETS[name]) {
    const address = new URL(box.form.getAttribute("action"), location.href);
    address.search = new URLSearchParams({ [FACETS[name]]: value });
    location.assign(address);
  } else {
    box.value = label;
    box.form.requestSubmit();
  }
}
