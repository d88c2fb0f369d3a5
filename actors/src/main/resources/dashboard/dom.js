// The only place that makes nodes. Data becomes text nodes and attributes, never markup.

/** A new element; `on` holds event listeners, `class` and other keys become attributes, false and undefined none. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children);
  return node;
}

/** Sets text only when it differs, so that a selection survives. */
export function text(node, value) {
  const wanted = String(value ?? '');
  if (node.textContent !== wanted) node.textContent = wanted;
  return node;
}

export function attribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

const keyedNodes = new WeakMap();

/** Makes the children of `parent` one per item, in order; a child stays the same node as long as its key does. */
export function keyed(parent, items, keyOf, create, update = () => {}) {
  const before = keyedNodes.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) {
    const key = keyOf(item);
    after.set(key, before.get(key) ?? create(item));
    update(after.get(key), item);
  }
  for (const [key, node] of before) if (!after.has(key)) node.remove();
  let place = parent.firstChild;
  for (const node of after.values()) {
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  keyedNodes.set(parent, after);
}

/** A section with a heading. */
export function section(title, name, ...children) {
  const id = `h-${name}`;
  return el('section', { class: `panel ${name}`, 'aria-labelledby': id }, el('h2', { id }, title), ...children);
}
