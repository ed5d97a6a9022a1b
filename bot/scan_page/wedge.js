// A scanner that types (a "keyboard wedge"): every key lands in one field wherever the focus is; Enter or Tab ends a
// code.
// Surprising: with a Chinese input method on, Enter only ends the composition; the code is taken when that has ended.
// The separator inside a GS1 barcode comes as Ctrl+] or F8, which types nothing by itself.

const GS = "\x1d";
const separates = (event) => event.key === "F8" || (event.ctrlKey && event.key === "]");
const ENDS = new Set(["Enter", "Tab", "NumpadEnter"]);

/** Calls `taken(text)` for every code. Returns {take, type, keyboard}. */
export function listen(field, taken, awake) {
  let ended = false;

  function take() {
    const text = field.value.trim();
    field.value = "";
    if (text) taken(text);
  }

  document.addEventListener("keydown", (event) => {
    awake();
    if (ENDS.has(event.key)) {
      if (event.isComposing) {
        ended = true;
        return;
      }
      event.preventDefault(); // never presses a button that happens to have the focus
      take();
      return;
    }
    if (separates(event)) {
      event.preventDefault();
      field.value += GS;
      return;
    }
    const types = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (types && document.activeElement !== field) field.focus(); // the key itself then goes into the field
  }, true);
  document.addEventListener("pointerdown", awake, true);
  field.addEventListener("compositionend", () => {
    if (ended) setTimeout(take);
    ended = false;
  });
  field.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "insertLineBreak") return; // how some phones' keyboards say Enter
    event.preventDefault();
    take();
  });
  document.addEventListener("mousedown", (event) => {
    if (event.target === field) return;
    event.preventDefault(); // a button is pressed, but the focus stays
    back();
  });
  const back = () => field.focus({ preventScroll: true });
  field.addEventListener("blur", () => setTimeout(back));
  window.addEventListener("focus", back);
  document.addEventListener("visibilitychange", back);
  back();

  return {
    take,
    type: (text) => {
      field.value = text === "⌫" ? field.value.slice(0, -1) : field.value + text;
    },
    keyboard: () => {
      field.inputMode = field.inputMode === "none" ? "text" : "none";
      field.blur();
    },
  };
}
