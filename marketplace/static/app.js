// Small comforts; every page works without this file.

const closest = (event, selector) => event.target.closest?.(selector);

// Quantity: the two buttons move the number between them within its min and max.
document.addEventListener("click", (event) => {
  const button = closest(event, "[data-step]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  const before = input.value;
  Number(button.dataset.step) > 0 ? input.stepUp() : input.stepDown();
  if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
});

// A row of tabs that is wider than the page begins at the one that is open.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// Filters send themselves; typing waits for a pause, so the list does not chase every letter.
let pause;
const send = (form) => form.isConnected && form.requestSubmit();
document.addEventListener("change", (event) => {
  const form = closest(event, "form[data-autosubmit]");
  if (form) { clearTimeout(pause); send(form); }
});
document.addEventListener("input", (event) => {
  const form = closest(event, "form[data-autosubmit]");
  if (!form || !event.target.matches("[type=search], [type=text]")) return;
  clearTimeout(pause);
  pause = setTimeout(() => send(form), 500);
});

// A pressed button says what is happening, and a second press of the same form is not sent.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.dataset.sent && !event.target.matches("[hx-get], [hx-post], [data-autosubmit]")) {
    event.preventDefault();
    return;
  }
  if (!button?.dataset.busy) return;
  event.target.dataset.sent = "1";
  button.setAttribute("aria-disabled", "true");
  button.dataset.idle ??= button.innerHTML;
  button.textContent = button.dataset.busy;
});
const rest = (root) => {
  for (const button of root.querySelectorAll("[data-idle]")) {
    button.innerHTML = button.dataset.idle;
    delete button.dataset.idle;
    button.removeAttribute("aria-disabled");
  }
  for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
};
// Back from the next page, or after a partial answer: everything can be pressed again.
window.addEventListener("pageshow", () => rest(document));
document.addEventListener("htmx:afterRequest", () => rest(document));

// Errors: the summary is read first. Its links lead to the fields by themselves.
const showErrors = (root) => root.querySelector("[data-error-summary]")?.focus();
showErrors(document);
document.addEventListener("htmx:afterSwap", (event) => showErrors(event.target));

// A field left empty or misspelt says so at once. Not while a button is pressed: what moves under a press is
// missed, and the answer says it all.
let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; });
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { pressed = null; });
const wrongIn = (field) => {
  if (field.required && !field.value.trim()) return field.dataset.missing;
  return field.validity.valid ? "" : field.dataset.wrong;
};
const mark = (field, message) => {
  const error = document.getElementById(`${field.id}_error`);
  if (error) error.hidden = !message;
  if (message) error.querySelector("[data-message]").textContent = message;
  field.closest(".field")?.classList.toggle("field-bad", Boolean(message));
  message ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
};
document.addEventListener("focusout", (event) => {
  const field = event.target;
  if (!field.matches?.(".field [data-missing]") || pressed?.closest("button, a, summary")) return;
  const message = wrongIn(field);
  if (message) mark(field, message);
});
// The message goes when the field is corrected; it never comes while typing.
document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.getAttribute("aria-invalid") === "true" && field.validity.valid && !wrongIn(field)) mark(field, "");
});

// Menus close when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// "Drukuj" and copying exist only where a script can do them.
for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
document.addEventListener("click", (event) => {
  if (closest(event, "[data-print]")) window.print();
});
