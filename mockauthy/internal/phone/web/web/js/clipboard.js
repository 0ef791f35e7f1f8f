/** Puts a text on the clipboard; also on a plain-http address of another machine, where browsers hide the clipboard. */
export async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* not allowed here: the old way */ }
  }
  const area = document.createElement('textarea');
  const before = document.activeElement;
  area.value = text;
  area.className = 'unseen';
  (before?.closest('dialog') ?? document.body).append(area); // a modal dialog makes everything outside it inert
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus?.();
  return done;
}
