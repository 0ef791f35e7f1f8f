/** Keeps the page up to date: reads everything again every second. `state` gets 'connecting', 'live' or 'lost'. */
export function live({ resync, state }) {
  let timer = 0;
  const round = async () => {
    clearTimeout(timer);
    try {
      await resync();
      state('live');
    } catch {
      state('lost');
    }
    timer = setTimeout(round, 1000);
  };
  state('connecting');
  round();
  return { restart: round };
}
