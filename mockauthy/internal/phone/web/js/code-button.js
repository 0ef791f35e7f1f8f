import { el, unseen, write } from './dom.js';
import * as calls from './calls.js';
import { ring } from './ring.js';
import { groups, spelled, called } from './words.js';
import { copy } from './clipboard.js';
import { notice, reason } from './notice.js';

const families = { app: 'Authy app', generic: 'Any authenticator', factor: 'Any authenticator' };

/**
 * The code of one family as a button that copies it, with the ring that runs down and the next
 * code. Its name is made of the words that are seen on it; the digits are read out one by one.
 * `show(user, code, device)` takes whose code it is, and what the keeper knows of it; null means that
 * nobody knows it now.
 * `device` is one of the user's devices, and is only named where others of the user show other
 * codes.
 */
export function codeButton(page, family) {
  const words = el('span', { class: 'code-family' });
  const rest = unseen('');
  const clock = ring();
  const digits = el('span', { class: 'digits', attrs: { 'aria-hidden': 'true' } });
  const next = el('span', { class: 'next', attrs: { 'aria-hidden': 'true' } });
  const button = el('button', { class: 'code', data: { family }, attrs: { type: 'button' } },
    el('span', {}, words, rest), next, el('span', { class: 'code-row' }, digits, clock.node));
  let user = null;
  let device = {};
  let shown = '';
  page.shell.tell(button, () => (device.name ? calls.codes([user.id]) : calls.token(user.id, family)));
  button.addEventListener('click', () => copyCode(page.codes.fresh(user.id, family, device.id), called(user)));

  return {
    node: button,
    show(of, code, on = {}) {
      user = of;
      device = on;
      write(words, [families[family], device.name].filter(Boolean).join(' · '));
      clock.show(code ? code.left : null, code?.whole);
      write(rest, ` code of ${called(user)}${code ? `: ${spelled(code.token)}, copy` : page.live() ? ', loading' : ', no connection'}`);
      button.disabled = !code;
      if (shown === (shown = `${code?.token} ${code?.next}`)) return;
      // Groups are set apart by space in the style, not in the text: what is selected by hand can
      // be pasted.
      digits.replaceChildren(...groups(code?.token ?? '•••••••').map((text) => el('span', { text })));
      write(next, code?.next ? `next ${code.next}` : '\u00a0');
    },
  };
}

/** Copies a code, or the one that is promised, and says so. */
export async function copyCode(code, whose) {
  try {
    const done = await copy(code);
    const text = await code;
    if (done) notice(`Copied ${text}${whose ? `, the code of ${whose}` : ''}`);
    else notice(`The browser did not let the code be copied: ${text}`, 'bad');
  } catch (error) {
    notice(`Not copied: ${reason(error)}`, 'bad');
  }
}
