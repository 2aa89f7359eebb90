// The hall: scans are caught wherever the focus is, results are heard, the connection is shown.

const GROUP_SEPARATOR = "\u001d";
const PAUSE = 80; // ms; a scanner types faster than this, a hand slower
const SHORTEST = 6;

// A scanner is a keyboard. Its separator may arrive as Ctrl+], which an input would drop and so glue
// the batch to the date; its Enter would press whatever has the focus. So fast typing is caught here.
let buffer = "";
let last = 0;
let spilled; // the field a scan is being typed into, and what it held before
document.addEventListener("keydown", (event) => {
  const now = performance.now();
  if (now - last > PAUSE) buffer = "";
  last = now;
  if (!buffer) spilled = "value" in event.target ? { field: event.target, value: event.target.value } : null;
  if (event.ctrlKey && event.code === "BracketRight" || event.key === GROUP_SEPARATOR) {
    buffer += GROUP_SEPARATOR;
    event.preventDefault();
  } else if (event.key === "Enter") {
    if (buffer.length < SHORTEST) return;
    event.preventDefault();
    event.stopPropagation();
    const code = buffer;
    buffer = "";
    if (spilled) spilled.field.value = spilled.value;
    scanned(code);
  } else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
    // A space in a code must not press a button.
    if (event.key === " " && buffer) event.preventDefault();
    buffer += event.key;
  }
}, { capture: true });

// Pages may take the scan themselves (preventDefault); otherwise it goes into the scan field and is sent.
function scanned(code) {
  const event = new CustomEvent("scan", { detail: { code }, bubbles: true, cancelable: true });
  if (!document.dispatchEvent(event)) return;
  const field = document.querySelector("[data-scan-field]");
  if (!field) return;
  // One key per scan: sent twice, it is counted once.
  const key = field.form.querySelector("[data-scan-key]");
  if (key) key.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  field.value = code.replaceAll(GROUP_SEPARATOR, field.dataset.separator ?? GROUP_SEPARATOR);
  field.form.requestSubmit();
}

// One high tone is good, two low ones are wrong, a trill wants a look.
const TONES = {
  ok: [[1320, 0, 0.12]],
  error: [[220, 0, 0.18], [175, 0.24, 0.28]],
  warning: [[660, 0, 0.07], [880, 0.09, 0.07], [660, 0.18, 0.07], [880, 0.27, 0.07]],
};
let audio;
export function play(name) {
  const tones = TONES[name];
  // Browsers keep silent until the first key or touch; the sound test at sign-in is that touch.
  if (!tones || !window.AudioContext || navigator.userActivation?.hasBeenActive === false) return;
  audio ??= new AudioContext();
  audio.resume();
  for (const [hertz, from, long] of tones) {
    const oscillator = audio.createOscillator();
    const gain = audio.createGain();
    oscillator.type = "square";
    oscillator.frequency.value = hertz;
    gain.gain.value = 0.25;
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(audio.currentTime + from);
    oscillator.stop(audio.currentTime + from + long);
  }
  if (name !== "ok") navigator.vibrate?.(name === "error" ? [150, 80, 150] : 80);
}
const sound = (root) => {
  const result = root.querySelector?.("[data-tone]") ?? (root.matches?.("[data-tone]") ? root : null);
  if (result) play(result.dataset.tone);
};
sound(document);
document.addEventListener("htmx:afterSwap", (event) => { sound(event.target); rested(); });
document.addEventListener("click", (event) => {
  const test = event.target.closest?.("[data-play]");
  if (test) play(test.dataset.play);
});

// After each answer the next scan must land: the field is empty and ready, without opening a keyboard.
function rested() {
  const field = document.querySelector("[data-scan-field]");
  if (field && !document.querySelector("[data-error-summary]")) { field.value = ""; field.focus({ preventScroll: true }); }
}

const connection = document.querySelector("[data-connection]");
function shown() {
  if (!connection) return;
  connection.querySelector("[data-online]").hidden = !navigator.onLine;
  connection.querySelector("[data-offline]").hidden = navigator.onLine;
}
window.addEventListener("online", shown);
window.addEventListener("offline", shown);
shown();
for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
