import { el, write } from './dom.js';

/** The button that changes between dark and light; until it is used the system decides. */
export function themeButton() {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  const button = el('button', { class: 'icon', attrs: { type: 'button', id: 'theme' } });
  const show = () => {
    write(button, dark() ? '☀' : '☾');
    button.setAttribute('aria-label', dark() ? 'Use the light theme' : 'Use the dark theme');
    button.title = button.getAttribute('aria-label');
  };
  button.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    try {
      localStorage.setItem('mockauthy.theme', root.dataset.theme);
    } catch { /* storage is off: it holds for this visit */ }
    show();
  });
  system.addEventListener('change', show);
  show();
  return button;
}
