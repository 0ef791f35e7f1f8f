import { el, keyed, write } from './dom.js';
import * as calls from './calls.js';
import { journalRow, haystack, verdict } from './journal-row.js';
import { announce, complain } from './notice.js';
import { soon } from './soon.js';

const most = 300; // entries on the page; the server keeps more

const picks = {
  all: ['Everything', () => true],
  verify: ['Codes checked', (entry) => entry.endpoint === 'verify'],
  refused: ['Refused', (entry) => entry.decision === 'refused' || entry.status >= 400 || (entry.done_at && !entry.status)],
  fault: ['Hit by a fault', (entry) => Boolean(entry.fault)],
};

/** What was asked, the answer and the reason, as it happens. */
export function journal(page) {
  const section = document.getElementById('journal');
  const search = el('input', { attrs: { type: 'search', id: 'journal-filter', placeholder: 'Filter: user, call, reason, status', 'aria-label': 'Filter the journal', autocomplete: 'off', spellcheck: 'false' } });
  const pick = el('select', { attrs: { id: 'journal-pick', 'aria-label': 'Which entries' } }, ...Object.entries(picks).map(([value, [words]]) => el('option', { text: words, attrs: { value } })));
  const clear = page.shell.tell(el('button', { class: 'small', text: 'Clear', attrs: { type: 'button', 'aria-label': 'Clear the journal' } }), () => calls.journal.clear());
  const list = el('ul', { class: 'entries', attrs: { 'aria-label': 'Requests, newest first' } });
  const empty = el('p', { class: 'empty' });
  section.append(el('div', { class: 'pane-head' }, section.querySelector('h2'), search, pick, clear),
    el('div', { class: 'pane-body', attrs: { tabindex: '0', role: 'region', 'aria-labelledby': 'journal-title' } }, list, empty));
  for (const control of [search, pick]) page.shell.tell(control, () => calls.journal.list(pick.value === 'verify' ? { endpoint: 'verify' } : {}));

  const show = keyed(list, (entry) => entry.id, () => journalRow(page));
  let entries = [];
  function draw() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = entries.filter((entry) => picks[pick.value][1](entry) && words.every((word) => haystack(page, entry).includes(word)));
    show(wanted);
    empty.hidden = wanted.length > 0;
    write(empty, entries.length ? 'Nothing here matches the filter.' : 'No requests yet. Every call to the Authy API appears here, with the reason for its answer.');
    clear.disabled = !entries.length;
  }
  const drawSoon = soon(draw); // a load test may send thousands of entries a second
  search.addEventListener('input', draw);
  pick.addEventListener('change', draw);
  clear.addEventListener('click', async () => {
    try {
      await page.api.send(calls.journal.clear());
      entries = [];
      draw();
    } catch (error) {
      complain(error);
    }
  });

  return {
    rename: draw,
    async load() {
      entries = (await page.api.send(calls.journal.list({ limit: most }))).items.reverse();
      draw();
    },
    /** Takes a new entry, or one that was answered meanwhile. */
    add(entry) {
      const at = entries.findIndex((known) => known.id === entry.id);
      if (at >= 0) entries[at] = entry;
      else entries = [entry, ...entries].slice(0, most);
      drawSoon();
      if (entry.done_at && entry.endpoint === 'verify') announce(`Code of ${page.people.name(entry.user) || 'nobody'}: ${verdict(entry)}`);
    },
    clear() {
      entries = [];
      draw();
    },
  };
}
