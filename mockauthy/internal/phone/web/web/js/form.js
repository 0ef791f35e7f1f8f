import { el, attr } from './dom.js';
import { Refusal } from './api.js';

let fields = 0;

/** A labelled input; `hint` is read out with it. */
export function field(label, { name, hint = '', ...attrs }) {
  fields += 1;
  const id = `field-${fields}`;
  const input = el('input', { attrs: { id, name, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': `${id}-hint`, ...attrs } });
  const note = el('span', { class: 'hint', text: hint, attrs: { id: `${id}-hint` } });
  const node = el('div', { class: 'field' }, el('label', { text: label, attrs: { for: id } }), input, note);
  return {
    node,
    input,
    /** Shows what is wrong with it; '' takes that away. */
    wrong(text) {
      attr(input, 'aria-invalid', text ? 'true' : null);
      note.textContent = text || hint;
      node.classList.toggle('wrong', Boolean(text));
    },
  };
}

/** A labelled choice of [value, words]. */
export function choice(label, options, { name }) {
  fields += 1;
  const id = `field-${fields}`;
  const select = el('select', { attrs: { id, name } }, ...options.map(([value, words]) => el('option', { text: words, attrs: { value } })));
  return { node: el('div', { class: 'field' }, el('label', { text: label, attrs: { for: id } }), select), input: select };
}

/** A switch with its label. */
export function toggle(label, { checked = false, name = '' } = {}) {
  const input = el('input', { attrs: { type: 'checkbox', role: 'switch', name } });
  input.checked = checked;
  return { node: el('label', { class: 'switch' }, input, el('span', { text: label })), input };
}

/** Runs `send` when the form is sent; a refusal is shown at its field, else below the form. */
export function onSend(form, parts, send) {
  const problem = el('p', { class: 'problem', attrs: { role: 'alert' } });
  form.append(problem);
  form.noValidate = true; // the server says what is wrong, in one way
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    for (const part of Object.values(parts)) part.wrong?.('');
    try {
      await send();
    } catch (error) {
      const part = error instanceof Refusal ? parts[error.field] : null;
      if (part?.wrong) {
        part.wrong([error.message, error.wanted && `wanted: ${error.wanted}`].filter(Boolean).join('; '));
        part.input.focus();
      } else problem.textContent = error.words ?? error.message;
    }
  });
}
