import { el } from './dom.js';

const parts = () => [document.getElementById('toasts'), document.getElementById('announcer')];

/**
 * Moves what is said to where it is seen and heard: into the modal dialog, if one is open, else all
 * of it is inert.
 */
export function settle(dialog) {
  (dialog ?? document.body).append(...parts());
}

/** Says a text to screen readers, without showing it. */
export function announce(text) {
  const [, announcer] = parts();
  announcer.textContent = '';
  // Set in a later task: a live region that is emptied and filled at once stays silent when the
  // text is the same.
  setTimeout(() => { announcer.textContent = text; }, 30);
}

/** Shows a text for a while, and says it. `kind` is 'good' or 'bad'. */
export function notice(text, kind = 'good') {
  const [stack] = parts();
  const toast = el('div', { class: `toast ${kind}`, text });
  stack.append(toast);
  while (stack.children.length > 3) stack.firstChild.remove();
  setTimeout(() => toast.remove(), kind === 'bad' ? 8000 : 2500);
  announce(text);
}

/** Why a call failed, in words. */
export const reason = (error) => error.words ?? `the server does not answer: ${error.message}`;

/** Shows what a failed call said. */
export const complain = (error) => notice(reason(error), 'bad');
