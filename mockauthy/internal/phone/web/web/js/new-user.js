import { el } from './dom.js';
import * as calls from './calls.js';
import { openDialog } from './dialog.js';
import { field, toggle, onSend } from './form.js';
import { notice } from './notice.js';

/** Asks for a new user. */
export function openNewUser(page) {
  const parts = {
    name: field('Name', { name: 'name', autofocus: true, hint: 'how tests and this page call the user; may be empty' }),
    country_code: field('Country code', { name: 'country_code', value: '1', inputmode: 'numeric' }),
    cellphone: field('Number', { name: 'cellphone', inputmode: 'tel', placeholder: '201-555-0123', hint: 'required' }),
    email: field('E-mail', { name: 'email', type: 'email', placeholder: 'may be empty' }),
    secret: field('Secret', { name: 'secret', hint: 'base32; empty: one is made up' }),
  };
  const registered = toggle('Has the Authy app', { checked: true, name: 'registered' });
  const confirmed = toggle('Has entered a right code before (confirmed)', { name: 'confirmed' });
  const call = () => {
    const user = {};
    for (const [name, part] of Object.entries(parts)) {
      if (part.input.value.trim()) user[name] = part.input.value.trim();
    }
    user.cellphone ??= '';
    if (!registered.input.checked) user.registered = false;
    if (confirmed.input.checked) user.confirmed = true;
    return calls.users.add(user);
  };
  const form = page.shell.tell(el('form', { class: 'dialog-body', attrs: { id: 'new-user' } },
    parts.name.node, el('div', { class: 'row' }, parts.country_code.node, parts.cellphone.node), parts.email.node, parts.secret.node,
    registered.node, confirmed.node,
    el('div', { class: 'buttons' }, el('button', { class: 'primary', text: 'Add user', attrs: { type: 'submit' } })),
    page.shell.view(call)), call);
  const dialog = openDialog({ title: 'New user', body: form });
  onSend(form, parts, async () => {
    const user = await page.api.send(call());
    dialog.close();
    notice(`Added ${user.name || 'a user'} with id ${user.id}`);
    await page.load.phones();
  });
}
