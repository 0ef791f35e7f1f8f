import { el, keyed, write } from './dom.js';
import * as calls from './calls.js';
import { newest } from './newest.js';
import { ring } from './ring.js';
import { hms, span } from './time.js';
import { announce, complain } from './notice.js';

const most = 50; // requests on the page; the server keeps more

/**
 * Requests to approve something (OneTouch), those that wait first. `changed` is told how many wait.
 */
export function pushes(page, node, changed) {
  const show = keyed(node, (push) => push.uuid, () => item(page, set));
  const shown = newest();
  let all = [];

  /** Takes an answered request in the place of the pending one. */
  function set(push) {
    shown.changed();
    all = all.map((known) => (known.uuid === push.uuid ? push : known));
    draw();
  }
  function draw() {
    const waiting = all.filter((push) => push.status === 'pending');
    parts = show([...waiting, ...all.filter((push) => push.status !== 'pending')]);
    changed(waiting.length);
  }
  let parts = [];
  page.tick.each(() => { for (const part of parts) part.tick(); });
  return {
    set,
    rename: draw,
    async load() {
      const { items } = await shown.ask(() => page.api.send(calls.approvals.list({ limit: most })));
      const before = new Set(all.map((push) => push.uuid));
      shown.changed();
      all = items.reverse();
      draw();
      const fresh = all.find((push) => push.status === 'pending' && !before.has(push.uuid));
      if (fresh) announce(`Push for ${page.people.name(fresh.user)}: ${fresh.message}. Approve or deny it in the inbox.`);
    },
    clear() {
      shown.changed();
      all = [];
      draw();
    },
  };
}

const words = { approved: 'Approved', denied: 'Denied', expired: 'Expired' };

function item(page, set) {
  const who = el('strong');
  const at = el('time', { class: 'quiet at' });
  const text = el('p', { class: 'push-text' });
  const details = el('dl', { class: 'facts' });
  const clock = ring();
  const left = el('span', { class: 'quiet left' });
  const approve = el('button', { class: 'approve', text: 'Approve', attrs: { type: 'button' } });
  const deny = el('button', { class: 'danger', text: 'Deny', attrs: { type: 'button' } });
  const row = el('div', { class: 'push-row' }, approve, deny, left, clock.node);
  const state = el('p', { class: 'push-state' });
  const node = el('article', { class: 'push' },
    el('div', { class: 'message-head' }, el('span', { class: 'kind', text: 'Push' }), who, at), text, details, row, state);
  let push = null;
  for (const [button, answer] of [[approve, 'approve'], [deny, 'deny']]) {
    const call = () => calls.approvals[answer](push.uuid);
    page.shell.tell(button, call);
    button.addEventListener('click', async () => {
      try {
        const answered = await page.api.send(call());
        set(answered);
        announce(words[answered.status]);
      } catch (error) {
        complain(error);
      }
    });
  }

  const tick = () => {
    approve.disabled = deny.disabled = !page.live();
    if (push.status !== 'pending' || !push.seconds_to_expire) return;
    if (!page.live()) { // the app's clock may have been turned
      clock.show(null);
      write(left, 'no connection');
      return;
    }
    const rest = Date.parse(push.created_at) + push.seconds_to_expire * 1000 - page.time.now();
    clock.show(rest, push.seconds_to_expire * 1000);
    write(left, `${span(rest)} left`);
    if (rest <= 0) set({ ...push, status: 'expired' }); // so the server would say, too
  };
  return {
    node,
    tick,
    update(next) {
      push = next;
      const pending = push.status === 'pending';
      const name = page.people.name(push.user);
      node.classList.toggle('pending', pending);
      node.setAttribute('aria-label', `Push for ${name}`);
      approve.setAttribute('aria-label', `Approve: ${push.message}`);
      deny.setAttribute('aria-label', `Deny: ${push.message}`);
      write(who, name);
      write(at, hms(Date.parse(push.created_at)));
      at.dateTime = push.created_at;
      write(text, push.message);
      const shown = (push.details ?? []).map(({ name: term, value }) => [term, value]);
      if (details.childElementCount !== shown.length * 2) details.replaceChildren(...shown.flatMap(([term, detail]) => [el('dt', { text: term }), el('dd', { text: detail })]));
      row.hidden = !pending;
      clock.node.toggleAttribute('hidden', !push.seconds_to_expire);
      if (!push.seconds_to_expire) write(left, 'never expires');
      state.className = `push-state quiet ${push.status}`;
      state.hidden = pending;
      write(state, `${words[push.status] ?? ''}${push.processed_at ? ` at ${hms(Date.parse(push.processed_at))}` : ''}`);
      tick();
    },
  };
}
