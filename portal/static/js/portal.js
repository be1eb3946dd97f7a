"use strict";
// What pages gain where scripts run; without them every form and link works as well.

document.documentElement.classList.add("scripts");

// A form is sent once: a second press of the button waits for the answer to the first.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-boost")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const again = () => delete form.dataset.sent; // also when no answer came
  window.addEventListener("pageshow", again, { once: true });
  setTimeout(again, 10000);
});

// Several duties at once: what is missing is said before anything is sent, so that nothing is lost.
const many = (target) => (target.form || target).id === "many" && (target.form || target);
document.addEventListener("submit", (event) => {
  const form = many(event.target);
  if (!form) return;
  const { what, text, task } = form.elements;
  const boxes = task instanceof RadioNodeList ? [...task] : [task];
  const bare = !["claim", "release"].includes(what.value) && text && !text.value.trim();
  const missing = !boxes.some((box) => box.checked) ? boxes[0] : bare ? text : null;
  if (!missing) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  missing.setCustomValidity(missing === text ? form.dataset.sayWhy : form.dataset.sayWhich);
  missing.reportValidity();
}, true);
document.addEventListener("input", (event) => {
  const form = many(event.target);
  if (form) for (const control of form.elements) control.setCustomValidity("");
});

// The menu closes when somebody looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// An answer that is another page than the one asked for a part of, such as the door, is shown whole.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  const part = requestConfig && requestConfig.elt && requestConfig.elt.getAttribute("hx-select");
  if (!part || xhr.responseText.includes(`id="${part.slice(1)}"`)) return;
  event.detail.target = document.body;
  event.detail.selectOverride = ".skip, .top, #main, .tabs, .foot";
  event.detail.swapOverride = "innerHTML show:window:top";
});

// A form that somebody goes back to is the one that was sent: sent again, it is still one act.
for (const key of document.querySelectorAll("form.form input[name=key]")) {
  const kept = history.state && history.state.key;
  if (kept) key.value = kept;
  else history.replaceState({ ...history.state, key: key.value }, "");
}

// Rows that were uploaded before can be removed again.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".evidence-remove");
  if (button && !button.closest("[data-upload-ready]")) button.closest(".evidence-row").remove();
});

// Rows of a list are added and removed here; without scripts the server adds them.
document.addEventListener("click", (event) => {
  const list = event.target.closest("fieldset[data-rows]");
  const add = event.target.closest(".row-add"), gone = event.target.closest(".row-remove");
  if (!list || !(add || gone)) return;
  event.preventDefault();
  const items = list.querySelector(".row-items");
  list.dataset.grown = "yes";
  if (gone) {
    gone.closest(".row-item").remove();
    list.querySelector(".row-add").focus();
  } else if (items.children.length < Number(list.dataset.most)) {
    const row = list.querySelector("template").content.firstElementChild.cloneNode(true);
    items.append(row);
    row.querySelector("input, select").focus();
  }
  list.dispatchEvent(new Event("input", { bubbles: true })); // what is typed is kept as it stands
});

// The first field that needs mending gets the focus.
const wrong = document.querySelector("[aria-invalid=true]");
if (wrong) wrong.focus();
