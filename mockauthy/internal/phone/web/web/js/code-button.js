import { el, write } from './dom.js';
import * as calls from './calls.js';
import { ring } from './ring.js';
import { groups, spelled, called } from './words.js';
import { copy } from './clipboard.js';
import { notice } from './notice.js';

const families = {
  app: { words: 'Authy app', large: true },
  generic: { words: 'Any authenticator', large: false },
};

/**
 * The code of one family as a button that copies it, with the ring that runs down and the next code.
 * `show(user, code)` takes what the keeper knows; code null means that it is on its way.
 */
export function codeButton(page, family) {
  const { words, large } = families[family];
  const clock = ring();
  const digits = el('span', { class: 'digits' });
  const next = el('span', { class: 'next' });
  const button = el('button', { class: `code ${large ? 'large' : ''}`, data: { family }, attrs: { type: 'button' } },
    el('span', { class: 'code-family', text: words }), next, el('span', { class: 'code-row' }, digits, clock.node));
  let user = null;
  let token = '';
  page.shell.tell(button, () => calls.users.token(user.id, family));
  button.addEventListener('click', () => copyCode(token, called(user)));

  return {
    node: button,
    show(of, code) {
      user = of;
      clock.show(code ? code.left : null, code?.whole);
      if (token === (code?.token ?? '') && digits.childElementCount && next.dataset.token === (code?.next ?? '')) return;
      token = code?.token ?? '';
      next.dataset.token = code?.next ?? '';
      // Groups are set apart by space in the style, not in the text: what is selected by hand can be pasted.
      digits.replaceChildren(...groups(token || '•••••••').map((text) => el('span', { text })));
      write(next, code?.next ? `next ${code.next}` : '\u00a0');
      button.disabled = !token;
      button.setAttribute('aria-label', token ? `Copy the ${words} code of ${called(user)}: ${spelled(token)}` : `${words} code of ${called(user)}, loading`);
    },
  };
}

/** Copies a code and says so. */
export async function copyCode(token, whose) {
  if (!token) return;
  if (await copy(token)) notice(`Copied ${token}${whose ? `, the code of ${whose}` : ''}`);
  else notice(`The browser did not let the code be copied: ${token}`, 'bad');
}
