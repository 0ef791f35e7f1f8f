import { el, write } from './dom.js';
import { value } from './value.js';
import { curl } from './curl.js';
import { copy } from './clipboard.js';
import { notice } from './notice.js';

/**
 * Shows for the control that has the focus, or that the mouse is over, the curl line that does the same.
 * @param key gives the API key that the line must name, or ''.
 */
export function shell(key) {
  const calls = new WeakMap();
  const current = value(null);

  const look = (event) => {
    for (let node = event.target; node instanceof Element; node = node.parentElement) {
      const call = calls.get(node);
      if (!call) continue;
      current.set(call);
      return;
    }
  };
  for (const event of ['focusin', 'pointerover', 'input', 'change']) document.addEventListener(event, look);

  return {
    /** Says what call a control makes; `call` is a function, since it may depend on what was typed. Gives the control. */
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
      current.watch((call) => {
        const now = call ?? first;
        write(code, now ? curl(now(), key()) : 'Point at a control, or tab to it: here is the curl line that does the same.');
        node.classList.toggle('hint', !now);
        button.disabled = !now;
      });
      return node;
    },
  };
}
