"use strict";
// Typed text is never lost: not by a slip, not without a network, not behind the browser's own error
// page. Pages are no-store, so going back finds a form empty; what was typed is kept in this tab
// (sessionStorage) by person, post and form until the act is done or the person signs out.
// Forms with data-draft take part; their words are in data-say-offline, -restored and -clear.
// Runs before upload.js and portal.js: that there is no network is said first of all.

(() => {
  const KEPT = "draft/", SENT = "draft-sent", PATIENCE = 4000;
  const forms = [...document.querySelectorAll("form.form[data-draft]")];
  const ours = (target) => forms.find((form) => form === target || form.contains(target));
  const place = (form) => `${KEPT}${form.dataset.draft}/${form.getAttribute("action")}`;
  let changed = false;

  // What somebody can see and change. The token is never kept, the version is that of the page.
  const typing = "textarea, select, input:not([type=hidden], [type=file], [type=password])";
  const controls = (form) => [...form.elements].filter(
    (e) => e.name && e.matches(typing) && !e.closest(".evidence-row, .row-item"));
  const ticked = (e) => e.type === "checkbox" || e.type === "radio";
  const called = (e) => (ticked(e) ? `${e.name}=${e.value}` : e.name);
  const now = (e) => (ticked(e) ? e.checked : e.value);
  function first(e) {
    if (ticked(e)) return e.defaultChecked;
    if (!e.options) return e.defaultValue;
    return ([...e.options].find((option) => option.defaultSelected) || e.options[0] || e).value;
  }

  // Files that arrived lie on the server and are known by their hash.
  const part = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const rows = (form) =>
    [...form.querySelectorAll(".evidence-row")].filter((row) => {
      const file = part(row, "file");
      return file.value && !file.disabled;
    });
  const facts = (row) => Object.fromEntries(
    [...row.querySelectorAll("[name]")].map((field) => [field.name, field.value]));

  // The rows of a list are kept as a whole: where one was added or removed, all others move.
  const lists = (form) => [...form.querySelectorAll("fieldset[data-rows]")];
  const cells = (row) => [...row.querySelectorAll("[name]")];
  const isTyped = (list) => "grown" in list.dataset
    || cells(list.querySelector(".row-items")).some((e) => now(e) !== first(e));
  const listed = (list) => [...list.querySelectorAll(".row-item")]
    .map((row) => cells(row).map((e) => e.value));
  function relist(list, rows) {
    const items = list.querySelector(".row-items");
    const made = rows.map((values) => {
      const row = list.querySelector("template").content.firstElementChild.cloneNode(true);
      cells(row).forEach((e, nth) => (e.value = values[nth] || ""));
      return row;
    });
    items.replaceChildren(...made);
    list.dataset.grown = "yes";
  }

  // Only what differs from the page as it came is kept, so that a date filled in anew stays new;
  // but everything where the server shows again what it refused.
  function keep(form) {
    const differing = controls(form).filter((e) => "filled" in form.dataset || now(e) !== first(e));
    const typed = Object.fromEntries(differing.map((e) => [called(e), now(e)]));
    const files = rows(form).map(facts);
    const tables = Object.fromEntries(lists(form).map((list, nth) => [nth, list])
      .filter(([, list]) => "filled" in form.dataset || isTyped(list))
      .map(([nth, list]) => [nth, listed(list)]));
    const bare = !differing.length && !files.length && !Object.keys(tables).length;
    if (bare) sessionStorage.removeItem(place(form));
    else {
      // with its key: sent again although the first one did arrive, it is still one act
      const draft = { typed, files, tables, key: form.elements.key.value };
      sessionStorage.setItem(place(form), JSON.stringify(draft));
    }
  }

  function restore(form) {
    const { typed, files, tables = {}, key } = JSON.parse(sessionStorage.getItem(place(form))) || {};
    if (!typed) return;
    // what the browser restored, or somebody typed before this ran, wins
    const left = controls(form).filter((e) => {
      const kept = typed[called(e)];
      return kept !== undefined && now(e) === first(e) && now(e) !== kept;
    });
    for (const e of left) e[ticked(e) ? "checked" : "value"] = typed[called(e)];
    const tabled = lists(form).filter((list, nth) => tables[nth] && !isTyped(list));
    for (const list of tabled) relist(list, tables[lists(form).indexOf(list)]);
    for (const file of files) add(form.querySelector("fieldset[data-upload]"), file);
    if (!left.length && !files.length && !tabled.length) return;
    form.elements.key.value = key;
    form.prepend(note(form));
    changed = true; // it is not sent yet
  }

  function add(fieldset, file) {
    const row = fieldset.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const field of row.querySelectorAll("[name]")) field.value = file[field.name] || "";
    const name = part(row, "name").value || part(row, "caption").value;
    row.querySelector(".evidence-name").textContent = name;
    row.querySelector(".evidence-said").textContent = fieldset.dataset.sayDone;
    row.querySelector("progress").hidden = true;
    row.querySelector("button").setAttribute("aria-label", `${fieldset.dataset.sayRemove} ${name}`);
    fieldset.querySelector(".evidence-rows").append(row);
  }

  function note(form) {
    const said = document.createElement("p"), button = document.createElement("button");
    said.className = "note draft-note";
    said.setAttribute("role", "status");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = form.dataset.sayClear;
    button.addEventListener("click", () => {
      changed = false; // they want it gone
      sessionStorage.removeItem(place(form));
      location.reload();
    });
    said.append(form.dataset.sayRestored, " ", button);
    return said;
  }

  // A draft ends where the answer says that it was done, at the first sight of it: by going back to
  // such a page nothing is known of what was typed since.
  function done(sent) {
    const [navigation] = performance.getEntriesByType("navigation");
    if (navigation && navigation.type !== "navigate") return false;
    const move = (new URLSearchParams(location.search).get("done") || "").split(".")[1];
    if (move) return sent.endsWith(move === "report_lead" ? "/report" : `/${move}`);
    // a report whose case the reporter may not see is answered where it was sent
    const again = document.querySelector(".empty-state a[href='/report']");
    return Boolean(again) && sent.endsWith("/report") && location.pathname === "/report";
  }

  const forget = (whose) => Object.keys(sessionStorage)
    .filter((name) => name.startsWith(KEPT) && whose(name))
    .forEach((name) => sessionStorage.removeItem(name));

  const sent = sessionStorage.getItem(SENT);
  if (sent && done(sent)) [sent, SENT].forEach((name) => sessionStorage.removeItem(name));
  else if (forms.length) sessionStorage.removeItem(SENT);

  for (const form of forms) {
    const [person] = form.dataset.draft.split(".");
    forget((name) => !name.startsWith(`${KEPT}${person}.`)); // somebody else sat here before
    if ("filled" in form.dataset) keep(form);
    else restore(form);
    const uploads = new MutationObserver(() => keep(form));
    for (const list of form.querySelectorAll(".evidence-rows")) {
      const watched = { childList: true, subtree: true, attributeFilter: ["data-state"] };
      uploads.observe(list, watched);
    }
  }

  document.addEventListener("input", (event) => {
    const form = ours(event.target);
    if (!form) return;
    changed = true;
    keep(form);
  });

  // Without a network the form stays. A browser may say so wrongly, such as when the server is this
  // very machine: then it is asked.
  const reached = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = ours(event.target), { submitter } = event;
    if (!form || navigator.onLine || reached.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keep(form);
    try {
      await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      offline(form);
      return;
    }
    reached.add(form);
    form.requestSubmit(submitter);
    reached.delete(form);
  }, true);

  const calm = () => document.querySelectorAll(".draft-offline").forEach((said) => said.remove());
  window.addEventListener("online", calm);
  function offline(form) {
    calm();
    const said = document.createElement("p");
    said.className = "alert-box draft-offline";
    said.setAttribute("role", "alert");
    said.textContent = form.dataset.sayOffline;
    form.querySelector(".form-acts").before(said);
    said.scrollIntoView({ block: "center" });
  }

  document.addEventListener("submit", (event) => {
    const form = ours(event.target);
    if (event.target.getAttribute("action") === "/sign-out") forget(() => true);
    if (!form) return;
    changed = false;
    keep(form);
    sessionStorage.setItem(SENT, place(form));
  });

  // What is kept ends with the tab.
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();
