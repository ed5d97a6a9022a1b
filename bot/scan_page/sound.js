// What a verdict sounds like, made on the spot. Quiet when all is well, loud when somebody must look up.

import { buzz } from "./telegram.js";

let audio = null;

/** Browsers let a page sound only after the first key or touch; the scanner's first key is one. */
export function wake() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

function tone(pitch, start, seconds, loud, shape = "sine") {
  if (!audio) return;
  const at = audio.currentTime + start;
  const wave = new OscillatorNode(audio, { type: shape, frequency: pitch });
  const gain = new GainNode(audio, { gain: loud });
  gain.gain.setValueAtTime(loud, at + seconds - 0.01);
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  wave.connect(gain).connect(audio.destination);
  wave.start(at);
  wave.stop(at + seconds);
}

const CALM = () => [tone(520, 0, 0.06, 0.06), tone(520, 0.1, 0.06, 0.06)];
const WRONG = () => [tone(220, 0, 0.3, 0.25, "square"), buzz("warning", [120, 60, 120])];
const SOUNDS = {
  sent: () => tone(1500, 0, 0.02, 0.02),
  ok: () => [tone(990, 0, 0.07, 0.06), buzz("success", 20)],
  item: () => tone(990, 0, 0.04, 0.05),
  again: CALM,
  look: CALM,
  paper: CALM,
  found: CALM,
  scan_undone: CALM,
  ask: () => [tone(660, 0, 0.08, 0.1), tone(880, 0.1, 0.08, 0.1)],
  bin: () => [tone(660, 0, 0.08, 0.1), tone(880, 0.1, 0.08, 0.1)],
  shelf: () => [tone(660, 0, 0.08, 0.1), tone(880, 0.1, 0.08, 0.1)],
  place: () => tone(660, 0, 0.15, 0.1),
  kept: () => tone(440, 0, 0.12, 0.1),
  kept_out: () => [tone(440, 0, 0.12, 0.2), tone(330, 0.15, 0.12, 0.2), buzz("warning", 80)],
  unknown: WRONG,
  refused: WRONG,
  note: WRONG,
};

export const play = (verdict) => SOUNDS[verdict]?.();

let alarm = null;

/** The siren of a stop, until somebody answers it. */
export function siren(on) {
  if (!on) {
    clearInterval(alarm);
    alarm = null;
    navigator.vibrate?.(0);
  } else if (alarm === null) {
    const cry = () => {
      tone(950, 0, 0.3, 0.7, "sawtooth");
      tone(620, 0.32, 0.3, 0.7, "sawtooth");
      buzz("error", [300, 100, 300]);
    };
    cry();
    alarm = setInterval(cry, 750);
  }
}
