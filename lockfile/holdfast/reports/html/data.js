// The packages by number, and small helpers. What comes from outside is only ever set as text.
const $ = (id) => document.getElementById(id);
const raw = JSON.parse($("audit").textContent);
const packages = raw.packages.map((row, number) => {
  const one = { number };
  raw.fields.forEach((field, place) => { one[field] = row[place]; });
  one.capabilities = one.capabilities.map((place) => raw.capabilities[place]);
  one.signers = one.signers.map((place) => raw.signers[place]);
  one.label = `${one.name} ${one.version}`;
  one.rows.sort(([a, , , x], [b, , , y]) => y - x || (a < b ? -1 : 1));
  one.reasons = [...one.advisories, ...one.rows.map(([signal]) => signal).filter((signal) => !signal.startsWith("advisory-"))];
  return one;
});
const root = packages.length;
const byRisk = (one, two) =>
  (packages[two]?.score ?? 0) - (packages[one]?.score ?? 0) || (packages[two]?.blast ?? 0) - (packages[one]?.blast ?? 0) || one - two;
const needs = raw.edges.map((others) => others.slice().sort(byRisk));
const neededBy = Array.from({ length: root + 1 }, () => []);
needs.forEach((others, number) => others.forEach((other) => neededBy[other].push(number)));
neededBy.forEach((others) => others.sort(byRisk));
const ranked = packages.map((one) => one.number).sort(byRisk);

const labelOf = (number) => (number === root ? "this project" : packages[number].label);
const plural = (number, word, many) => `${number.toLocaleString("en")} ${number === 1 ? word : many || `${word}s`}`;
const share = (value) => {
  const whole = Math.round(value * 100);
  if (whole === 0 && value > 0) return "<1 %";
  return whole === 100 && value < 1 ? ">99 %" : `${whole} %`;
};
const spoken = (number) => {
  if (number === root) return `this project, needs ${plural(needs[root].length, "package")}`;
  const one = packages[number];
  const can = one.capabilities.length ? `, can: ${one.capabilities.join(", ")}` : "";
  const bad = one.advisories.length ? `, ${plural(one.advisories.length, "advisory", "advisories")}` : "";
  return `${one.label}, score ${one.score}, depth ${one.depth}, needed by ${one.dependents}, ${one.trust}${can}${bad}`;
};

const fill = (element, children) => {
  for (const child of children) if (child !== null && child !== "") element.append(child);
  return element;
};
const make = (tag, properties, ...children) => fill(Object.assign(document.createElement(tag), properties), children);
const draw = (tag, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return fill(element, children);
};
const say = (words) => { $("said").textContent = words; };
