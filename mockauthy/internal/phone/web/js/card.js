import { el, keyed, unseen, write } from './dom.js';
import * as calls from './calls.js';
import { codeButton, copyCode } from './code-button.js';
import { called, initials, masked, device } from './words.js';
import { openUser } from './user.js';

/** The badges of a user: what keeps the codes from working, or changes what they do. */
export function badges(user) {
  return [
    user.deleted && ['deleted', 'bad', 'Removed from the app; during the grace period codes may still pass'],
    user.suspended && ['suspended', 'bad', 'Right codes are refused too (60017)'],
    user.disabled && ['disabled', 'bad', 'Codes are refused (60018)'],
    !user.confirmed && ['unconfirmed', 'warn', 'Has never entered a right code'],
  ].filter(Boolean);
}

/** One user as a phone: returns {node, update(user), tick(), copy()}. */
export function card(page) {
  const picture = el('span', { class: 'avatar', attrs: { 'aria-hidden': 'true' } });
  const name = el('h3', { class: 'name' });
  const number = el('span', { class: 'quiet number' });
  const marks = el('ul', { class: 'badges', attrs: { 'aria-label': 'State' } });
  const id = el('span', { class: 'quiet' });
  const devices = el('span', { class: 'quiet devices' });
  const apps = el('div', { class: 'apps' });
  const showApps = keyed(apps, (one) => one.id, () => appCode(page));
  const generic = codeButton(page, 'generic');
  const none = el('p', { class: 'no-app', text: 'No Authy app on this phone: codes come by text or call.' });
  const whose = unseen('');
  const open = el('button', { class: 'small', attrs: { type: 'button' } }, 'QR & more', whose);
  const node = el('li', { class: 'phone' },
    el('div', { class: 'phone-head' }, picture, el('div', { class: 'phone-who' }, name, el('div', { class: 'phone-line' }, number, marks))),
    apps, none, generic.node,
    el('div', { class: 'phone-foot' }, el('span', { class: 'phone-facts' }, id, devices), open));
  let user = null;
  let shown = [];
  page.shell.tell(open, () => calls.users.get(user.id));
  open.addEventListener('click', () => openUser(page, user.id));

  const tick = () => {
    for (const one of shown) one.tick(user);
    generic.show(user, page.codes.of(user.id, 'generic'));
  };
  return {
    node,
    tick,
    /** Copies the code that a login would most likely want. */
    copy() {
      const first = user.registered && user.devices[0];
      copyCode(first ? page.codes.fresh(user.id, 'app', first.id) : page.codes.fresh(user.id, 'generic'), called(user));
    },
    update(of) {
      user = of;
      node.dataset.user = user.id;
      picture.className = `avatar hue-${user.id % 8}`;
      write(picture, initials(user));
      write(name, called(user));
      name.title = user.email || called(user);
      write(number, masked(user));
      write(id, `id ${user.id}`);
      write(devices, user.devices.map((d) => device(d.os)).join(', ') || 'no device');
      write(whose, ` of ${called(user)}`);
      shown = showApps(user.registered ? user.devices : []);
      none.hidden = user.registered;
      node.classList.toggle('off', user.deleted || user.suspended || user.disabled);
      marks.replaceChildren(...badges(user).map(([text, kind, why]) => el('li', { class: `badge ${kind}`, text, attrs: { title: why } })));
      marks.hidden = !marks.childElementCount;
      tick();
    },
  };
}

/** The code that the app shows on one of a user's devices. The first is large: a login may take any. */
function appCode(page) {
  const code = codeButton(page, 'app');
  let on = null;
  return {
    node: code.node,
    tick(user) {
      code.node.classList.toggle('large', user.devices[0].id === on.id);
      code.show(user, page.codes.of(user.id, 'app', on.id), { id: on.id, name: user.devices.length > 1 ? device(on.os) : '' });
    },
    update(of) {
      on = of;
    },
  };
}
