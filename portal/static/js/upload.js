"use strict";
// Files go up in pieces while the form is still being filled in, and go on after a break (tus 1.0).
// Each fieldset with data-upload holds a file input, an .evidence-rows, and a template with one
// .evidence-row. Its words are in data-say-uploading, -done, -failed, -waiting and -remove.
// Without scripts, or without tus, the file input is sent with the form as it is.

(() => {
  const DELAYS = [0, 1000, 3000, 10000, 20000];
  const PIECE = 1024 * 1024;
  const AT_ONCE = 3;
  const AGAIN = 30000; // a broken upload goes on by itself, at the latest after so many milliseconds
  const BUSY = new Set(["waiting", "uploading", "broken"]), jobs = new Set();
  const isBusy = (form) =>
    [...jobs].some((job) => job.form === form && job.row.isConnected && BUSY.has(job.state));

  function say(job, text, role) {
    const said = job.row.querySelector(".evidence-said");
    if (role) said.setAttribute("role", role);
    else said.removeAttribute("role");
    said.textContent = text;
  }

  function turn(job, state) {
    job.state = state;
    job.row.dataset.state = state;
    job.row.querySelector("progress").hidden = !BUSY.has(state);
    // what did not arrive is not part of the form: fields that are disabled are not sent
    for (const field of job.row.querySelectorAll("input, select, textarea")) {
      field.disabled = state === "refused";
    }
    hold(job.form);
  }

  function hold(form) {
    if (!form) return;
    const busy = isBusy(form);
    const buttons = [...form.elements].filter((element) => element.type === "submit");
    for (const button of buttons) button.setAttribute("aria-disabled", String(busy));
    const words = form.querySelector("[data-upload-ready]");
    note(form, buttons[0]).textContent = busy && words ? words.dataset.sayWaiting : "";
  }

  function note(form, button) {
    const found = form.querySelector(".upload-note");
    if (found) return found;
    const made = document.createElement("span");
    made.className = "upload-note hint";
    made.setAttribute("role", "status");
    (button ? button.parentElement : form).append(made);
    return made;
  }

  function preview(row, file) {
    const image = row.querySelector("img");
    if (!image || !file.type.startsWith("image/")) return;
    image.addEventListener("load", () => {
      image.hidden = false; // never, where a browser does not know HEIC
      URL.revokeObjectURL(image.src);
    });
    image.src = URL.createObjectURL(file);
  }

  function pump() {
    const under = [...jobs].filter((job) => job.state === "uploading").length;
    const waiting = [...jobs].filter((job) => job.state === "waiting");
    for (const job of waiting.slice(0, Math.max(0, AT_ONCE - under))) start(job);
  }

  function start(job) {
    const token = document.querySelector('meta[name="guapai-token"]');
    turn(job, "uploading");
    say(job, job.words.sayUploading);
    const upload = new tus.Upload(job.file, {
      endpoint: job.endpoint,
      headers: token ? { "X-Guapai-Token": token.content } : {},
      metadata: { filename: job.file.name, filetype: job.file.type },
      chunkSize: PIECE,
      retryDelays: DELAYS,
      removeFingerprintOnSuccess: true,
      onProgress: (sent, all) => {
        const bar = job.row.querySelector("progress");
        bar.value = (bar.max * sent) / all;
      },
      onAfterResponse: (_, response) => {
        job.hash = response.getHeader("X-Guapai-Sha256") || job.hash;
      },
      onSuccess: () => (job.hash ? finish(job) : stop(job, null, "refused")),
      onError: (error) => stop(job, error.originalResponse),
    });
    job.upload = upload;
    upload.findPreviousUploads().catch(() => []).then((found) => {
      if (job.upload !== upload) return; // removed meanwhile
      if (found.length) upload.resumeFromPreviousUpload(found[found.length - 1]);
      upload.start();
    });
  }

  function finish(job) {
    job.row.querySelector(`[name="${job.name}-file"]`).value = job.hash;
    turn(job, "done");
    say(job, job.words.sayDone, "status");
    pump();
  }

  function stop(job, response, state) {
    const status = response ? response.getStatus() : 0;
    const refused = status >= 400 && status < 500 && status !== 409 && status !== 423;
    turn(job, state || (refused ? "refused" : "broken"));
    say(job, (job.state === "refused" && sentence(response)) || job.words.sayFailed, "alert");
    if (job.state === "broken") job.timer = setTimeout(() => goOn(job), AGAIN);
    if (status === 422) forget(job.upload);
    pump();
  }

  async function forget(upload) {
    for (const found of await upload.findPreviousUploads().catch(() => [])) {
      await tus.defaultOptions.urlStorage.removeUpload(found.urlStorageKey);
    }
  }

  function sentence(response) {
    const type = (response && response.getHeader("Content-Type")) || "";
    return type.startsWith("text/plain") ? response.getBody().trim().slice(0, 400) : "";
  }

  function goOn(job) {
    if (job.state !== "broken" || !job.row.isConnected) return;
    clearTimeout(job.timer);
    turn(job, "waiting");
    pump();
  }

  function add(fieldset, file) {
    const key = [file.name, file.size, file.lastModified].join("/");
    const twin = [...jobs].find((job) => job.key === key && job.fieldset === fieldset);
    if (twin && twin.state !== "refused") return;
    if (twin) remove(twin.row);
    const { endpoint, name } = fieldset.dataset;
    const row = fieldset.querySelector("template").content.cloneNode(true).firstElementChild;
    row.querySelector(".evidence-name").textContent = file.name;
    row.querySelector("progress").setAttribute("aria-label", file.name);
    const named = row.querySelector(`[name="${name}-name"]`);
    if (named) named.value = file.name;
    const kind = row.querySelector(`[name="${name}-kind"]`);
    const photo = file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name);
    if (kind && photo) kind.value = fieldset.dataset.photos || kind.value;
    const button = row.querySelector("button");
    if (!button.children.length) button.textContent = fieldset.dataset.sayRemove;
    button.setAttribute("aria-label", `${fieldset.dataset.sayRemove} ${file.name}`);
    (fieldset.querySelector(".evidence-rows") || fieldset).append(row);
    preview(row, file);
    const job = { fieldset, form: fieldset.form, words: fieldset.dataset, row, file, key, name };
    job.endpoint = new URL(endpoint, document.baseURI).href;
    jobs.add(job);
    turn(job, "waiting");
    say(job, job.words.sayUploading);
  }

  function remove(row) {
    const job = [...jobs].find((one) => one.row === row);
    row.remove();
    if (!job) return;
    jobs.delete(job);
    clearTimeout(job.timer);
    const upload = job.upload;
    job.upload = null;
    // what was refused the server has forgotten already; what is not removed now goes stale
    if (upload) upload.abort(job.state !== "refused").catch(() => {});
    hold(job.form);
    pump();
  }

  function enhance(fieldset) {
    const input = fieldset.querySelector('input[type="file"]');
    if (fieldset.hasAttribute("data-upload-ready") || !input) return;
    fieldset.setAttribute("data-upload-ready", "");
    input.addEventListener("change", () => {
      const chosen = [...input.files];
      input.value = ""; // they are sent from here, not a second time with the form
      for (const file of chosen) add(fieldset, file);
      pump();
    });
    fieldset.addEventListener("click", (event) => {
      const button = event.target.closest(".evidence-row button");
      if (!button) return;
      remove(button.closest(".evidence-row"));
      input.focus();
    });
  }

  const enhanceAll = () => document.querySelectorAll("fieldset[data-upload]").forEach(enhance);
  if (!window.tus || !tus.isSupported) return;
  enhanceAll();
  document.addEventListener("htmx:load", enhanceAll);
  window.addEventListener("online", () => [...jobs].forEach(goOn));
  document.addEventListener("submit", (event) => {
    if (!isBusy(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    note(event.target).scrollIntoView({ block: "nearest" });
  }, true);
})();
