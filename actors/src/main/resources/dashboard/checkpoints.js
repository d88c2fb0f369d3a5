import { attribute, el, keyed, show, text } from './dom.js';
import { bytes, clock, count } from './format.js';

/** Published and verified checkpoints with their files and digests. */
export class CheckpointList {
  constructor() {
    this.node = el('div', { class: 'checkpoints' });
  }

  draw(checkpoints) {
    keyed(this.node, checkpoints, (it) => `${it.step} ${it.atMs}`, create, update);
  }
}

function create(it) {
  const size = it.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const rows = it.files.map((file) => el('tr', {}, el('td', {}, relative(file.key, it.prefix)),
    el('td', { class: 'number' }, bytes(file.sizeBytes)), el('td', {}, el('code', { class: 'digest' }, file.sha256))));
  const more = it.filesLeftOut ? [el('p', { class: 'hint' }, `and ${count(it.filesLeftOut)} more files`)] : [];
  return el('details', { open: it.last },
    el('summary', {}, el('strong', {}, `step ${count(it.step)}`), it.last ? ' final' : '', el('span', { class: 'pill' }),
      el('span', { class: 'hint' }, `${bytes(size)} in ${it.files.length} files, verified ${clock(it.atMs)}`)),
    el('dl', {}, el('dt', {}, 'Weights'), el('dd', {}, el('code', { class: 'digest' }, it.weightsSha256)),
      el('dt', {}, 'Prefix'), el('dd', {}, el('code', { class: 'digest' }, it.prefix))),
    el('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Files' },
      el('table', {}, el('thead', {}, el('tr', {}, ...['File', 'Size', 'SHA-256'].map((name) => el('th', { scope: 'col' }, name)))),
        el('tbody', {}, ...rows))), ...more);
}

function update(node, it) {
  const pill = node.querySelector('.pill');
  text(pill, it.published ? 'published' : 'verified');
  attribute(pill, 'data-state', it.published ? 'READY' : 'PREPARING');
}

const relative = (key, prefix) => (key.startsWith(prefix) ? key.slice(prefix.length) : key);

/** Tries of training: where, from which step, in which environment. */
export class AttemptList {
  constructor(store) {
    this.store = store;
    this.node = el('ol', { class: 'attempts' });
  }

  draw(attempts) {
    keyed(this.node, attempts, (it) => `${it.attempt} ${it.atMs}`, (it) => el('li', {},
      el('strong', {}, `attempt ${it.attempt}`), ` from step ${count(it.fromStep)} on ${it.device}`,
      el('p', { class: 'hint' }, it.environment, it.environmentChanged ? el('b', { class: 'trouble' }, ' another environment than before') : '')));
  }
}

/** What happened, the latest first. */
export class EventLog {
  constructor() {
    this.lines = [];
    this.select = el('select', { 'aria-label': 'Kind of event', on: { change: () => this.#redraw() } });
    this.older = el('p', { class: 'hint' });
    this.list = el('ol', { class: 'log' });
    this.node = el('div', {}, this.select, this.list, this.older);
  }

  draw(lines, older) {
    this.lines = lines;
    const kinds = ['all', ...new Set(lines.map((line) => line.kind))];
    keyed(this.select, kinds, (kind) => kind, (kind) => el('option', { value: kind }, kind === 'all' ? 'all events' : kind));
    show(this.older, older > 0);
    text(this.older, `${count(older)} older events are not shown`);
    this.#redraw();
  }

  #redraw() {
    const kind = this.select.value || 'all';
    const shown = this.lines.filter((line) => kind === 'all' || line.kind === kind).reverse();
    keyed(this.list, shown, (line) => line.seq, (line) => el('li', { 'data-kind': line.kind },
      el('time', { datetime: new Date(line.atMs).toISOString() }, clock(line.atMs)), el('span', { class: 'kind' }, line.kind), el('span', {}, line.text)));
  }
}
