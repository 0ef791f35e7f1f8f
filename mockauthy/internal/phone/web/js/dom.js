// Elements without markup: text from outside only ever becomes a text node, so a user named <img …> is only a name.

/**
 * Makes an element. `options` may hold `class`, `text`, `on` (event → handler), `data` and `attrs`; children are nodes
 * or texts, and empty ones are left out.
 */
export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  if (options.class) node.className = options.class;
  if (options.text !== undefined) node.textContent = options.text;
  for (const [name, value] of Object.entries(options.attrs ?? {})) attr(node, name, value);
  for (const [name, value] of Object.entries(options.data ?? {})) node.dataset[name] = value;
  for (const [name, handler] of Object.entries(options.on ?? {})) node.addEventListener(name, handler);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

/** Words that are read out and not shown. */
export const unseen = (text) => el('span', { class: 'unseen', text });

/** Terms and what they are: `rows` are pairs of texts. */
export const facts = (rows) => el('dl', { class: 'facts' }, ...rows.flatMap(([term, text]) => [el('dt', { text: term }), el('dd', { text })]));

/** Makes an SVG element with attributes. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Sets an attribute; false, null and undefined remove it, true gives it no value. */
export function attr(node, name, value) {
  if (value === false || value === null || value === undefined) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? '' : value);
}

/** Writes a text where it differs, so that nothing is laid out anew or read out twice for nothing. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes the children of `parent` those of `items`, in their order. Nodes of items that stay are kept and told of the
 * change, so focus and opened rows survive.
 * @param make returns `{node, update(item)}` for a new item. The result is what make returned, in the order of items.
 */
export function keyed(parent, key, make) {
  const parts = new Map();
  return (items) => {
    const wanted = new Set(items.map(key));
    for (const [k, part] of parts) {
      if (wanted.has(k)) continue;
      part.node.remove();
      parts.delete(k);
    }
    let at = parent.firstChild;
    for (const item of items) {
      const k = key(item);
      let part = parts.get(k);
      if (!part) {
        part = make(item);
        parts.set(k, part);
      }
      part.update(item);
      if (part.node === at) at = at.nextSibling;
      else parent.insertBefore(part.node, at);
    }
    return items.map((item) => parts.get(key(item)));
  };
}
