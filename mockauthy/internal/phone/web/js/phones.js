import { el, keyed, write } from './dom.js';
import * as calls from './calls.js';
import { card } from './card.js';
import { copyCode } from './code-button.js';
import { openNewUser } from './new-user.js';
import { called, count } from './words.js';
import { complain } from './notice.js';

const pageSize = 24;

/** The users as phones: searched and paged by the server, so a thousand cost no more than twenty-four. */
export function phones(page) {
  const section = document.getElementById('phones');
  const query = { search: '', offset: 0, limit: pageSize };
  const search = el('input', {
    attrs: { type: 'search', id: 'search', placeholder: 'Name, number or id', 'aria-label': 'Search users; Enter copies the first code', autocomplete: 'off', spellcheck: 'false' },
  });
  const add = el('button', { class: 'primary', text: 'Add user', attrs: { type: 'button', id: 'add-user' } });
  const cards = el('ul', { class: 'phones' });
  const empty = el('p', { class: 'empty' });
  const back = el('button', { class: 'small', text: '‹ Back', attrs: { type: 'button' } });
  const on = el('button', { class: 'small', text: 'On ›', attrs: { type: 'button' } });
  const where = el('span', { class: 'quiet', attrs: { role: 'status', id: 'phones-where' } });
  const pager = el('div', { class: 'pager' }, back, where, on);
  const body = el('div', { class: 'pane-body', attrs: { tabindex: '0', 'aria-labelledby': 'phones-title', role: 'region' } }, cards, empty);
  const head = el('div', { class: 'pane-head' }, section.querySelector('h2'), search, add);
  section.append(head, body, pager);

  page.shell.tell(search, () => calls.users.list({ ...query, search: search.value.trim() }));
  page.shell.tell(back, () => calls.users.list({ ...query, offset: Math.max(0, query.offset - pageSize) }));
  page.shell.tell(on, () => calls.users.list({ ...query, offset: query.offset + pageSize }));
  page.shell.tell(add, () => calls.users.add({ name: 'bob', country_code: 1, cellphone: '2015550123' }));

  const show = keyed(cards, (user) => user.id, () => card(page));
  let shown = [];
  let newest = 0;

  async function load() {
    const mine = ++newest;
    const answer = await page.api.send(calls.users.list(query));
    if (mine !== newest) return; // a later question was asked meanwhile
    if (!answer.items.length && query.offset > 0) {
      query.offset = Math.max(0, Math.floor((answer.total - 1) / pageSize) * pageSize);
      return load();
    }
    page.people.learn(answer.items);
    page.codes.show(answer.items.map((user) => user.id));
    shown = show(answer.items);
    const { offset } = query;
    write(where, answer.total > pageSize ? `${offset + 1} to ${offset + answer.items.length} of ${count(answer.total, 'user')}` : count(answer.total, 'user'));
    back.disabled = offset === 0;
    on.disabled = offset + pageSize >= answer.total;
    back.hidden = on.hidden = answer.total <= pageSize;
    write(empty, query.search ? `No user goes by “${query.search}”.` : 'No users yet. Add one, or register one through the API.');
    empty.hidden = answer.items.length > 0;
  }

  const go = (offset) => {
    query.offset = Math.max(0, offset);
    body.scrollTop = 0;
    load().catch(complain);
  };
  back.addEventListener('click', () => go(query.offset - pageSize));
  on.addEventListener('click', () => go(query.offset + pageSize));
  add.addEventListener('click', () => openNewUser(page));
  search.addEventListener('input', () => {
    query.search = search.value.trim();
    go(0);
  });
  search.addEventListener('keydown', async (event) => {
    if (event.key !== 'Enter') return;
    await load().catch(complain);
    const user = page.people.known(Number(shown[0]?.node.dataset.user));
    if (!user) return;
    const device = user.registered && user.devices[0];
    copyCode(device ? page.codes.fresh(user.id, 'app', device.id) : page.codes.fresh(user.id, 'generic'), called(user));
  });

  page.tick.each(() => {
    for (const one of shown) one.tick();
    page.codes.tick();
  });
  return {
    load,
    /** Begins anew for another app. */
    clear() {
      query.search = search.value = '';
      query.offset = 0;
      shown = show([]);
      page.codes.show([]);
    },
  };
}
