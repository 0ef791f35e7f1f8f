/** The world's clock as this page knows it: told by the server, carried on by the browser's steady one. */
export function worldTime() {
  let at = Date.now();
  let since = performance.now();
  let frozen = false;
  return {
    /** Milliseconds since 1970 in the world. */
    now: () => (frozen ? at : at + (performance.now() - since)),
    frozen: () => frozen,
    /** Takes an answer {now, frozen}; `asked` is performance.now() of the moment it was asked, halved away as travel. */
    take(clock, asked = performance.now()) {
      since = performance.now();
      frozen = clock.frozen;
      at = Date.parse(clock.now) + (frozen ? 0 : (since - asked) / 2);
    },
  };
}

const two = (n) => String(n).padStart(2, '0');

/** "2026-11-22" in UTC. */
export const day = (ms) => new Date(ms).toISOString().slice(0, 10);

/** "01:20:33" in UTC. */
export const hms = (ms) => new Date(ms).toISOString().slice(11, 19);

/** "4:05" or "1:02:09": how long it takes. */
export function span(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}
