"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("controls"), search = $("search"), sort = $("sort"), clock = $("clock"), shown = $("shown");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const nameOrder = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // The data for filtering and sorting is read once; after that, only `hidden` and the order are written.
  const lists = [...document.querySelectorAll("[data-list]")].map((container) => ({
    container, section: container.closest("section"), fold: container.closest("details"),
    entries: [...container.querySelectorAll(".entry")].map((node) => ({
      node, ...node.dataset, search: node.dataset.search.toLowerCase(), kinds: node.dataset.kinds.split(" ").filter(Boolean),
    })),
  }));
  const entries = lists.flatMap((list) => list.entries);
  const campaigns = entries.reduce((sum, entry) => sum + Number(entry.size), 0);
  const difference = (a, b) => a - b || 0; // two infinite values are equal
  const numberOrLast = (text) => (text === "" ? Infinity : Number(text));
  const orders = {
    risk: (a, b) => a.risk - b.risk,
    order: () => 0,
    name: (a, b) => nameOrder.compare(a.name, b.name),
    id: (a, b) => a.id - b.id,
    since: (a, b) => difference(a.since ? Date.parse(a.since) : Infinity, b.since ? Date.parse(b.since) : Infinity),
    start: (a, b) => difference(numberOrLast(a.start), numberOrLast(b.start)),
  };
  let sorted = "risk";

  const unchecked = (name) => boxes.filter((box) => box.name === name && !box.checked).map((box) => box.value);

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const statuses = new Set(unchecked("status")), kinds = new Set(unchecked("kind"));
    let count = 0;
    for (const list of lists) {
      let isShown = false;
      for (const entry of list.entries) {
        const hasKind = !entry.kinds.length || entry.kinds.some((kind) => !kinds.has(kind));
        const matches = !statuses.has(entry.status) && hasKind && words.every((word) => entry.search.includes(word));
        if (entry.node.hidden === matches) entry.node.hidden = !matches;
        isShown ||= matches;
        if (matches) count += Number(entry.size);
      }
      list.section.hidden = !isShown;
      if (list.fold && words.length) list.fold.open = true; // what is searched for is shown
    }
    const total = `${campaigns} campaign${campaigns === 1 ? "" : "s"}`;
    shown.textContent = count === campaigns ? `Showing all ${total}.`
      : count ? `Showing ${count} of ${total}.` : "No campaigns match. Select Reset to show all campaigns.";
  }

  function arrange() {
    if (sort.value === sorted) return;
    sorted = sort.value;
    for (const { container, entries } of lists) {
      entries.sort((a, b) => orders[sorted](a, b) || a.order - b.order);
      container.append(...entries.map((entry) => entry.node));
    }
  }

  function show() {
    if (clock) document.documentElement.dataset.shown = clock.value;
    arrange();
    filter();
  }

  // The state is in the URL, so that a view can be bookmarked and shared; `#c4711` links to a campaign.
  function save() {
    const state = new URLSearchParams();
    if (search.value) state.set("q", search.value);
    for (const name of ["status", "kind"]) if (unchecked(name).length) state.set(`no-${name}`, unchecked(name).join(","));
    if (sort.value !== "risk") state.set("sort", sort.value);
    if (clock && clock.value !== "0") state.set("clock", clock.selectedOptions[0].text);
    history.replaceState(null, "", `#${state}`);
  }

  function restore() {
    if (location.hash && !location.hash.includes("=")) {
      const target = document.getElementById(location.hash.slice(1)), fold = target?.closest("details");
      if (fold && !fold.open) {
        fold.open = true;
        target.scrollIntoView();
      }
      return;
    }
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get("q") ?? "";
    for (const box of boxes) box.checked = !(state.get(`no-${box.name}`) ?? "").split(",").includes(box.value);
    sort.value = [...sort.options].some((option) => option.value === state.get("sort")) ? state.get("sort") : "risk";
    if (clock) clock.value = [...clock.options].find((option) => option.text === state.get("clock"))?.value ?? "0";
    show();
  }

  async function copy(button) {
    const code = button.parentNode.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
    shown.textContent = `Copied: ${code.textContent}`;
  }

  form.addEventListener("input", () => { show(); save(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { show(); save(); }));
  addEventListener("hashchange", restore);
  document.addEventListener("click", (event) => { if (event.target.matches(".copy")) copy(event.target); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
    event.preventDefault();
    search.focus();
  });
  const folded = [...document.querySelectorAll("details:not([open])")];
  addEventListener("beforeprint", () => folded.forEach((details) => { details.dataset.wasOpen = details.open; details.open = true; }));
  addEventListener("afterprint", () => folded.forEach((details) => { details.open = details.dataset.wasOpen === "true"; }));

  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  form.hidden = false;
  show();
  restore();
})();
