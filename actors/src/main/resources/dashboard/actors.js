import { attribute, el, keyed, section, show, text } from './dom.js';
import { duration } from './format.js';

const HEADS = ['Actor', 'State', 'Work', 'For', 'Restarts'];

/** Actors by path, indented like the tree they form. */
export class ActorTree {
  constructor(store) {
    this.store = store;
    this.list = el('ul', { class: 'tree' });
    this.none = el('p', { class: 'empty' }, 'No actor has reported yet.');
    const head = el('div', { class: 'actor head', 'aria-hidden': true },
      ...['name', 'state', 'work', 'age', 'restarts'].map((part, i) => el('span', { class: `actor-${part}` }, HEADS[i])));
    this.node = section('Actors', 'actors', head, this.list, this.none);
  }

  draw() {
    const rows = rowsOf([...this.store.actors.values()]);
    keyed(this.list, rows, (row) => row.path, create, (node, row) => update(node, row, this.store.now()));
    show(this.none, rows.length === 0);
  }
}

/** A row per actor and one per folder that no actor stands for, parents before children. */
function rowsOf(actors) {
  const rows = new Map();
  for (const actor of actors) {
    const parts = actor.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const path = parts.slice(0, depth).join('/');
      if (!rows.has(path)) rows.set(path, { path, parts: parts.slice(0, depth) });
    }
    rows.set(actor.path, { path: actor.path, parts, actor });
  }
  return [...rows.values()].sort((a, b) => compare(a.parts, b.parts));
}

function compare(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i].localeCompare(b[i], 'en', { numeric: true });
  }
  return a.length - b.length;
}

function create(row) {
  const node = el(
    'li',
    { class: 'actor' },
    el('span', { class: 'actor-name' }, row.parts.at(-1)),
    el('span', { class: 'actor-state' }),
    el('span', { class: 'actor-work' }),
    el('span', { class: 'actor-age' }),
    el('span', { class: 'actor-restarts' }),
  );
  node.style.setProperty('--depth', row.parts.length - 1);
  return node;
}

function update(node, row, now) {
  const actor = row.actor;
  const [, state, work, age, restarts] = node.children;
  attribute(node, 'data-state', actor?.state ?? 'group');
  text(state, actor?.state ?? '');
  text(work, actor?.work ?? '');
  text(age, actor ? duration(now - actor.sinceMs) : '');
  text(restarts, actor?.restarts ? `${actor.restarts} restart${actor.restarts === 1 ? '' : 's'}` : '');
}
