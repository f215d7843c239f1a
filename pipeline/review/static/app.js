// The review page's own script: keys, saving in order, the pane. Everything works without it too.
"use strict";
(() => {
  const body = document.body;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = JSON.parse(body.dataset.words);
  const keys = JSON.parse(body.dataset.keys);
  const day = body.dataset.day;
  const say = (text) => { $("#said").textContent = text; };
  const swap = (html) => htmx.swap("#said", html, { swapStyle: "none", swapDelay: 0, settleDelay: 0 });
  body.classList.add("js");

  // --- saving: one after the other, and again until the server has answered ---
  let line = Promise.resolve();
  let waiting = 0;
  let saves = 0;
  const latest = new Map(); // what we last saved in a field, for a second edit before the first is back
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
  const newId = () => [...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36)).join("");

  async function post(url, data) {
    for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
      try {
        const answer = await fetch(url, { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" } });
        return [answer, await answer.text()];
      } catch {
        say(words.retrying);
        await pause(wait);
      }
    }
  }

  function save(url, gather) {
    waiting += 1;
    body.dataset.saving = "yes";
    if ($("#pulse")) htmx.trigger("#pulse", "htmx:abort");
    const step = async () => {
      const data = gather();
      Object.assign(data, { id: newId(), csrf: body.dataset.csrf, v: $("#version").value, open: chosen, view: body.dataset.view });
      const [answer, html] = await post(url, data);
      const spot = `${data.key} ${data.do}`;
      saves += 1;
      if (answer.ok && "value" in data) latest.set(spot, data.value);
      if ((answer.headers.get("content-type") || "").startsWith("text/html")) swap(html);
      else refused(words.not_saved + html, data.value);
      settle();
    };
    line = line.then(step).finally(() => {
      waiting -= 1;
      if (!waiting) delete body.dataset.saving;
    });
    return line;
  }

  // Refused before the desk saw it: what was written stays in sight, to be copied.
  function refused(why, written) {
    const box = document.createElement("div");
    box.className = "problem";
    box.setAttribute("role", "alert");
    for (const [tag, text] of [["p", why], ["pre", written]]) {
      if (text) box.appendChild(document.createElement(tag)).textContent = text;
    }
    $("#clash").replaceChildren(box);
    say("");
  }

  function send(form, button) {
    const held = Object.fromEntries(new FormData(form));
    if (button && button.name) held[button.name] = button.value;
    delete form.dataset.dirty;
    save(form.action, () => {
      const live = document.getElementById(form.id);
      const now = live && live.elements.expected;
      if (now) held.expected = now.value;
      else if (latest.has(`${held.key} ${held.do}`)) held.expected = latest.get(`${held.key} ${held.do}`);
      return held;
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-save]")) return;
    event.preventDefault();
    const what = event.submitter && event.submitter.value;
    const row = form.closest(".row");
    if (row && what === "drop" && row === current()) step(1, row);
    send(form, event.submitter);
  });

  // --- editing in place: saved shortly after the last keystroke, never while an IME composes ---
  const timers = new Map();
  let composing = false;
  const changed = (form) => form.elements.value.value !== form.elements.expected.value;
  const grow = (box) => { box.style.height = "auto"; box.style.height = `${box.scrollHeight}px`; };
  const flush = (form) => {
    clearTimeout(timers.get(form.id));
    if (composing || form.dataset.dirty === undefined) return;
    if (changed(form)) send(form);
    else delete form.dataset.dirty;
  };
  const touch = (box) => {
    if (!CSS.supports("field-sizing", "content")) grow(box);
    box.form.dataset.dirty = "";
    clearTimeout(timers.get(box.form.id));
    timers.set(box.form.id, setTimeout(flush, 600, box.form));
  };
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", (event) => {
    composing = false;
    if (event.target.matches("[data-auto]")) touch(event.target);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-auto]") && !event.isComposing) touch(event.target);
    if (event.target.id === "q") find(event.target.value);
  });
  document.addEventListener("focusout", (event) => { if (event.target.matches("[data-auto]")) flush(event.target.form); });
  const flushAll = () => $$("form[data-dirty]").forEach(flush);
  addEventListener("beforeunload", (event) => {
    composing = false;
    flushAll();
    if (waiting) event.preventDefault();
  });

  // --- the list: one row is current, its item is in the pane ---
  let chosen = new URLSearchParams(location.search).get("item") || "";
  let asked = 0;
  const current = () => $$(".row").find((row) => row.dataset.key === chosen);
  const visible = () => $$(".row").filter((row) => row.checkVisibility());
  const settle = () => $$(".row").forEach((row) => {
    if (row.dataset.key === chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });

  async function load() {
    const mine = ++asked;
    const before = saves;
    flushAll();
    const query = new URLSearchParams({ item: chosen, view: body.dataset.view });
    const [answer, html] = await get(`/day/${day}/pane?${query}`, mine);
    if (mine !== asked) return;
    $("#pane").removeAttribute("aria-busy");
    if (saves !== before) { await load(); return; } // an answer of before: what it says may be over
    if (!answer.ok) { swap(html); return; }
    htmx.swap("#pane", html, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
    $("#pane").scrollTop = 0;
    history.replaceState(history.state, "", `/day/${day}?${query}`);
  }

  async function get(url, mine) {
    while (mine === asked) {
      try {
        const answer = await fetch(url, { headers: { "HX-Request": "true" } });
        return [answer, await answer.text()];
      } catch {
        $("#pane").setAttribute("aria-busy", "true"); // what it shows is not the row that is current
        if (!waiting) say(words.unreachable);
        await pause(2000);
      }
    }
    return [];
  }

  // On a phone the item lies over the list: going back is going back to the list.
  function enter(row) {
    if (!body.classList.contains("has-item")) history.pushState({ over: "list" }, "");
    body.classList.add("has-item");
    choose(row);
  }

  function toList() {
    flushAll();
    body.classList.remove("has-item");
    const row = current();
    if (row) row.focus();
  }

  addEventListener("popstate", () => {
    const item = new URLSearchParams(location.search).get("item");
    if (!item) { toList(); return; }
    body.classList.add("has-item");
    if (item === chosen) return;
    chosen = item;
    settle();
    load();
  });

  function choose(row, focus = true) {
    if (!row) return Promise.resolve();
    chosen = row.dataset.key;
    settle();
    if (focus) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    return load();
  }

  function step(by, from = current()) {
    const rows = visible();
    const here = rows.indexOf(from);
    const next = rows[here + by];
    if (here < 0) choose(rows[by > 0 ? 0 : rows.length - 1]);
    else if (next) choose(next);
  }

  const act = (what, row = current()) => row && save(`/day/${day}/change`, () => {
    const live = document.getElementById(row.id) || row;
    return { key: row.dataset.key, do: what, expected: live.dataset.stars };
  });

  const find = (text) => $$(".row").forEach((row) => {
    row.hidden = !row.textContent.toLowerCase().includes(text.trim().toLowerCase());
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = link.closest(".row");
    const take = (then) => { event.preventDefault(); then(); };
    if (row && link.matches(".title")) take(() => enter(row));
    else if (link.matches(".filters a")) take(() => filter(link));
    else if (link.dataset.view) take(() => view(link.dataset.view));
    else if (link.matches(".back")) take(() => { if (history.state && history.state.over) history.back(); else { history.replaceState(null, "", `/day/${day}`); toList(); } });
    else if (link.hasAttribute("data-keep")) take(() => { $("#clash").replaceChildren(); load(); });
    else if (link.id === "go-help" && keys) take(() => $("#help").showModal());
  });

  function filter(link) {
    $$(".filters a").forEach((one) => one.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    $("#list").dataset.filter = link.dataset.filter;
    const opened = { dropped: "#group-dropped", all: "#group-also_seen" }[link.dataset.filter];
    if (opened) $(opened).open = true;
  }

  const view = (name) => { body.dataset.view = name; return load(); };
  const go = (name) => { const link = $(`#pane [data-go="${name}"]`); if (link) link.click(); };

  // --- changed elsewhere: another tab, an editor, a run ---
  body.addEventListener("htmx:beforeRequest", (event) => { if (event.target.id === "pulse" && waiting) event.preventDefault(); });
  body.addEventListener("htmx:responseError", (event) => swap(event.detail.xhr.responseText)); // say, the file is gone
  body.addEventListener("htmx:sendError", () => say(words.unreachable));
  body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && $("#said").textContent === words.unreachable) say(""); });
  body.addEventListener("elsewhere", () => {
    say(words.elsewhere);
    setTimeout(() => {
      settle();
      const writing = $("#pane form[data-dirty]") || ($("#pane").contains(document.activeElement) && document.activeElement.matches("textarea"));
      if (writing) say(words.elsewhere_open);
      else if (chosen) load();
    }, 50);
  });

  // --- a picture that does not come leaves its number, not a torn icon ---
  const torn = (img) => { if (img.matches(".choice img")) img.hidden = true; };
  document.addEventListener("error", (event) => { if (event.target.localName === "img") torn(event.target); }, true);
  $$("img").filter((img) => img.complete && !img.naturalWidth && img.currentSrc).forEach(torn);

  // --- dragging ---
  let dragged = null;
  document.addEventListener("dragstart", (event) => { dragged = event.target.closest && event.target.closest("#items .row"); });
  document.addEventListener("dragover", (event) => {
    const over = event.target.closest("#items .row");
    if (!dragged || !over) return;
    event.preventDefault();
    $$(".row.over").forEach((row) => row.classList.remove("over"));
    over.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const over = event.target.closest("#items .row");
    if (!dragged || !over) return;
    event.preventDefault();
    over.classList.remove("over");
    if (over !== dragged) act(`move:${$$("#items .row").indexOf(over) + 1}`, dragged);
    dragged = null;
  });

  // --- keys ---
  const actions = {
    next: () => step(1),
    previous: () => step(-1),
    accept: () => { const row = current(); if (row) act(row.dataset.place === "items" ? "accept" : row.dataset.place === "dropped" ? "restore" : "promote"); },
    drop: () => {
      const row = current();
      if (!row || row.dataset.place === "also_seen") return;
      if (row.dataset.place === "dropped") { act("restore"); return; }
      step(1, row);
      act("drop", row);
    },
    undo: () => send($("#undo-form")),
    redo: () => send($("#redo-form")),
    edit: async () => {
      if (body.dataset.view === "article") await view("entry");
      const box = $("#pane .fields textarea");
      if (box) { box.focus(); box.setSelectionRange(box.value.length, box.value.length); }
    },
    leave: () => {
      const at = document.activeElement;
      if (at.matches("#q") && at.value) { at.value = ""; find(""); }
      $("#clash").replaceChildren();
      body.classList.remove("has-item");
      if (current()) current().focus({ preventScroll: true });
      else at.blur();
    },
    done: async () => {
      flushAll();
      await line;
      const rows = visible();
      const after = rows.slice(rows.indexOf(current()) + 1);
      choose(after.find((row) => row.dataset.state === "pending") || after[0]);
    },
    up: () => act("up"),
    down: () => act("down"),
    article: () => view(body.dataset.view === "article" ? "entry" : "article"),
    original: () => go("original"),
    paper: () => go("paper"),
    code: () => go("code"),
    filter: () => $("#q").focus(),
    help: () => $("#help").showModal(),
    go_draft: () => $("#go-draft").click(),
    go_history: () => $("#go-history").click(),
    go_stats: () => $("#go-stats").click(),
  };
  for (const n of [1, 2, 3, 4, 5]) {
    actions[`star${n}`] = () => {
      const row = current();
      if (!row || row.dataset.place === "dropped") return;
      if (row.dataset.place === "also_seen") act("promote", row);
      act(`stars:${n}`, row);
    };
  }

  function chord(event) {
    const letter = event.key.length === 1 && event.key.toUpperCase() !== event.key.toLowerCase();
    const key = letter ? (event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()) : event.key;
    const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", event.shiftKey && letter && "Shift"];
    return [...held.filter(Boolean), key].join("+");
  }

  const anywhere = new Set(["help", "go_draft", "go_history", "go_stats"]);
  let begun = "";
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || $("dialog[open]")) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("[data-oneline]")) {
      event.preventDefault(); // a title is one line: Enter saves it
      flush(event.target.form);
      return;
    }
    const typing = event.target.matches("input, textarea, select");
    const pressed = chord(event);
    const action = keys[begun ? `${begun} ${pressed}` : pressed];
    const starts = !typing && !action && !begun && Object.keys(keys).some((combo) => combo.startsWith(`${pressed} `));
    begun = starts ? pressed : "";
    if (starts) { event.preventDefault(); return; }
    if (!action || (typing && action !== "leave" && action !== "done") || (!day && !anywhere.has(action))) return;
    event.preventDefault();
    actions[action]();
  });
})();
