import { el, keyed, write } from './dom.js';
import * as calls from './calls.js';
import { card } from './card.js';
import { factorCard } from './factor.js';
import { openNewUser } from './new-user.js';
import { count } from './words.js';
import { complain } from './notice.js';

const pageSize = 24;

/**
 * The users of Authy and the factors of Verify as phones: searched and paged by the server, so a
 * thousand cost no more than twenty-four.
 */
export function phones(page) {
  const section = document.getElementById('phones');
  const query = { search: '', offset: 0, limit: pageSize };
  const search = el('input', {
    attrs: { type: 'search', id: 'search', placeholder: 'Name, number or id', 'aria-label': 'Search users and factors; Enter copies the first code', autocomplete: 'off', spellcheck: 'false' },
  });
  const add = el('button', { class: 'primary', text: 'Add user', attrs: { type: 'button', id: 'add-user' } });
  const cards = el('ul', { class: 'phones' });
  const factors = el('ul', { class: 'phones', attrs: { id: 'factors', 'aria-labelledby': 'factors-title' } });
  const factorsTitle = el('h3', { class: 'phones-title', text: 'Factors of Verify', attrs: { id: 'factors-title' } });
  const empty = el('p', { class: 'empty' });
  const back = el('button', { class: 'small', text: '‹ Back', attrs: { type: 'button' } });
  const on = el('button', { class: 'small', text: 'On ›', attrs: { type: 'button' } });
  const where = el('span', { class: 'quiet', attrs: { role: 'status', id: 'phones-where' } });
  const pager = el('div', { class: 'pager' }, back, where, on);
  const body = el('div', { class: 'pane-body', attrs: { tabindex: '0', 'aria-labelledby': 'phones-title', role: 'region' } }, cards, factorsTitle, factors, empty);
  const head = el('div', { class: 'pane-head' }, section.querySelector('h2'), search, add);
  section.append(head, body, pager);

  page.shell.tell(search, () => calls.users.list({ ...query, search: search.value.trim() }));
  page.shell.tell(back, () => calls.users.list({ ...query, offset: Math.max(0, query.offset - pageSize) }));
  page.shell.tell(on, () => calls.users.list({ ...query, offset: query.offset + pageSize }));
  page.shell.tell(add, () => calls.users.add({ name: 'bob', country_code: 1, cellphone: '2015550123' }));

  const show = keyed(cards, (user) => user.id, () => card(page));
  const showFactors = keyed(factors, (factor) => factor.sid, () => factorCard(page));
  let shown = [];
  let newest = 0;

  async function load() {
    const mine = ++newest;
    const [users, found] = await Promise.all([page.api.send(calls.users.list(query)), page.api.send(calls.factors.list(query))]);
    if (mine !== newest) return; // a later question was asked meanwhile
    const total = Math.max(users.total, found.total);
    if (!users.items.length && !found.items.length && query.offset > 0) {
      query.offset = Math.max(0, Math.floor((total - 1) / pageSize) * pageSize);
      return load();
    }
    page.people.learn(users.items);
    page.codes.show([...users.items.map((user) => user.id), ...found.items.map((factor) => factor.sid)]);
    shown = [...show(users.items), ...showFactors(found.items)];
    const { offset } = query;
    const part = (answer, one) => (answer.total > pageSize && answer.items.length ? `${offset + 1} to ${offset + answer.items.length} of ` : '') + count(answer.total, one);
    write(where, part(users, 'user') + (found.total ? `, ${part(found, 'factor')}` : ''));
    back.disabled = offset === 0;
    on.disabled = offset + pageSize >= total;
    back.hidden = on.hidden = total <= pageSize;
    write(empty, query.search ? `No user goes by “${query.search}”.` : 'No users yet. Add one, or register one through the API.');
    empty.hidden = total > 0;
    factorsTitle.hidden = !found.items.length;
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
    shown[0]?.copy();
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
      shown = [...show([]), ...showFactors([])];
      page.codes.show([]);
    },
  };
}
