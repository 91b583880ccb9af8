// The labels of discs and dots: the ones that matter most first, and none that would cover another.
const discs = [...scene.querySelectorAll(".disc")].map((element) => ({
  x: Number(element.getAttribute("cx")),
  y: Number(element.getAttribute("cy")),
  radius: Number(element.getAttribute("r")),
  title: element.dataset.title,
  count: Number(element.dataset.count),
  head: Number(element.dataset.head),
}));
const shownFrom = { severe: 0, high: 0, medium: 2, low: 2.6, none: 3.6 }; // the scale from which a level is named
const ruler = document.createElement("canvas").getContext("2d");
const widths = new Map();
const mostLabels = 120;
const mostNamed = 12; // dots that are named at scale 1
const alwaysNamed = 8; // of those with a score

const widthOf = (text, bold) => {
  const key = `${bold ? "b" : "n"}${text}`;
  if (!widths.has(key)) {
    ruler.font = `${bold ? 600 : 400} 12px ${getComputedStyle(graph).fontFamily}`;
    widths.set(key, ruler.measureText(text).width);
  }
  return widths.get(key);
};
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// Whether a title above a small disc would lie over another disc.
const covers = (own, x, y) => {
  const half = 46;
  return discs.some((other) => {
    if (other === own) return false;
    const [a, b] = toWindow(other.x, other.y);
    const [far, up] = [Math.max(Math.abs(a - x) - half, 0), Math.max(Math.abs(b - (y - 4)) - 7, 0)];
    return Math.hypot(far, up) < other.radius * camera.scale - 2;
  });
};

const placeLabels = () => {
  const group = $("labels");
  if (kind !== "clusters" || routed()) {
    group.replaceChildren();
    return;
  }
  const taken = [];
  const made = [];
  const put = (text, x, y, middle, bold, name) => {
    const width = widthOf(text, bold) + 8;
    const left = middle ? x - width / 2 : x;
    const box = [left, y - 12, left + width, y + 5];
    if (left < 0 || box[2] > frame[0] || box[1] < 0 || box[3] > frame[1]) return false;
    if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) return false;
    taken.push(box);
    made.push(draw("text", { x: (left + 4).toFixed(1), y: y.toFixed(1), class: name }, text));
    return true;
  };
  const putDot = (number, name) => {
    const place = places[number];
    const [x, y] = toWindow(place.x, place.y);
    const far = place.radius * camera.scale + 2;
    const text = cut(packages[number].name, 26);
    const width = widthOf(text, true) + 8;
    return put(text, x + far, y + 4, false, true, name) || put(text, x - far - width, y + 4, false, true, name)
      || put(text, x, y - far - 6, true, true, name) || put(text, x, y + far + 13, true, true, name);
  };
  const important = [chosen, hovered, ...(chosen >= 0 ? packages[chosen].path : [])];
  const named = new Set(important);
  for (const number of named) if (number >= 0 && number < root) putDot(number, "label strong");
  for (const disc of discs) {
    const [x, y] = toWindow(disc.x, disc.y - disc.radius);
    if (disc.radius * camera.scale > 12) {
      if (disc.radius * camera.scale < 24 && covers(disc, x, y - 5)) continue;
      const title = cut(disc.title, Math.max(13, Math.floor((disc.radius * camera.scale) / 3.4)));
      put(`${title} · ${disc.count.toLocaleString("en")}`, x, y - 5, true, true, "label disc-title");
    }
  }
  const most = Math.min(mostLabels, made.length + mostNamed * Math.max(1, camera.scale ** 2));
  const first = new Set(ranked.slice(0, alwaysNamed).filter((number) => packages[number].score > 0));
  const eager = graph.classList.contains("lighting");
  for (const number of ranked) {
    if (made.length > (eager ? mostLabels : most)) break;
    if (named.has(number)) continue;
    if (eager ? elements[number].classList.contains("in") : camera.scale >= shownFrom[packages[number].level] || first.has(number)) putDot(number, "label");
  }
  group.replaceChildren(...made);
};
