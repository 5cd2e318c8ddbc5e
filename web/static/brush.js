// A range is drawn over an axis of energy or time and becomes a field of the form.
const ELECTRONVOLT = 1.602176634e-19;
const DAY = 86_400_000;
const EPOCH = Date.UTC(1858, 10, 17);

const WRITTEN = {
  energy: (low, high) => `${electronvolts(low)} eV/${electronvolts(high)} eV`,
  time: (low, high) => `${day(low)}/${day(high)}`,
};

for (const svg of document.querySelectorAll("svg.brush")) start(svg);
for (const hint of document.querySelectorAll(".scripted")) hint.hidden = false;

function start(svg) {
  const field = document.querySelector(`form.coverage input[name="${svg.dataset.field}"]`);
  if (!field) return;
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("class", "drawn");
  rect.setAttribute("y", "0");
  rect.setAttribute("height", String(svg.viewBox.baseVal.height));
  svg.append(rect);
  let from = null;
  let to = null;

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    from = to = share(svg, event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!svg.hasPointerCapture(event.pointerId)) return;
    to = share(svg, event);
    const width = svg.viewBox.baseVal.width;
    rect.setAttribute("x", String(Math.min(from, to) * width));
    rect.setAttribute("width", String(Math.abs(to - from) * width));
  });
  svg.addEventListener("pointerup", (event) => {
    if (!svg.hasPointerCapture(event.pointerId)) return;
    svg.releasePointerCapture(event.pointerId);
    if (Math.abs(to - from) < 0.005) return;
    const [low, high] = [Math.min(from, to), Math.max(from, to)].map((part) => value(svg, part));
    field.value = WRITTEN[svg.dataset.field](low, high);
    field.form.requestSubmit();
  });
}

function share(svg, event) {
  const box = svg.getBoundingClientRect();
  return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
}

function value(svg, part) {
  const low = Number(svg.dataset.low);
  const high = Number(svg.dataset.high);
  return svg.dataset.field === "energy" ? low * (high / low) ** part : low + (high - low) * part;
}

function electronvolts(joule) {
  return Number((joule / ELECTRONVOLT).toPrecision(3));
}

function day(mjd) {
  return new Date(EPOCH + mjd * DAY).toISOString().slice(0, 10);
}
