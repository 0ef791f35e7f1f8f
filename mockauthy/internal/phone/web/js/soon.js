/**
 * Returns a function that runs `act` once, `wait` milliseconds after it was called however often:
 * for what many events ask for.
 */
export function soon(act, failed = () => {}, wait = 50) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(async () => {
      waiting = false;
      try {
        await act();
      } catch (error) {
        failed(error);
      }
    }, wait);
  };
}
