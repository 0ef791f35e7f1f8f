import { el, write } from './dom.js';
import * as calls from './calls.js';
import { day, hms } from './time.js';
import { openDialog } from './dialog.js';
import { field, onSend } from './form.js';
import { announce, complain } from './notice.js';

/** The time of the world and the buttons that turn it. */
export function clockBar(page) {
  const date = el('span', { class: 'clock-day' });
  const clock = el('time', { class: 'clock-time', attrs: { id: 'clock' } });
  const freeze = control(page, '', () => ({ freeze: !page.time.frozen() }), { id: 'freeze' });
  const node = el('div', { class: 'clock', attrs: { role: 'group', 'aria-label': 'Clock of this app, UTC' } },
    el('span', { class: 'clock-face' }, clock, date),
    el('span', { class: 'clock-buttons' },
      control(page, '−30 s', () => ({ advance: '-30s' }), { title: 'Back 30 seconds' }),
      freeze,
      control(page, '+10 s', () => ({ advance: '10s' }), { title: 'Forward 10 seconds' }),
      control(page, '+30 s', () => ({ advance: '30s' }), { title: 'Forward 30 seconds' }),
      more(page)));
  page.tick.each(() => {
    const now = page.time.now();
    write(clock, page.live() ? hms(now) : '––:––:––');
    write(date, page.live() ? `${day(now)} UTC` : 'not known now');
    const frozen = page.time.frozen() && page.live();
    write(freeze, frozen ? 'Run' : 'Freeze');
    freeze.setAttribute('aria-label', frozen ? 'Let the clock run' : 'Freeze the clock');
    node.classList.toggle('frozen', frozen);
  });
  return node;
}

/** Sends a change and takes the clock that the server answers. */
async function turn(page, change) {
  const asked = performance.now();
  page.takeClock(await page.api.send(calls.clock.change(change)), asked);
}

/**
 * A button that turns the clock. `title` says more than its text, which stays its name: who speaks
 * to the page says what is seen.
 */
function control(page, text, change, { title, id }) {
  const button = el('button', { class: 'small', text, attrs: { type: 'button', title, id } });
  page.shell.tell(button, () => calls.clock.change(change()));
  button.addEventListener('click', async () => {
    try {
      await turn(page, change());
      announce(`The clock shows ${hms(page.time.now())}${page.time.frozen() ? ' and stands' : ''}`);
    } catch (error) {
      complain(error);
    }
  });
  return button;
}

function more(page) {
  const button = el('button', { class: 'small', text: 'Set…', attrs: { type: 'button', 'aria-label': 'Set the clock' } });
  page.shell.tell(button, () => calls.clock.get());
  button.addEventListener('click', () => openClock(page));
  return button;
}

function openClock(page) {
  const by = field('Move by', { name: 'advance', value: '90s', hint: 'such as 90s, 2h30m or -10s' });
  const to = field('Set to, UTC', { name: 'set', type: 'datetime-local', step: '1', value: new Date(page.time.now()).toISOString().slice(0, 19) });
  const moved = () => ({ advance: by.input.value.trim() });
  const set = () => ({ set: `${to.input.value.length === 16 ? `${to.input.value}:00` : to.input.value}Z` });
  const form = (part, words, change) => {
    const go = el('button', { text: words, attrs: { type: 'submit' } });
    const node = page.shell.tell(el('form', { class: 'row' }, part.node, go), () => calls.clock.change(change()));
    onSend(node, { advance: part, set: part }, () => turn(page, change()));
    return node;
  };
  const back = el('button', { text: 'Back to real time', attrs: { type: 'button' } });
  page.shell.tell(back, () => calls.clock.change({ reset: true }));
  back.addEventListener('click', () => turn(page, { reset: true }).catch(complain));
  const shown = el('p', { class: 'clock-large', attrs: { role: 'timer' } });
  const end = page.tick.each(() => write(shown, page.live() ? `${day(page.time.now())} ${hms(page.time.now())} UTC${page.time.frozen() ? ', frozen' : ''}` : 'The time is not known now.'));
  openDialog({
    title: 'Clock of this app',
    closed: end,
    body: el('div', { class: 'dialog-body' }, shown, form(by, 'Move', moved), form(to, 'Set', set), el('div', { class: 'buttons' }, back),
      page.shell.view(() => calls.clock.change(moved()))),
  });
}
