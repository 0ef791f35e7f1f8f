import { el, facts, unseen, write } from './dom.js';
import * as calls from './calls.js';
import { codeButton, copyCode } from './code-button.js';
import { openDialog } from './dialog.js';
import { count, initials } from './words.js';
import { enrol, removal } from './user.js';
import { complain } from './notice.js';

/** What a factor is called: its friendly name, else the identity. */
const named = (factor) => ({ id: factor.sid, name: factor.friendly_name || factor.identity });

/** One factor of Verify as a phone: returns {node, update(factor), tick(), copy()}. */
export function factorCard(page) {
  const picture = el('span', { class: 'avatar', attrs: { 'aria-hidden': 'true' } });
  const name = el('h4', { class: 'name' });
  const marks = el('ul', { class: 'badges', attrs: { 'aria-label': 'State' } },
    el('li', { class: 'badge warn', text: 'unverified', attrs: { title: 'No right code was entered yet: challenges are refused (60318)' } }));
  const identity = el('span', { class: 'quiet devices' });
  const code = codeButton(page, 'factor');
  const whose = unseen('');
  const open = el('button', { class: 'small', attrs: { type: 'button' } }, 'QR & more', whose);
  const node = el('li', { class: 'phone' },
    el('div', { class: 'phone-head' }, picture, el('div', { class: 'phone-who' }, name, el('div', { class: 'phone-line' }, marks))),
    code.node,
    el('div', { class: 'phone-foot' }, el('span', { class: 'phone-facts' }, identity), open));
  let factor = null;
  code.node.classList.add('large');
  page.shell.tell(open, () => calls.factors.get(factor.sid));
  open.addEventListener('click', () => openFactor(page, factor.sid));

  const tick = () => code.show(named(factor), page.codes.of(factor.sid, 'factor'));
  return {
    node,
    tick,
    copy: () => copyCode(page.codes.fresh(factor.sid, 'factor'), named(factor).name),
    update(of) {
      factor = of;
      node.dataset.factor = factor.sid;
      picture.className = `avatar hue-${parseInt(factor.sid.slice(-1), 16) % 8}`;
      write(picture, initials(named(factor)));
      write(name, named(factor).name);
      write(identity, factor.identity);
      identity.title = factor.identity;
      write(whose, ` of ${named(factor).name}`);
      marks.hidden = factor.verified;
      tick();
    },
  };
}

/** Opens one factor: QR code and secret, what it is, and a way to remove it. */
async function openFactor(page, sid) {
  let factor;
  try {
    factor = await page.api.send(calls.factors.get(sid));
  } catch (error) {
    complain(error);
    return;
  }
  const about = facts([
    ['Identity', factor.identity], ['Factor', factor.sid], ['Service', factor.service_sid], ['State', factor.verified ? 'verified' : 'unverified'],
    ['Codes', `${factor.alg}; ${count(factor.skew, 'step')} before and after`]]);
  const dialog = openDialog({
    title: named(factor).name,
    wide: true,
    body: el('div', { class: 'dialog-body' },
      el('div', { class: 'user' }, enrol(page, named(factor), ['factor']),
        el('div', { class: 'user-side' }, about, removal(page, 'Remove factor', named(factor).name, () => calls.factors.remove(sid), () => dialog.close()))),
      page.shell.view(() => calls.factors.get(sid))),
  });
}
