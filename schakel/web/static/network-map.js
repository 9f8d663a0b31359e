// The picture of the network that moves. The page is whole without it: where anything fails, the still picture stays.

"use strict";

(() => {
  const figure = document.querySelector("[data-netmap]");
  if (!figure || typeof cytoscape !== "function") return;
  const stage = figure.querySelector(".netmap__stage");
  const said = figure.querySelector(".netmap__said");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  // The library adds a style element unless it finds this id; the site's policy allows none, and maps.css holds the rule.
  const mark = document.createElement("meta");
  mark.id = "__________cytoscape_stylesheet";
  document.head.append(mark);

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const style = () => [
    { selector: "node", style: {
      "background-color": colour("--series-1"), color: colour("--ink"), label: "data(label)", width: 14, height: 14,
      "font-size": 9, "min-zoomed-font-size": 8, "text-valign": "bottom", "text-margin-y": 3, "text-wrap": "ellipsis",
      "text-max-width": 110 } },
    { selector: "node[kind = 'prospect']", style: {
      "background-color": colour("--surface"), "border-width": 2, "border-style": "dashed", "border-color": colour("--series-4") } },
    { selector: "node[kind = 'initiative']", style: { shape: "diamond", "background-color": colour("--series-2"), width: 18, height: 18 } },
    { selector: "node[kind = 'function']", style: {
      shape: "round-rectangle", "background-color": colour("--brand-soft"), "border-width": 2, "border-color": colour("--brand"),
      width: 150, height: 44, "font-size": 15, "font-weight": 600, "text-valign": "center", "text-margin-y": 0,
      "text-wrap": "wrap", "text-max-width": 140, "min-zoomed-font-size": 4 } },
    { selector: "node[kind = 'group']", style: {
      "background-opacity": 0, width: 1, height: 1, events: "no", "font-size": 26, "font-weight": 600, "text-max-width": 600,
      "text-valign": "center", "text-margin-y": 0, "min-zoomed-font-size": 4 } },
    { selector: "edge", style: { width: 1, "line-color": colour("--edge"), opacity: 0.35, "curve-style": "haystack" } },
    { selector: "edge[kind = 'lead']", style: { width: 3 } },
    { selector: "edge[kind = 'suits']", style: { "line-style": "dotted" } },
    { selector: "edge[kind = 'gives']", style: { "line-style": "dashed", "line-color": colour("--brand"), opacity: 0.6 } },
    { selector: ".faint", style: { opacity: 0.12 } },
    { selector: ".chosen", style: { "border-width": 4, "border-style": "solid", "border-color": colour("--spark"), "min-zoomed-font-size": 0, "z-index": 10 } },
    { selector: "edge.near", style: { opacity: 0.9, width: 2 } },
  ];

  const show = ({ elements, groups }) => {
    figure.querySelector(".netmap__still").hidden = true;
    stage.hidden = false;
    figure.querySelector(".netmap__tools").hidden = false;
    const graph = cytoscape({
      container: stage, elements: { nodes: [...elements.nodes, ...named(groups)], edges: elements.edges }, style: style(), layout: { name: "preset", fit: true, padding: 24 },
      minZoom: 0.05, maxZoom: 4, autoungrabify: true, boxSelectionEnabled: false, hideEdgesOnViewport: elements.edges.length > 800,
    });
    dark.addEventListener("change", () => graph.style(style()));
    connect(graph);
  };

  const named = (groups) => groups.map((one) => ({
    data: { id: `group-${one.key}`, kind: "group", label: `${one.label} (${one.count})` },
    position: { x: one.x, y: one.y - one.radius - 26 }, selectable: false, grabbable: false,
  }));

  const connect = (graph) => {
    const clear = () => { graph.elements().removeClass("faint chosen near"); said.textContent = ""; };
    const choose = (node) => {
      const near = node.closedNeighborhood();
      graph.batch(() => {
        clear();
        graph.elements().difference(near).addClass("faint");
        near.edges().addClass("near");
        node.addClass("chosen");
      });
      const names = near.nodes().difference(node).map((one) => one.data("label"));
      said.textContent = `${node.data("label")}: ${names.slice(0, 12).join(", ")}${names.length > 12 ? " …" : ""}`;
    };
    const move = (view) => (still.matches ? graph.viewport(view) : graph.animate({ zoom: view.zoom, pan: view.pan }, { duration: 200 }));
    const zoom = (factor) => {
      const level = Math.min(graph.maxZoom(), Math.max(graph.minZoom(), graph.zoom() * factor));
      const middle = { x: graph.width() / 2, y: graph.height() / 2 };
      const scale = level / graph.zoom();
      const pan = { x: middle.x - (middle.x - graph.pan().x) * scale, y: middle.y - (middle.y - graph.pan().y) * scale };
      move({ zoom: level, pan });
    };
    const acts = { in: () => zoom(1.4), out: () => zoom(1 / 1.4), all: () => { clear(); graph.fit(undefined, 24); } };

    graph.on("tap", "node", (event) => choose(event.target));
    graph.on("tap", (event) => { if (event.target === graph) clear(); });
    figure.querySelectorAll("[data-act]").forEach((button) => button.addEventListener("click", () => acts[button.dataset.act]()));

    stage.tabIndex = 0;
    stage.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
      const keys = { "+": acts.in, "=": acts.in, "-": acts.out, 0: acts.all, Escape: clear };
      if (steps[event.key]) graph.panBy({ x: steps[event.key][0], y: steps[event.key][1] });
      else if (keys[event.key]) keys[event.key]();
      else return;
      event.preventDefault();
    });

    figure.querySelector(".netmap__search").addEventListener("input", (event) => {
      const asked = event.target.value.trim().toLocaleLowerCase();
      clear();
      if (asked.length < 2) return;
      const found = graph.nodes("[kind != 'group']").filter((node) => node.data("label").toLocaleLowerCase().includes(asked));
      if (found.empty()) { said.textContent = figure.dataset.nothing; return; }
      graph.batch(() => { graph.elements().addClass("faint"); found.removeClass("faint").addClass("chosen"); });
      if (found.length === 1) choose(found[0]);
      else said.textContent = `${figure.dataset.found} ${found.length}`;
      graph.fit(found, found.length === 1 ? 220 : 60);
    });
  };

  fetch(figure.dataset.netmap, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then(show)
    .catch(() => { said.textContent = figure.dataset.failed; });
})();
