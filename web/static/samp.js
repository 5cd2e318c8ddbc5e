// Sends a table, an image or a coverage to the programs on the visitor's machine, by the web profile of SAMP
// (SAMP 1.3, section 5); without it the page offers the same as commands.
const HUB = "http://127.0.0.1:21012/";
const TITLE = document.title;

function value(document, given) {
  const node = document.createElement("value");
  if (typeof given === "string") {
    node.append(given);
    return node;
  }
  const struct = document.createElement("struct");
  for (const [name, part] of Object.entries(given)) {
    const member = document.createElement("member");
    const label = document.createElement("name");
    label.append(name);
    member.append(label, value(document, part));
    struct.append(member);
  }
  node.append(struct);
  return node;
}

function body(method, parameters) {
  const call = document.implementation.createDocument(null, "methodCall");
  const name = call.createElement("methodName");
  name.append(method);
  const list = call.createElement("params");
  for (const given of parameters) {
    const parameter = call.createElement("param");
    parameter.append(value(call, given));
    list.append(parameter);
  }
  call.documentElement.append(name, list);
  return new XMLSerializer().serializeToString(call);
}

async function ask(method, ...parameters) {
  const answer = await fetch(HUB, {
    method: "POST",
    headers: { "Content-Type": "text/xml" },
    body: body(`samp.webhub.${method}`, parameters),
  });
  const said = new DOMParser().parseFromString(await answer.text(), "text/xml");
  if (said.querySelector("fault, parsererror")) throw new Error(method);
  const members = [...said.querySelectorAll("member")].map((member) => [
    member.querySelector("name").textContent,
    member.querySelector("value").textContent,
  ]);
  return Object.fromEntries(members);
}

async function send({ mtype, url, name }) {
  const key = (await ask("register", { "samp.name": TITLE }))["samp.private-key"];
  try {
    await ask("declareMetadata", key, { "samp.name": TITLE });
    const params = { url, name, [`${mtype.split(".")[0]}-id`]: url };
    await ask("notifyAll", key, { "samp.mtype": mtype, "samp.params": params });
  } finally {
    await ask("unregister", key).catch(() => {});
  }
}

for (const offer of document.querySelectorAll(".samp")) {
  offer.hidden = false;
  const button = offer.querySelector("button");
  const status = offer.querySelector("[role=status]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = offer.dataset.asking;
    try {
      await send(offer.dataset);
      status.textContent = offer.dataset.sent;
    } catch {
      status.textContent = offer.dataset.nobody;
    }
    button.disabled = false;
  });
}
