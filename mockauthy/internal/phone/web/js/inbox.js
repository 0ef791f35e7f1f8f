import { el, keyed, unseen, write } from './dom.js';
import * as calls from './calls.js';
import { copyCode } from './code-button.js';
import { groups, channel, spelled } from './words.js';
import { hms } from './time.js';
import { announce, complain } from './notice.js';
import { pushes } from './pushes.js';

const most = 200; // messages on the page; the server keeps more

/** Texts, calls and e-mails that would have been sent, newest first. */
export function inbox(page) {
  const section = document.getElementById('inbox');
  const clear = page.shell.tell(el('button', { class: 'small', text: 'Clear', attrs: { type: 'button', 'aria-label': 'Clear the inbox' } }), () => calls.outbox.clear());
  const list = el('ul', { class: 'messages', attrs: { 'aria-label': 'Messages, newest first' } });
  const empty = el('p', { class: 'empty', text: 'Nothing was sent yet. Texts, calls and pushes that a real Authy would send arrive here.' });
  const asked = el('div', { attrs: { id: 'pushes' } });
  const badge = el('span', { class: 'count', data: { count: 'inbox' } });
  section.append(el('div', { class: 'pane-head' }, section.querySelector('h2'), badge, el('span', { class: 'spring' }), clear),
    el('div', { class: 'pane-body', attrs: { tabindex: '0', role: 'region', 'aria-labelledby': 'inbox-title' } }, asked, list, empty));
  clear.addEventListener('click', async () => {
    try {
      await page.api.send(calls.outbox.clear());
      set([]);
    } catch (error) {
      complain(error);
    }
  });

  const show = keyed(list, (message) => message.id, () => item(page));
  let messages = [];
  function set(next) {
    messages = next;
    show(messages);
    refresh();
  }
  function refresh() {
    empty.hidden = messages.length > 0 || asked.childElementCount > 0;
    clear.disabled = messages.length === 0;
  }
  page.state.connection.watch(() => show(messages));
  const requests = pushes(page, asked, (waiting) => {
    for (const one of document.querySelectorAll('[data-count="inbox"]')) write(one, waiting ? String(waiting) : '');
    document.title = waiting ? `(${waiting}) mockauthy` : 'mockauthy';
    refresh();
  });
  return {
    pushes: requests,
    rename() {
      show(messages);
      requests.rename();
    },
    async load() {
      const answer = await page.api.send(calls.outbox.list({ limit: most }));
      set(answer.items.filter((message) => message.channel !== 'push').reverse());
    },
    /** Takes a new message; what a push asks is shown by the requests. */
    add(message) {
      if (messages.some((known) => known.id === message.id)) return;
      set([message, ...messages].slice(0, most));
      announce(`${channel(message.channel)} to ${page.people.name(message.user) || message.to}${message.code ? `, code ${spelled(message.code)}` : ''}`);
    },
    clear() {
      set([]);
      requests.clear();
    },
  };
}

function item(page) {
  const kind = el('span', { class: 'kind' });
  const who = el('strong');
  const to = el('span', { class: 'quiet' });
  const at = el('time', { class: 'quiet at' });
  const text = el('p', { class: 'message-text' });
  const digits = el('span', { class: 'digits', attrs: { 'aria-hidden': 'true' } });
  const read = unseen('');
  const code = el('button', { class: 'code-chip', attrs: { type: 'button' } }, digits, read, el('span', { class: 'quiet', text: 'copy' }));
  const node = el('li', { class: 'message' },
    el('div', { class: 'message-head' }, kind, who, at), to, text, code);
  let message = null;
  page.shell.tell(node, () => calls.outbox.list({ user: message.user || '', since: message.id - 1 })); // this one is the first of the answer
  code.addEventListener('click', () => copyCode(message.code, page.people.name(message.user)));
  return {
    node,
    update(next) {
      const same = message === next; // not by number: a server that restarts gives the same ones to new messages
      message = next;
      write(who, page.people.name(message.user) || (message.channel === 'email' ? 'an address' : 'a telephone'));
      code.disabled = !page.live(); // a server that comes back may have sent nothing
      if (same) return;
      kind.className = `kind ${message.channel}`;
      write(kind, channel(message.channel));
      write(to, message.to);
      write(at, hms(Date.parse(message.at)));
      at.dateTime = message.at;
      write(text, message.text);
      digits.replaceChildren(...groups(message.code || '').map((part) => el('span', { text: part })));
      code.hidden = !message.code;
      write(read, `Code ${spelled(message.code || '')}, `);
    },
  };
}
