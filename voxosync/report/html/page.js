"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("controls"), search = $("search"), sort = $("sort"), clock = $("clock"), shown = $("shown");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // Everything that filters and sorts is read once; later only `hidden` and the order are written.
  const lists = [...document.querySelectorAll("[data-list]")].map((section) => ({
    section,
    entries: [...section.querySelectorAll(".entry")].map((node) => ({
      node, ...node.dataset, find: node.dataset.find.toLowerCase(), kinds: node.dataset.kinds.split(" ").filter(Boolean),
    })),
  }));
  const all = lists.flatMap((list) => list.entries);
  const by = (a, b) => a - b || 0;
  const last = (text) => (text === "" ? Infinity : Number(text));
  const orders = {
    risk: (a, b) => a.risk - b.risk,
    order: () => 0,
    name: (a, b) => names.compare(a.name, b.name),
    id: (a, b) => a.id - b.id,
    since: (a, b) => by(a.since ? Date.parse(a.since) : Infinity, b.since ? Date.parse(b.since) : Infinity),
    start: (a, b) => by(last(a.start), last(b.start)),
  };
  let sorted = "risk";

  const unchecked = (name) => boxes.filter((box) => box.name === name && !box.checked).map((box) => box.value);

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const statuses = new Set(unchecked("status")), kinds = new Set(unchecked("kind"));
    let count = 0;
    for (const list of lists) {
      let some = false;
      for (const entry of list.entries) {
        const ofKind = !entry.kinds.length || entry.kinds.some((kind) => !kinds.has(kind));
        const fits = !statuses.has(entry.status) && ofKind && words.every((word) => entry.find.includes(word));
        if (entry.node.hidden === fits) entry.node.hidden = !fits;
        some ||= fits;
        count += fits;
      }
      list.section.hidden = !some;
    }
    const whole = `${all.length} campaign${all.length === 1 ? "" : "s"}`;
    shown.textContent = count === all.length ? `Showing all ${whole}.`
      : count ? `Showing ${count} of ${whole}.` : `None of ${whole} fits. Reset shows all.`;
  }

  function arrange() {
    if (sort.value === sorted) return;
    sorted = sort.value;
    for (const { section, entries } of lists) {
      entries.sort((a, b) => orders[sorted](a, b) || a.order - b.order);
      section.append(...entries.map((entry) => entry.node));
    }
  }

  function show() {
    if (clock) document.documentElement.dataset.shown = clock.value;
    arrange();
    filter();
  }

  // The state is in the address, so that a view can be kept and sent; `#c4711` is a campaign's own.
  function save() {
    const state = new URLSearchParams();
    if (search.value) state.set("q", search.value);
    for (const name of ["status", "kind"]) if (unchecked(name).length) state.set(`no-${name}`, unchecked(name).join(","));
    if (sort.value !== "risk") state.set("sort", sort.value);
    if (clock && clock.value !== "0") state.set("clock", clock.selectedOptions[0].text);
    history.replaceState(null, "", `#${state}`);
  }

  function restore() {
    if (location.hash && !location.hash.includes("=")) return;
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
  addEventListener("beforeprint", () => folded.forEach((each) => { each.dataset.was = each.open; each.open = true; }));
  addEventListener("afterprint", () => folded.forEach((each) => { each.open = each.dataset.was === "true"; }));

  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  form.hidden = false;
  show();
  restore();
})();
