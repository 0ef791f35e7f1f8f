import { el, keyed, write } from './dom.js';
import * as calls from './calls.js';
import { clockBar } from './clock.js';
import { themeButton } from './theme.js';
import { openDialog } from './dialog.js';
import { announce, notice, complain } from './notice.js';

/** Fills the head of the page: app, clock, connection, reset, theme. */
export function top(page) {
  document.getElementById('top').append(appSwitch(page), clockBar(page),
    el('div', { class: 'top-end' }, connection(page), resetButton(page), themeButton()));
}

function appSwitch(page) {
  const select = el('select', { attrs: { id: 'app', 'aria-label': 'App' } });
  const draw = keyed(select, (app) => app.key, () => {
    const node = el('option');
    return {
      node,
      update(app) {
        write(node, app.name && app.name !== app.key ? `${app.name} · ${app.key}` : app.key);
        node.value = app.key;
      },
    };
  });
  const show = () => {
    draw(page.state.apps.get());
    select.value = page.state.key.get();
  };
  page.state.apps.watch(show);
  page.state.key.watch(show);
  select.addEventListener('change', () => page.choose(select.value));
  for (const event of ['focus', 'pointerenter']) select.addEventListener(event, () => page.readApps().catch(complain)); // tests make apps meanwhile
  page.shell.tell(select, () => calls.apps.list());
  const missing = el('span', { class: 'app-missing', attrs: { role: 'status' } });
  page.state.missing.watch((app) => write(missing, app && `There is no app “${app}” here now; this is another one.`));
  return el('div', { class: 'app-switch' }, el('label', {}, el('span', { class: 'quiet', text: 'App' }), select), missing);
}

const states = { live: 'live', connecting: 'connecting…', lost: 'no connection, trying again…' };

function connection(page) {
  const words = el('span');
  const node = el('span', { class: 'connection', attrs: { id: 'connection' } }, el('span', { class: 'dot', attrs: { 'aria-hidden': 'true' } }), words);
  page.shell.tell(node, () => calls.events());
  let before = '';
  page.state.connection.watch((now) => {
    write(words, states[now]);
    node.dataset.state = now;
    if (now === 'lost' && before !== 'lost') announce('The connection to mockauthy is lost.');
    if (now === 'live' && before === 'lost') announce('Connected to mockauthy again.');
    if (now !== 'connecting') before = now;
  });
  return node;
}

function resetButton(page) {
  const button = el('button', { class: 'small', text: 'Reset…', attrs: { type: 'button', id: 'reset' } });
  page.shell.tell(button, () => calls.reset());
  button.addEventListener('click', () => {
    const go = el('button', { class: 'danger', text: 'Reset this app', attrs: { type: 'button', autofocus: true } });
    const stay = el('button', { text: 'Keep everything', attrs: { type: 'button' } });
    page.shell.tell(go, () => calls.reset());
    const dialog = openDialog({
      title: 'Back to the start?',
      body: el('div', { class: 'dialog-body' },
        el('p', { text: 'Users, clock, faults, journal and inbox of this app go back to what they were when mockauthy started.' }),
        el('div', { class: 'buttons' }, go, stay),
        page.shell.view(() => calls.reset())),
    });
    stay.addEventListener('click', () => dialog.close());
    go.addEventListener('click', async () => {
      try {
        await page.api.send(calls.reset());
        dialog.close();
        notice('The app is as it was at the start');
        await page.resync();
      } catch (error) {
        complain(error);
      }
    });
  });
  return button;
}
