import { svg } from './dom.js';

/** A ring that runs down, with the seconds left in it. It is decoration: the words beside it say the same. */
export function ring() {
  const rest = svg('circle', { cx: 20, cy: 20, r: 17, class: 'ring-rest', pathLength: 100 });
  const label = svg('text', { x: 20, y: 20, class: 'ring-label' });
  const node = svg('svg', { viewBox: '0 0 40 40', class: 'ring', 'aria-hidden': 'true' },
    svg('circle', { cx: 20, cy: 20, r: 17, class: 'ring-track' }), rest, label);
  return {
    node,
    /** Shows that `left` of `whole` milliseconds remain; null empties it. */
    show(left, whole) {
      const share = left === null ? 0 : Math.min(1, Math.max(0, left / whole));
      rest.setAttribute('stroke-dashoffset', String(100 - 100 * share));
      const seconds = left === null ? '' : String(Math.max(0, Math.ceil(left / 1000)));
      if (label.textContent !== seconds) label.textContent = seconds;
      node.classList.toggle('low', left !== null && left < Math.min(5000, whole * 0.3));
    },
  };
}
