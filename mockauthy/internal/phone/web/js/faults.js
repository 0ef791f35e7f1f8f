import { el, keyed, write } from './dom.js';
import * as calls from './calls.js';
import { choice, field, toggle } from './form.js';
import { newest } from './newest.js';
import { groups } from './presets.js';
import { count } from './words.js';
import { announce, complain } from './notice.js';

const endpoints = [['verify', 'checking a code'], ['', 'every call'], ['sms', 'sending a text'], ['call', 'calling by phone'], ['approvals/new', 'asking for a push'],
  ['approvals/get', 'asking how a push went'], ['users/new', 'registering a user'], ['users/status', 'asking for a user’s status'], ['users/delete', 'removing a user'], ['app/details', 'asking for the app']];
const often = [['', 'every time'], ['1', 'once'], ['2', 'twice'], ['3', 'three times']];

const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (effect) => Object.entries(effect).sort(([a], [b]) => (a < b ? -1 : 1));

/** Whether a rule of the server does what a preset does, whatever it matches. */
const isOf = (preset, rule) => same(preset.effect, rule.effect);

const callWords = (endpoint = '') => new Map([...endpoints, ['tls', 'the TLS handshake']]).get(endpoint) ?? endpoint;

/** The faults as switches, and the rules that tests have set. */
export function faults(page) {
  const section = document.getElementById('faults');
  const endpoint = choice('When', endpoints, { name: 'endpoint' });
  const times = choice('How often', often, { name: 'times' });
  const user = field('For', { name: 'user', placeholder: 'everybody' });
  const rule = (preset) => {
    const match = {};
    if (preset.endpoint ?? endpoint.input.value) match.endpoint = preset.endpoint ?? endpoint.input.value;
    if (!preset.endpoint && user.input.value.trim()) match.user = user.input.value.trim();
    return { match, effect: preset.effect, ...(times.input.value && { times: Number(times.input.value) }) };
  };
  const summary = el('summary');
  const describe = () => write(summary, `A switch acts on ${endpoint.input.selectedOptions[0].textContent}, for ${user.input.value.trim() || 'everybody'}, ${times.input.selectedOptions[0].textContent}`);
  for (const part of [endpoint, times, user]) part.input.addEventListener('input', describe);
  describe();
  const off = page.shell.tell(el('button', { class: 'small', text: 'All off', attrs: { type: 'button' } }), () => calls.faults.clear());
  const others = el('ul', { class: 'rules' });
  const othersTitle = el('h3', { text: 'Other rules' });
  let rules = [];

  const rows = [];
  const lists = groups.map(({ title, presets }) => el('fieldset', { class: 'fault-group' }, el('legend', { text: title }),
    ...presets.map((preset) => {
      const row = presetRow(page, preset, () => rule(preset), () => rules.filter((r) => isOf(preset, r)), load);
      rows.push(row);
      return row.node;
    })));
  section.append(el('div', { class: 'pane-head' }, section.querySelector('h2'), el('span', { class: 'count', data: { count: 'faults' } }), el('span', { class: 'spring' }), off),
    el('div', { class: 'pane-body', attrs: { tabindex: '0', role: 'region', 'aria-labelledby': 'faults-title' } },
      el('details', { class: 'scope' }, summary, el('div', { class: 'scope-fields' }, endpoint.node, user.node, times.node)),
      othersTitle, others, ...lists));
  off.addEventListener('click', () => page.api.send(calls.faults.clear()).then(load).catch(complain));

  const show = keyed(others, (r) => r.id, () => ruleRow(page, load));
  function draw() {
    for (const row of rows) row.draw();
    const own = rules.filter((r) => !groups.some(({ presets }) => presets.some((preset) => isOf(preset, r))));
    show(own);
    othersTitle.hidden = !own.length;
    off.disabled = !rules.length;
    for (const badge of document.querySelectorAll('[data-count="faults"]')) write(badge, rules.length ? String(rules.length) : '');
  }
  const shown = newest();
  function set(next) {
    shown.changed();
    rules = next;
    draw();
  }
  async function load() {
    set((await shown.ask(() => page.api.send(calls.faults.list()))).items);
  }
  draw();
  return { load, set, clear: () => set([]) };
}

/** What a rule applies to, and how often it has: "checking a code, for alice; hit twice". */
function scope(rule) {
  const { match = {} } = rule;
  const words = [callWords(match.endpoint)];
  if (match.method) words.push(`by ${match.method}`);
  if (match.user) words.push(`for ${match.user}`);
  if (match.nth) words.push(`request number ${match.nth} only`);
  if (rule.after) words.push(`after the first ${rule.after}`);
  if (rule.probability) words.push(`in ${Math.round(rule.probability * 100)} of 100`);
  const hits = rule.times ? `hit ${rule.hits} of ${count(rule.times, 'time')}` : `hit ${count(rule.hits, 'time')}`;
  return `${words.join(', ')}; ${rule.disabled ? 'disabled' : hits}`;
}

function presetRow(page, preset, rule, active, load) {
  const { node, input } = toggle(preset.name);
  const words = el('span', { class: 'fault-words', text: preset.words });
  const where = el('span', { class: 'fault-scope' });
  node.append(words, where);
  node.classList.add('fault');
  page.shell.tell(node, () => (active().length ? calls.faults.remove(active()[0].id) : calls.faults.add(rule())));
  input.addEventListener('change', async () => {
    try {
      if (input.checked) {
        await page.api.send(calls.faults.add(rule()));
        announce(`${preset.name}: on`);
      } else {
        for (const one of active()) await page.api.send(calls.faults.remove(one.id));
        announce(`${preset.name}: off`);
      }
    } catch (error) {
      complain(error);
    }
    await load().catch((error) => {
      draw(); // the switch must not say what nobody has done
      complain(error);
    });
  });
  const draw = () => {
    const rules = active();
    input.checked = rules.length > 0;
    node.classList.toggle('on', rules.length > 0);
    write(where, rules.map(scope).join(' · '));
    where.hidden = !rules.length;
  };
  return { node, draw };
}

function ruleRow(page, load) {
  const what = el('code', { class: 'rule-effect' });
  const where = el('span', { class: 'fault-scope' });
  const remove = el('button', { class: 'small', text: 'Remove', attrs: { type: 'button' } });
  const node = el('li', { class: 'rule' }, el('span', { class: 'rule-text' }, what, where), remove);
  let rule = null;
  page.shell.tell(node, () => calls.faults.remove(rule.id));
  remove.addEventListener('click', () => page.api.send(calls.faults.remove(rule.id)).then(load).catch(complain));
  return {
    node,
    update(next) {
      rule = next;
      write(what, Object.entries(rule.effect).map(([name, value]) => `${name} ${value}`).join(', '));
      write(where, scope(rule));
      remove.setAttribute('aria-label', `Remove rule ${rule.id}`);
    },
  };
}
