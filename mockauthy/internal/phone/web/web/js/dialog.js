import { el } from './dom.js';
import { settle } from './notice.js';

/**
 * Opens a modal dialog, which closes by Escape, by its button and by a click beside it, and is thrown away then.
 * The browser gives the focus back to where it was.
 */
export function openDialog({ title, body, wide = false, closed = () => {} }) {
  const id = `dialog-${title.replace(/\W+/g, '-').toLowerCase()}`;
  const close = el('button', { class: 'icon', text: '✕', attrs: { type: 'button', 'aria-label': 'Close' } });
  const dialog = el('dialog', { class: wide ? 'wide' : '', attrs: { 'aria-labelledby': id } },
    el('div', { class: 'dialog-inside' },
      el('header', { class: 'dialog-head' }, el('h2', { text: title, attrs: { id } }), close),
      body));
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => {
    settle();
    dialog.remove();
    closed();
  });
  document.body.append(dialog);
  dialog.showModal();
  settle(dialog);
  dialog.querySelector('[autofocus]')?.focus();
  return dialog;
}
