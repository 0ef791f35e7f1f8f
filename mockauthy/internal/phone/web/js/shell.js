import { el, write } from './dom.js';
import { curl } from './curl.js';
import { copy } from './clipboard.js';
import { notice } from './notice.js';

/**
 * Shows for the control that has the focus, or that the mouse is over, the curl line that does the same.
 * The line is written anew all the time, since what a control does may depend on what happened meanwhile.
 * @param key returns the API key that the line must name, or ''.
 */
export function shell(key, tick) {
  const calls = new WeakMap();
  const draws = new Set();
  let current = null;

  const all = () => { for (const draw of draws) draw(); };
  const look = (event) => {
    let node = event.target;
    while (node instanceof Element && !calls.has(node)) node = node.parentElement;
    current = calls.get(node) ?? current;
    all();
  };
  for (const event of ['focusin', 'pointerover', 'input']) document.addEventListener(event, look);
  tick.each(all);

  return {
    /** Says what call a control makes; `call` is a function, since it may depend on what was typed. Returns the control. */
    tell(control, call) {
      calls.set(control, call);
      return control;
    },
    /** A view of the line. `first` is shown until a control is reached. */
    view(first = null) {
      const code = el('code', { class: 'shell-line', attrs: { tabindex: '0' } });
      const button = el('button', { class: 'small', text: 'Copy', attrs: { type: 'button', 'aria-label': 'Copy the curl line' } });
      button.addEventListener('click', async () => {
        if (await copy(code.textContent)) notice('curl line copied');
      });
      const node = el('div', { class: 'shell-view' }, el('span', { class: 'shell-prompt', text: '$', attrs: { 'aria-hidden': 'true' } }), code, button);
      let shown = false;
      const draw = () => {
        const now = current ?? first;
        write(code, now ? curl(now(), key()) : 'Point at a control, or tab to it: here is the curl line that does the same.');
        node.classList.toggle('hint', !now);
        button.disabled = !now;
        if (node.isConnected) shown = true;
        else if (shown) draws.delete(draw); // its dialog was closed
      };
      draws.add(draw);
      draw();
      return node;
    },
  };
}
