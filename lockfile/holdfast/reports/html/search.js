// Finding a package by a part of its name: a combobox whose list never takes the focus (WAI-ARIA practices, "Combobox").
const mostMatches = 12;
const startSearch = () => {
  const input = $("search");
  const list = $("matches");
  let found = [];
  let active = -1;
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    active = place;
    [...list.children].forEach((item, other) => item.setAttribute("aria-selected", String(other === place)));
    if (place >= 0) {
      input.setAttribute("aria-activedescendant", list.children[place].id);
      list.children[place].scrollIntoView({ block: "nearest" });
    }
  };
  const look = () => {
    const wanted = input.value.trim().toLowerCase();
    if (!wanted) {
      close();
      highlight();
      return;
    }
    const all = ranked.filter((number) => packages[number].label.toLowerCase().includes(wanted));
    all.sort((one, two) => rank(one, wanted) - rank(two, wanted));
    found = all.slice(0, mostMatches);
    list.replaceChildren(...found.map((number, place) => {
      const one = packages[number];
      const item = make("li", { id: `match-${place}` }, make("i", { className: `key risk-${one.level}` }), make("bdi", {}, one.label), make("small", {}, `score ${one.score}`));
      item.setAttribute("role", "option");
      item.dataset.number = number;
      return item;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark(found.length ? 0 : -1);
    highlight();
    say(found.length ? `${plural(all.length, "package")} found` : "no package found");
  };
  const rank = (number, wanted) => {
    const name = packages[number].name.toLowerCase();
    return name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2;
  };
  const take = (place) => {
    if (place < 0 || place >= found.length) return;
    const number = found[place];
    input.value = "";
    close();
    choose(number);
    focusNode(number);
  };
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!found.length || list.hidden) look();
      else mark((active + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(active);
    } else if (event.key === "Escape") {
      input.value = "";
      look();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) take([...list.children].indexOf(item));
  });
};
