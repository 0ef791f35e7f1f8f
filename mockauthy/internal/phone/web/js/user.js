import { el, facts, write } from './dom.js';
import * as calls from './calls.js';
import { openDialog } from './dialog.js';
import { toggle } from './form.js';
import { called, device } from './words.js';
import { copy } from './clipboard.js';
import { notice, complain, reason } from './notice.js';

/**
 * Opens one user: QR code and secret for an authenticator app, devices, and what can be changed.
 */
export async function openUser(page, id) {
  let user;
  try {
    user = await page.api.send(calls.users.get(id));
  } catch (error) {
    complain(error);
    return;
  }
  const dialog = openDialog({
    title: called(user),
    wide: true,
    body: el('div', { class: 'dialog-body' },
      el('div', { class: 'user' }, enrol(page, user, user.registered ? ['generic', 'app'] : ['generic']), el('div', { class: 'user-side' }, about(user), switches(page, user, () => dialog.close()))),
      page.shell.view(() => calls.users.get(id))),
  });
}

const secretOf = (otpauth) => new URL(otpauth).searchParams.get('secret');

/** QR code and secret of what goes by `user.id`, for one of its families. */
export function enrol(page, user, families) {
  const picture = el('img', { class: 'qr', attrs: { width: 240, height: 240 } });
  const secret = el('code', { class: 'secret' });
  const note = el('p', { class: 'hint' });
  let chosen = '';
  const buttons = families.map((family) => {
    const button = el('button', { class: 'small', text: family === 'app' ? 'Authy app' : 'Any authenticator', attrs: { type: 'button', 'aria-pressed': 'false' } });
    page.shell.tell(button, () => calls.token(user.id, family));
    button.addEventListener('click', () => show(family, button).catch(complain));
    return button;
  });

  async function show(family, button) {
    for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
    chosen = family;
    const token = await page.api.send(calls.token(user.id, family));
    picture.src = calls.qr(user.id, family, page.state.key.get()).path;
    picture.alt = `QR code that loads the ${family} secret of ${called(user)} into an authenticator app`;
    write(secret, secretOf(token.otpauth));
    write(note, `${token.digits} digits, a new code every ${token.period} seconds.${family === 'app' ? ' Few authenticator apps can do that; the other code fits all.' : ''}`);
  }
  show(families[0], buttons[0]).catch(complain);

  /**
   * Copies what the server says at this moment, as it may know another secret by now, or nobody.
   */
  async function takeOut(text) {
    try {
      const fresh = page.api.send(calls.token(user.id, chosen)).then(({ otpauth }) => text(otpauth));
      if (await copy(fresh)) notice('Copied');
    } catch (error) {
      notice(`Not copied: ${reason(error)}`, 'bad');
    }
  }

  const take = (words, text) => el('button', { class: 'small', text: words, attrs: { type: 'button' }, on: { click: () => takeOut(text) } });
  return el('div', { class: 'enrol' }, buttons.length > 1 ? el('div', { class: 'buttons' }, ...buttons) : null, picture, note, secret,
    el('div', { class: 'buttons' }, take('Copy secret', secretOf), take('Copy otpauth://', (otpauth) => otpauth)));
}

function about(user) {
  return facts([
    ['Authy id', String(user.id)],
    ['Number', `+${user.country_code} ${user.cellphone}`],
    ['E-mail', [user.email, ...(user.emails ?? [])].filter(Boolean).join(', ') || 'none'],
    ['Devices', user.devices.map((d) => `${device(d.os)} (${d.id})`).join(', ') || 'none'],
  ]);
}

function switches(page, user, close) {
  const rows = [
    ['confirmed', 'Has entered a right code before'],
    ['registered', 'Has the Authy app'],
    ['suspended', 'Suspended: right codes are refused too'],
    ['disabled', 'Disabled by the app'],
  ].map(([name, words]) => {
    const part = toggle(words, { checked: user[name], name });
    page.shell.tell(part.node, () => calls.users.change(user.id, { [name]: !part.input.checked })); // what pressing it would do
    part.input.addEventListener('change', async () => {
      try {
        await page.api.send(calls.users.change(user.id, { [name]: part.input.checked }));
      } catch (error) {
        part.input.checked = !part.input.checked;
        complain(error);
        return;
      }
      await page.load.phones().catch(complain);
    });
    return part.node;
  });
  return el('div', { class: 'switches' }, ...rows, removal(page, 'Remove user', called(user), () => calls.users.remove(user.id), close));
}

/** The button that removes a user or a factor by `call`. */
export function removal(page, words, name, call, close) {
  const remove = page.shell.tell(el('button', { class: 'danger small', text: words, attrs: { type: 'button' } }), call);
  remove.addEventListener('click', async () => {
    try {
      await page.api.send(call());
      close();
      notice(`Removed ${name}`);
      await page.load.phones();
    } catch (error) {
      complain(error);
    }
  });
  return el('div', { class: 'buttons' }, remove);
}
