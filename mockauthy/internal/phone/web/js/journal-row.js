import { el, facts, write } from './dom.js';
import * as calls from './calls.js';
import { hms } from './time.js';

/** What the filter looks in. */
export const haystack = (page, entry) => [entry.endpoint, entry.method, entry.path, entry.user, page.people.name(entry.user), entry.identity,
  entry.status, entry.decision, entry.reason, entry.fault].join(' ').toLowerCase();

/** Decision and reason: "refused: code of the step before last". */
export const verdict = (entry) => (entry.reason.startsWith(`${entry.decision}:`) ? entry.reason : [entry.decision, entry.reason].filter(Boolean).join(': '));

/** good, bad or nothing special. */
function tone(entry) {
  if (!entry.done_at) return 'waiting';
  if (entry.decision === 'refused' || entry.status >= 400 || !entry.status) return 'bad';
  return entry.decision === 'accepted' ? 'good' : 'plain';
}

/** One request: a row that opens to show all of it. Returns {node, update(entry)}. */
export function journalRow(page) {
  const at = el('time', { class: 'at quiet' });
  const endpoint = el('span', { class: 'endpoint' });
  const who = el('span', { class: 'who' });
  const status = el('span', { class: 'status' });
  const fault = el('span', { class: 'badge warn', text: 'fault' });
  const reason = el('span', { class: 'reason' });
  const row = el('button', { class: 'entry-row', attrs: { type: 'button', 'aria-expanded': 'false' } }, at, status, endpoint, who, reason, fault);
  const details = el('div', { class: 'entry-details', attrs: { hidden: true } });
  const node = el('li', { class: 'entry' }, row, details);
  let entry = null;
  page.shell.tell(node, () => calls.journal.list({ since: entry.id - 1 })); // this one is the first of the answer
  row.addEventListener('click', () => {
    details.hidden = !details.hidden;
    row.setAttribute('aria-expanded', String(!details.hidden));
    if (!details.hidden) open();
  });

  function open() {
    const took = entry.done_at ? Date.parse(entry.done_at) - Date.parse(entry.at) : 0; // by the app's clock, which may stand or be turned
    const rows = [
      ['Request', `${entry.method} ${entry.path}`],
      ['At', `${entry.at.replace('T', ' ').replace(/(?:(\.\d{1,3})\d*)?Z$/, '$1 UTC')}${took > 0 ? `, answered after ${took} ms` : ''}`],
      !entry.done_at && ['Answer', 'not yet'],
      entry.identity ? ['For', entry.identity] : ['User', entry.user ? `${page.people.name(entry.user)} (${entry.user})` : 'nobody'],
      ['Decision', verdict(entry)],
      entry.fault && ['Fault', `rule ${entry.fault}`],
    ].filter(Boolean);
    details.replaceChildren(
      facts(rows),
      ...[['What was sent', entry.request], ['What was answered', entry.reply]].filter(([, text]) => text)
        .map(([title, text]) => el('figure', { class: 'wire' }, el('figcaption', { text: title }), el('pre', { text: pretty(text), attrs: { tabindex: '0' } }))));
  }

  return {
    node,
    update(next) {
      const name = page.people.name(next.user) || next.identity || '';
      const same = entry === next && who.textContent === name;
      entry = next;
      if (same) return;
      node.className = `entry ${tone(entry)}`;
      write(at, hms(Date.parse(entry.at)));
      at.dateTime = entry.at;
      write(endpoint, entry.endpoint);
      write(who, name);
      write(status, entry.status ? String(entry.status) : entry.done_at ? 'cut' : '…');
      write(reason, verdict(entry));
      fault.hidden = !entry.fault;
      if (!details.hidden) open();
    },
  };
}

/** JSON with line breaks; anything else as it is. */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
