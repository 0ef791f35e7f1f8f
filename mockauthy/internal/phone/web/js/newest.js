/**
 * Keeps an answer that was long on its way from replacing what an event has said since. `changed` is called whenever what is shown is
 * replaced; `ask` asks again until nothing was replaced while it waited.
 */
export function newest() {
  let changes = 0;
  return {
    changed() { changes += 1; },
    async ask(question) {
      for (;;) {
        const before = changes;
        const answer = await question();
        if (changes === before) return answer;
      }
    },
  };
}
