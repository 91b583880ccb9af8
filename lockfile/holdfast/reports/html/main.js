// What is chosen and where the focus is, and how pointer and keyboard change that.
let chosen = -1;
let hovered = -1;
let current = ranked[0] ?? -1; // the one node that Tab reaches
let trail = []; // the nodes that the arrow keys came through

const elementOf = (number) => (routed() ? routeElements.get(number) : elements[number]);
const focusNode = (number) => {
  for (const old of graph.querySelectorAll('[tabindex="0"]')) old.setAttribute("tabindex", "-1");
  const element = elementOf(number);
  if (!element) return;
  current = number;
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", spoken(number));
  element.setAttribute("aria-pressed", String(number === chosen));
  element.focus({ preventScroll: true });
  if (!routed() && places[number]) reveal(places[number]);
  hovered = number;
  show();
};

const lit = () => {
  const wanted = $("search").value.trim().toLowerCase();
  const picked = $("highlight").value;
  if (wanted) return (one) => one.label.toLowerCase().includes(wanted);
  if (picked === "advisories") return (one) => one.advisories.length > 0;
  if (picked === "unapproved") return (one) => one.standing === "unapproved";
  if (picked) return (one) => one.capabilities.includes(picked.slice(1));
  return null;
};
const highlight = () => {
  const test = lit();
  let near = null;
  if (!test && chosen >= 0) near = new Set([chosen, ...packages[chosen].path, ...needs[chosen], ...neededBy[chosen]]);
  graph.classList.toggle("lighting", Boolean(test || near));
  const path = new Set(chosen >= 0 ? [...packages[chosen].path, root] : []);
  elements.forEach((element, number) => {
    const one = packages[number];
    element.classList.toggle("in", Boolean(near ? near.has(number) || number === root : test && one && test(one)));
    element.classList.toggle("chosen", number === chosen);
    element.classList.toggle("on-path", path.has(number));
  });
  drawLinks();
  show();
};
const drawLinks = () => {
  const lines = [];
  const add = (from, to, name) => {
    if (places[from] && places[to]) {
      const [one, two] = [places[from], places[to]];
      const bow = kind === "layers" ? wayInLayers(one, two) : bent(one, two);
      lines.push(draw("path", { class: `link ${name}`, d: bow }));
    }
  };
  if (chosen >= 0) {
    for (const other of neededBy[chosen]) add(other, chosen, "by");
    for (const other of needs[chosen]) add(chosen, other, "to");
    const path = [root, ...packages[chosen].path];
    for (let place = 1; place < path.length; place += 1) add(path[place - 1], path[place], "way");
  }
  $("links").replaceChildren(...lines);
};
const bent = (one, two) => {
  const [x, y] = [(one.x + two.x) / 2 + (two.y - one.y) * 0.12, (one.y + two.y) / 2 - (two.x - one.x) * 0.12];
  return `M${one.x} ${one.y}Q${x.toFixed(1)} ${y.toFixed(1)} ${two.x} ${two.y}`;
};

const choose = (number) => {
  const wasRouted = routed();
  chosen = number >= root ? -1 : number;
  if (chosen < 0 && wasRouted) hideRoute();
  if (chosen >= 0 && wasRouted) showRoute(chosen);
  fillPanel(chosen);
  highlight();
  if (chosen >= 0 && !routed()) reveal(places[chosen]);
  say(chosen < 0 ? "nothing selected" : `selected ${spoken(chosen)}`);
};
const toggleRoute = () => {
  if (chosen < 0) return;
  const inGraph = graph.contains(document.activeElement);
  if (routed()) hideRoute();
  else showRoute(chosen);
  fillPanel(chosen);
  if (inGraph) focusNode(chosen);
  else $("only").focus();
  say(routed() ? `only the paths of ${packages[chosen].label}` : "the whole graph");
};

const parentOf = (number) => {
  const last = trail[trail.length - 1];
  if (last !== undefined && needs[last].includes(number)) return last;
  const path = packages[number]?.path ?? [];
  return path.length > 1 ? path[path.length - 2] : root;
};
const move = (key) => {
  const shown = (other) => elementOf(other) !== undefined;
  if (key === "ArrowRight") {
    const next = needs[current].find((other) => shown(other) && !trail.includes(other));
    if (next === undefined) return say(`${labelOf(current)} needs nothing more`);
    trail.push(current);
    return focusNode(next);
  }
  if (current === root) return say("this project");
  const parent = parentOf(current);
  if (key === "ArrowLeft") {
    trail.pop();
    return shown(parent) ? focusNode(parent) : say(`${labelOf(current)} is a direct dependency of this project`);
  }
  const siblings = needs[parent].filter(shown);
  if (kind === "layers" && !routed()) siblings.sort((one, two) => places[one].y - places[two].y);
  const place = siblings.indexOf(current) + (key === "ArrowDown" ? 1 : -1);
  return focusNode(siblings[(place + siblings.length) % siblings.length] ?? current);
};
const onKey = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = {
    Enter: () => choose(current),
    " ": () => choose(current),
    Escape: () => { if (routed()) toggleRoute(); else { choose(-1); focusNode(current); } },
    p: () => { if (chosen !== current) choose(current); toggleRoute(); },
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    0: () => fit(routed() ? drawnBox : home, true),
    Home: () => { trail = []; focusNode(ranked.find((number) => elementOf(number)) ?? current); },
  };
  const action = event.key.startsWith("Arrow") ? () => move(event.key) : keys[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
};

const startPointer = () => {
  const tip = $("tip");
  graph.addEventListener("click", (event) => {
    if (graph.classList.contains("dragging")) return;
    const node = event.target.closest?.(".node");
    trail = [];
    if (!node) return;
    const number = Number(node.dataset.n);
    choose(number);
    focusNode(number);
  });
  graph.addEventListener("pointerover", (event) => {
    const node = event.target.closest?.(".node, .disc");
    tip.hidden = !node;
    if (!node) return;
    tip.textContent = node.dataset.n ? spoken(Number(node.dataset.n)) : `${node.dataset.title}: ${plural(Number(node.dataset.count), "package")}`;
    const [box, at] = [$("stage").getBoundingClientRect(), node.getBoundingClientRect()];
    const left = Math.min(Math.max(at.left - box.left + at.width / 2 - tip.offsetWidth / 2, 6), box.width - tip.offsetWidth - 6);
    tip.style.transform = `translate(${left}px, ${at.bottom - box.top + 8}px)`;
  });
  graph.addEventListener("pointerleave", () => { tip.hidden = true; });
};
const startChoices = () => {
  const pick = $("highlight");
  const option = (value, words) => pick.append(make("option", { value }, words));
  if (packages.some((one) => one.advisories.length)) option("advisories", "with advisories");
  if (packages.some((one) => one.standing === "unapproved")) option("unapproved", "not approved");
  for (const word of raw.capabilities) option(`=${word}`, `can: ${word}`);
  pick.addEventListener("change", () => {
    if (chosen >= 0) choose(-1);
    highlight();
    const test = lit();
    say(test ? `${plural(packages.filter(test).length, "package")} highlighted` : "nothing highlighted");
  });
  for (const name of ["risk", "trust", "signer"]) {
    document.querySelector(`input[name=colours][value=${name}]`).addEventListener("change", () => {
      say(`coloured by ${name}`);
      for (const element of [graph, $("stage")]) {
        element.classList.remove("by-risk", "by-trust", "by-signer");
        element.classList.add(`by-${name}`);
      }
    });
  }
  for (const input of document.querySelectorAll("input[name=theme]")) {
    input.addEventListener("change", () => {
      if (input.value) document.documentElement.dataset.theme = input.value;
      else delete document.documentElement.dataset.theme;
    });
  }
  const edges = $("all-edges");
  edges.checked = kind === "layers";
  $("edges-tick").hidden = kind === "layers";
  const apply = () => graph.classList.toggle("with-edges", edges.checked);
  edges.addEventListener("change", apply);
  apply();
};
const startLinks = () => {
  document.addEventListener("click", (event) => {
    const go = event.target.closest("[data-go]");
    const link = event.target.closest('a[href^="#p"]');
    if (go) {
      choose(Number(go.dataset.go));
      $("panel-title").focus();
    } else if (link && /^#p\d+$/.test(link.getAttribute("href"))) {
      event.preventDefault();
      choose(Number(link.getAttribute("href").slice(2)));
      $("map").scrollIntoView({ block: "start" });
      $("panel-title").focus({ preventScroll: true });
    }
  });
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((one) => { one.open = true; });
    printing = true;
    fit(drawnBox, true);
    applyCamera(); // now: paper waits for no frame
  });
  window.addEventListener("afterprint", () => {
    closed.forEach((one) => { one.open = false; });
    printing = false;
    fit(drawnBox);
  });
};

$("stage").classList.add("by-risk");
$("map-words").textContent = kind === "clusters"
  ? "Each dot is a package, larger and warmer the higher its score. A disc holds what is here because of one package alone; its size is what would go with it."
  : "Each box is a package; what it needs stands to the right of it.";
startTables(); // first: it hides rows that need not be laid out
startView();
startChoices();
startPointer();
startSearch();
fillPanel(-1);
startLinks();
graph.addEventListener("keydown", onKey);
if (current >= 0) {
  const first = elements[current];
  first.setAttribute("tabindex", "0");
  first.setAttribute("role", "button");
  first.setAttribute("aria-label", spoken(current));
}
applyCamera();
performance.mark("interactive");
document.documentElement.dataset.ready = "yes";
