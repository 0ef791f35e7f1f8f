/**
 * Puts a text, or the text that is promised, on the clipboard; also on a plain-http address of
 * another machine, where browsers hide the clipboard. Returns whether the browser let it; throws
 * what the promise throws, and then copies nothing.
 */
export async function copy(text) {
  if (navigator.clipboard?.write && window.ClipboardItem) {
    const item = Promise.resolve(text).then((known) => new Blob([known], { type: 'text/plain' }));
    item.catch(() => {}); // thrown below
    try {
      // Some browsers allow this only within the click, and a promise within it is in time.
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': item })]);
      return true;
    } catch { /* not allowed here: the old way */ }
  }
  const known = await text;
  const area = document.createElement('textarea');
  const before = document.activeElement;
  area.value = known;
  area.className = 'unseen';
  (before?.closest('dialog') ?? document.body).append(area); // a modal dialog makes everything outside it inert
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus?.();
  return done;
}
