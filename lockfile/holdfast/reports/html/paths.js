// The paths of one package alone, as columns of boxes: the project, what leads to the package, and what that needs.
const mostWays = 14; // dependents whose paths are drawn
const mostNeeds = 14;
let routeElements = new Map();
const routed = () => graph.classList.contains("routing");

// One shortest path by each package that needs it: edges of these only go on by one step, so nothing goes round.
const waysTo = (number) => {
  const by = neededBy[number].filter((other) => other === root || !packages[other].path.includes(number));
  by.sort((one, two) => (packages[one]?.depth ?? 0) - (packages[two]?.depth ?? 0) || byRisk(one, two));
  return by.slice(0, mostWays).map((other) => [root, ...(other === root ? [] : packages[other].path), number]);
};

const routeOf = (number) => {
  const columns = new Map();
  const links = new Set();
  const ways = waysTo(number);
  const last = Math.max(1, ...ways.map((way) => way.length - 1));
  columns.set(number, last);
  for (const way of ways) {
    way.forEach((step, depth) => { if (step !== number) columns.set(step, depth); });
    for (let place = 1; place < way.length; place += 1) links.add(`${way[place - 1]} ${way[place]}`);
  }
  for (const other of needs[number].filter((one) => !columns.has(one)).slice(0, mostNeeds)) {
    columns.set(other, last + 1);
    links.add(`${number} ${other}`);
  }
  return { columns, links: [...links].map((pair) => pair.split(" ").map(Number)) };
};

// A link over several columns has a lane in each of those between, so that it goes round the boxes there.
const routeLanes = ({ columns, links }) => links.map(([from, to]) => {
  const lanes = [];
  for (let column = columns.get(from) + 1; column < columns.get(to); column += 1) lanes.push([`${from} ${to} ${column}`, column]);
  return { from, to, lanes };
});

const boxHigh = 44;
const laneHigh = 22;
const routePlaces = (columns, chains) => {
  const rows = [];
  const before = new Map();
  for (const [number, column] of columns) (rows[column] ||= []).push(number);
  for (const { from, to, lanes } of chains) {
    const all = [from, ...lanes.map(([key]) => key), to];
    all.slice(1).forEach((one, place) => before.set(one, [...before.get(one) || [], all[place]]));
    for (const [key, column] of lanes) rows[column].push(key);
  }
  const found = new Map();
  let left = 0;
  for (const column of rows.filter(Boolean)) {
    const above = (one) => (before.get(one) || []).filter((other) => found.has(other)).map((other) => found.get(other).y);
    const mean = (ys) => (ys.length ? ys.reduce((sum, y) => sum + y, 0) / ys.length : 0);
    const means = new Map(column.map((one) => [one, mean(above(one))]));
    column.sort((one, two) => means.get(one) - means.get(two));
    const boxes = column.filter((one) => columns.has(one));
    const width = Math.max(...boxes.map((one) => widthOf(cut(labelOf(one), 30), true))) * 1.1 + 40;
    const high = (one) => (columns.has(one) ? boxHigh : laneHigh);
    let y = -column.reduce((sum, one) => sum + high(one), 0) / 2;
    for (const one of column) {
      found.set(one, { left, right: left + width, x: left + width / 2, y: y + high(one) / 2, width });
      y += high(one);
    }
    left += width + 52;
  }
  return found;
};

const curve = (from, to) => {
  const bend = Math.max(30, Math.abs(to.left - from.right) / 2);
  return `M${from.right} ${from.y}C${from.right + bend} ${from.y} ${to.left - bend} ${to.y} ${to.left} ${to.y}`;
};

// One line through all of these, straight where it crosses a column.
const through = (stops) => stops.slice(1).map((stop, place) => curve(stops[place], stop)).join("").replaceAll(/(?!^)M/g, "L");
const wayInLayers = (one, two) => {
  const between = two.lanes.map(([left, right, y]) => ({ left, right, y })).filter(({ left }) => left > one.left && left < two.left);
  return through([one, ...between, two]);
};

const showRoute = (number) => {
  const plan = routeOf(number);
  const chains = routeLanes(plan);
  const found = routePlaces(plan.columns, chains);
  routeElements = new Map();
  const shortest = new Set([root, ...packages[number].path]);
  const lines = chains.map(({ from, to, lanes }) => {
    const stops = [from, ...lanes.map(([key]) => key), to].map((one) => found.get(one));
    return draw("path", { class: shortest.has(from) && shortest.has(to) ? "link way" : "link", d: through(stops) });
  });
  const boxes = [...plan.columns.keys()].map((other) => {
    const place = found.get(other);
    const names = [...elements[other]?.classList ?? []].filter((name) => /^(risk|trust|signer)-/.test(name)).join(" ");
    const box = draw("g", {
      class: `node box ${other === root ? "project" : names} ${other === number ? "chosen" : ""}`,
      "data-n": other,
      transform: `translate(${place.left} ${place.y - 15})`,
    },
    draw("rect", { width: place.width, height: 30, rx: 7 }),
    draw("circle", { class: "mark", cx: 15, cy: 15, r: 5 }),
    draw("text", { x: 27, y: 19.5 }, cut(labelOf(other), 30)));
    routeElements.set(other, box);
    return box;
  });
  graph.classList.add("routing");
  route.replaceChildren(...lines, ...boxes);
  const all = [...found.values()];
  const top = Math.min(...all.map((one) => one.y)) - 40;
  const bottom = Math.max(...all.map((one) => one.y)) + 40;
  fit([-16, top, Math.max(...all.map((one) => one.right)) + 32, bottom - top]);
};
const hideRoute = () => {
  graph.classList.remove("routing");
  route.replaceChildren();
  routeElements = new Map();
  fit(home);
};
