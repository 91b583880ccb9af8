// What is said of the chosen package, beside the drawing: its paths, its score taken apart, what it needs.
const mostListed = 24;
const mostFirst = 10;

const chip = (number, current) => {
  if (number === root) return make("span", { className: "here" }, "this project");
  const one = packages[number];
  const button = make("button", { type: "button", className: "step" }, make("i", { className: `key risk-${one.level}` }), make("bdi", {}, one.label));
  button.dataset.go = number;
  if (current) button.setAttribute("aria-current", "true");
  return button;
};
const steps = (numbers, current) => make("ol", { className: "steps" }, ...numbers.map((number) => make("li", {}, chip(number, number === current))));
const listed = (title, numbers) => {
  const shown = numbers.slice(0, mostListed);
  const more = numbers.length - shown.length;
  return make("details", { open: numbers.length <= 8, className: "listed" },
    make("summary", {}, `${title} (${numbers.length.toLocaleString("en")})`),
    make("ul", {}, ...shown.map((number) => make("li", {}, chip(number))), more > 0 ? make("li", { className: "quiet" }, `and ${more.toLocaleString("en")} more`) : null));
};
const scoreRows = (one) => {
  if (!one.rows.length) return make("p", { className: "quiet" }, "No signal holds.");
  return make("ul", { className: "why" }, ...one.rows.map(([signal, , , points, reason]) =>
    make("li", {}, make("b", {}, signal), make("span", {}, `+${points}`), make("small", {}, reason))));
};
const facts = (pairs) => make("dl", { className: "facts" }, ...pairs.filter(([, value]) => value !== "").flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));

const fillPanel = (number) => {
  const title = $("panel-title");
  const body = $("panel-body");
  if (number < 0) {
    title.textContent = "Look here first";
    const risky = ranked.filter((one) => packages[one].score > 0).slice(0, mostFirst);
    body.replaceChildren(
      make("p", { className: "quiet" }, risky.length ? "The packages with the highest scores, and what those are made of. Choose one, here or in the graph, to see its paths, its score and what it can do." : "No signal holds for any package. Choose one to see its paths."),
      make("ul", { className: "first" }, ...risky.map((one) => make("li", {}, chip(one), make("span", { className: `risk ${packages[one].level}` }, String(packages[one].score)),
        make("small", {}, packages[one].reasons.join(", "))))));
    return;
  }
  const one = packages[number];
  title.replaceChildren(make("bdi", {}, one.name), " ", make("small", {}, one.version));
  const only = make("button", { type: "button", id: "only", className: "action" }, routed() ? "Show the whole graph" : "Show its paths alone");
  only.addEventListener("click", () => toggleRoute());
  const clear = make("button", { type: "button", className: "action plain" }, "Clear");
  clear.addEventListener("click", () => { choose(-1); focusNode(number); });
  body.replaceChildren(
    make("p", { className: "chips" },
      make("span", { className: `risk ${one.level}` }, `score ${one.score}`),
      make("span", { className: `chip trust-${one.trust}` }, one.trust),
      one.standing ? make("span", { className: "chip" }, one.standing) : null,
      ...one.capabilities.map((word) => make("span", { className: "chip can" }, word)),
      ...one.advisories.map((word) => make("span", { className: "chip bad" }, word))),
    make("p", { className: "actions" }, only, clear),
    make("h4", {}, "Shortest path"),
    steps([root, ...one.path], number),
    make("h4", {}, `Score ${one.score}`),
    scoreRows(one),
    make("h4", {}, "Blast radius"),
    facts([
      ["runs with", `${share(one.blast)} of the graph`],
      ["at install", one.installBlast ? `${share(one.installBlast)} of the graph` : ""],
      ["needed by", plural(one.dependents, "package")],
      ["brings alone", plural(one.dominates, "package")],
      ["depth", String(one.depth)],
      ["leads to it", one.onlyPath ? "a single path" : ""],
      ["signed by", one.signers.join(", ") || "nobody"],
      ["licence", one.licence],
      ["released", one.released],
      ["source", one.source],
    ]),
    ...(one.inherited && one.inherited !== one.trust && one.inheritedPath.length
      ? [make("h4", {}, `Inherits ${one.inherited} from`), steps(one.inheritedPath.slice(1), number)] : []),
    listed("Needs", needs[number]),
    listed("Needed directly by", neededBy[number]),
  );
};
