/** Gives a function that runs `act` once, a moment after it was called however often: for what many events ask for. */
export function soon(act, failed = () => {}) {
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
    }, 50);
  };
}
