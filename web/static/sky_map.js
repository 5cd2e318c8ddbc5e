// A circle is drawn on the sky by mouse, touch or keys, and becomes the cone of the form (Mollweide, ICRS).
const map = document.getElementById("sky-map");
const field = document.querySelector('form.coverage input[name="sky"]');

if (map && field) start(map.querySelector("svg"));

function start(svg) {
  const drawn = svg.getElementById("sky-drawn");
  const says = document.getElementById("sky-says");
  let centre = null;
  let radius = 10;

  map.tabIndex = 0;
  map.setAttribute("role", "application");
  map.setAttribute("aria-label", `${map.dataset.name}. ${map.dataset.says}`);

  function show() {
    drawn.setAttribute("d", circle(centre, radius));
    says.textContent = `RA ${centre[0].toFixed(2)}°, Dec ${centre[1].toFixed(2)}°, ${map.dataset.radius} ${radius.toPrecision(3)}°`;
  }

  function search() {
    field.value = `${centre[0].toFixed(4)},${centre[1].toFixed(4)},${Number(radius.toPrecision(3))}`;
    field.form.requestSubmit();
  }

  svg.addEventListener("pointerdown", (event) => {
    const place = direction(svg, event);
    if (!place || event.button !== 0) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    centre = place;
    radius = 0;
  });
  svg.addEventListener("pointermove", (event) => {
    if (!svg.hasPointerCapture(event.pointerId)) return;
    const place = direction(svg, event);
    if (!place) return;
    radius = Math.min(separation(centre, place), 90);
    show();
  });
  svg.addEventListener("pointerup", (event) => {
    if (!svg.hasPointerCapture(event.pointerId)) return;
    svg.releasePointerCapture(event.pointerId);
    if (radius > 0.3) search();
    else follow(event);
  });
  svg.addEventListener("click", (event) => event.preventDefault());

  const STEPS = { ArrowLeft: [5, 0], ArrowRight: [-5, 0], ArrowUp: [0, 5], ArrowDown: [0, -5] };
  map.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step && !["+", "-", "Enter"].includes(event.key)) return;
    event.preventDefault();
    centre ??= [0, 0];
    if (step) centre = [(centre[0] + step[0] + 360) % 360, Math.max(-90, Math.min(90, centre[1] + step[1]))];
    if (event.key === "+") radius = Math.min(radius * 1.5, 90);
    if (event.key === "-") radius = Math.max(radius / 1.5, 0.1);
    show();
    if (event.key === "Enter") search();
  });
}

// A press without a drag is a click on what lies there.
function follow(event) {
  const under = document.elementsFromPoint(event.clientX, event.clientY).map((one) => one.closest("a"));
  const link = under.find((one) => one !== null);
  if (link) location.assign(link.href.baseVal);
}

const RAD = Math.PI / 180;

function direction(svg, event) {
  const box = svg.getBoundingClientRect();
  const x = 1 - (((event.clientX - box.left) / box.width) * 724 - 2) / 360;
  const y = 1 - (((event.clientY - box.top) / box.height) * 364 - 2) / 180;
  if (x * x + y * y > 1) return null;
  const angle = Math.asin(y);
  const latitude = Math.asin((2 * angle + Math.sin(2 * angle)) / Math.PI) / RAD;
  const longitude = Math.abs(y) > 0.9999 ? 0 : (180 * x) / Math.cos(angle);
  return [(longitude + 360) % 360, latitude];
}

function separation([ra1, dec1], [ra2, dec2]) {
  const half = (angle) => Math.sin((angle * RAD) / 2) ** 2;
  const value = half(dec2 - dec1) + Math.cos(dec1 * RAD) * Math.cos(dec2 * RAD) * half(ra2 - ra1);
  return (2 * Math.asin(Math.min(1, Math.sqrt(value)))) / RAD;
}

function projected(longitude, latitude) {
  const aim = Math.PI * Math.sin(latitude * RAD);
  let angle = latitude * RAD;
  for (let step = 0; step < 20 && Math.abs(latitude) < 89.99; step += 1) {
    angle -= (2 * angle + Math.sin(2 * angle) - aim) / (2 + 2 * Math.cos(2 * angle));
  }
  const centred = ((longitude + 540) % 360) - 180;
  return [360 * (1 - (centred / 180) * Math.cos(angle)), 180 * (1 - Math.sin(angle))];
}

function circle([ra, dec], radius) {
  let path = "";
  let before = null;
  for (let turn = 0; turn <= 360; turn += 6) {
    const sine = Math.sin(dec * RAD) * Math.cos(radius * RAD)
      + Math.cos(dec * RAD) * Math.sin(radius * RAD) * Math.cos(turn * RAD);
    const latitude = Math.asin(Math.max(-1, Math.min(1, sine)));
    const east = Math.sin(turn * RAD) * Math.sin(radius * RAD) * Math.cos(dec * RAD);
    const north = Math.cos(radius * RAD) - Math.sin(dec * RAD) * sine;
    const [x, y] = projected(ra + Math.atan2(east, north) / RAD, latitude / RAD);
    path += `${before !== null && Math.abs(x - before) < 300 ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    before = x;
  }
  return path;
}
