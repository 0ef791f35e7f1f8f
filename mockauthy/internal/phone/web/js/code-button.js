import { el, write } from './dom.js';
import * as calls from './calls.js';
import { ring } from './ring.js';
import { groups, spelled, called } from './words.js';
import { copy } from './clipboard.js';
import { notice } from './notice.js';

const families = { app: 'Authy app', generic: 'Any authenticator' };

/**
 * The code of one family as a button that copies it, with the ring that runs down and the next code.
 * `show(user, code, device)` takes what the keeper knows; code null means that it is on its way. `device` is the name of
 * the device, where others of the user show other codes.
 */
export function codeButton(page, family) {
  const words = el('span', { class: 'code-family' });
  const clock = ring();
  const digits = el('span', { class: 'digits' });
  const next = el('span', { class: 'next' });
  const button = el('button', { class: 'code', data: { family }, attrs: { type: 'button' } },
    words, next, el('span', { class: 'code-row' }, digits, clock.node));
  let user = null;
  let token = '';
  let said = '';
  let one = true; // of one device only
  page.shell.tell(button, () => (one ? calls.users.token(user.id, family) : calls.codes([user.id])));
  button.addEventListener('click', () => copyCode(token, called(user)));

  return {
    node: button,
    show(of, code, device = '') {
      user = of;
      one = !device;
      write(words, [families[family], device].filter(Boolean).join(' · '));
      clock.show(code ? code.left : null, code?.whole);
      const label = `${words.textContent} code of ${called(user)}`;
      const say = code?.token ? `Copy the ${label}: ${spelled(code.token)}` : `${label}, loading`;
      if (say !== said) button.setAttribute('aria-label', said = say);
      if (token === (code?.token ?? '') && digits.childElementCount && next.dataset.token === (code?.next ?? '')) return;
      token = code?.token ?? '';
      next.dataset.token = code?.next ?? '';
      // Groups are set apart by space in the style, not in the text: what is selected by hand can be pasted.
      digits.replaceChildren(...groups(token || '•••••••').map((text) => el('span', { text })));
      write(next, code?.next ? `next ${code.next}` : '\u00a0');
      button.disabled = !token;
    },
  };
}

/** Copies a code and says so. */
export async function copyCode(token, whose) {
  if (!token) return;
  if (await copy(token)) notice(`Copied ${token}${whose ? `, the code of ${whose}` : ''}`);
  else notice(`The browser did not let the code be copied: ${token}`, 'bad');
}
