// The camera over the drawing: what of the plane is seen, and how large. Labels are drawn in the window's own pixels.
const graph = $("graph");
const scene = $("scene");
const route = $("route");
const kind = graph.dataset.kind;
let home = graph.dataset.box.split(" ").map(Number);
const elements = [];
for (const element of scene.querySelectorAll(".node")) elements[Number(element.dataset.n)] = element;
const places = elements.map((element) => {
  if (kind === "clusters") {
    const [x, y] = [Number(element.getAttribute("cx")), Number(element.getAttribute("cy"))];
    return { x, y, left: x, right: x, radius: Number(element.getAttribute("r")) };
  }
  const [left, top] = element.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
  const width = Number(element.firstElementChild.getAttribute("width"));
  const lanes = (element.dataset.lanes || "").split(";").filter(Boolean).map((one) => one.split(" ").map(Number));
  return { x: left + width / 2, y: top + 15, left, right: left + width, radius: 15, lanes };
});
const least = { route: 0.74, layers: 0.72, clusters: 0 }; // smaller, names in boxes could not be read
let camera = { scale: 1, x: 0, y: 0 };
let frame = [800, 500];
let drawnBox = home;
let pending = 0;
let printing = false;

const toWindow = (x, y) => [x * camera.scale + camera.x, y * camera.scale + camera.y];
const show = () => {
  if (!pending) pending = requestAnimationFrame(() => { pending = 0; applyCamera(); });
};
const applyCamera = () => {
  const transform = `translate(${camera.x.toFixed(1)} ${camera.y.toFixed(1)}) scale(${camera.scale.toFixed(4)})`;
  for (const id of ["scene", "links", "route"]) $(id).setAttribute("transform", transform);
  placeLabels();
};
const measure = () => {
  if (kind === "layers") {
    const scale = Math.min(Math.max(graph.clientWidth / home[2], least.layers), 1.15);
    graph.style.maxHeight = `${Math.max(260, Math.ceil(home[3] * scale))}px`;
  }
  frame = [Math.max(graph.clientWidth, 200), Math.max(graph.clientHeight, 200)];
  graph.setAttribute("viewBox", `0 0 ${frame[0]} ${frame[1]}`);
  turn(kind === "clusters" && frame[1] > frame[0] * 1.15);
};
// The discs are spread wider than high; a window that is higher than wide has them the other way round.
let turned = false;
const turn = (wanted) => {
  if (wanted === turned) return;
  turned = wanted;
  for (const element of scene.querySelectorAll(".dot, .disc")) {
    const x = element.getAttribute("cx");
    element.setAttribute("cx", element.getAttribute("cy"));
    element.setAttribute("cy", x);
  }
  scene.querySelector(".edges").setAttribute("transform", turned ? "matrix(0 1 1 0 0 0)" : "");
  for (const one of [...places, ...discs]) [one.x, one.y] = [one.y, one.x];
  const [left, top, width, height] = home;
  const room = turned ? 16 : -16; // of the titles above discs
  home = [top + room, left - room, height - room, width + room];
  drawnBox = home;
  drawLinks();
};
const fit = (box, all) => {
  drawnBox = box;
  const boxes = kind === "layers" || routed();
  const whole = Math.min(frame[0] / box[2], frame[1] / box[3], boxes ? 1.15 : 2.2);
  const scale = all ? whole : Math.max(whole, least[routed() ? "route" : kind]);
  const beyond = Math.max(0, (box[2] * scale - frame[0]) / 2); // too wide: of paths the right end is seen, of all the left
  camera = {
    scale,
    x: frame[0] / 2 - (box[0] + box[2] / 2) * scale + (routed() ? -beyond : beyond),
    y: frame[1] / 2 - (box[1] + box[3] / 2) * scale,
  };
  show();
};
const zoom = (factor, at) => {
  const [x, y] = at || [frame[0] / 2, frame[1] / 2];
  const scale = Math.min(Math.max(camera.scale * factor, 0.05), 12);
  const ratio = scale / camera.scale;
  camera = { scale, x: x - (x - camera.x) * ratio, y: y - (y - camera.y) * ratio };
  show();
};
// Move so that a place is seen, where it is not.
const reveal = (place) => {
  const [x, y] = toWindow(place.x, place.y);
  const edge = 50;
  const half = ((place.right - place.left) / 2) * camera.scale;
  const [from, to] = [x - half, x + half]; // of a name that is too long, its beginning is seen
  const side = kind === "layers" ? 12 : edge;
  const moveX = from < side || to - from > frame[0] - 2 * side ? side - from : to > frame[0] - side ? frame[0] - side - to : 0;
  const top = kind === "layers" ? 20 : edge;
  const moveY = y < top ? top - y : y > frame[1] - top ? frame[1] - top - y : 0;
  if (moveX || moveY) {
    camera = { ...camera, x: camera.x + moveX, y: camera.y + moveY };
    show();
  }
};

const startView = () => {
  measure();
  fit(home);
  new ResizeObserver(() => {
    const before = frame;
    measure();
    if (before[0] === frame[0] && before[1] === frame[1]) return;
    fit(drawnBox, printing);
    applyCamera(); // now: paper waits for no frame
  }).observe(graph);
  let grip = null;
  graph.addEventListener("pointerdown", (event) => {
    if (event.button === 0) grip = { x: event.clientX, y: event.clientY, camera, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [x, y] = [event.clientX - grip.x, event.clientY - grip.y];
    grip.moved = grip.moved || Math.abs(x) + Math.abs(y) > 4;
    if (grip.moved) {
      graph.classList.add("dragging");
      camera = { ...camera, x: grip.camera.x + x, y: grip.camera.y + y };
      show();
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, () => {
      if (grip && grip.moved) setTimeout(() => graph.classList.remove("dragging"));
      grip = null;
    });
  }
  graph.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !graph.contains(document.activeElement)) return;
    event.preventDefault();
    const box = graph.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 300), [event.clientX - box.left, event.clientY - box.top]);
  }, { passive: false });
  $("zoom-in").addEventListener("click", () => zoom(1.5));
  $("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
  $("zoom-all").addEventListener("click", () => fit(routed() ? drawnBox : home, true));
};
