import { attribute, el, keyed, section, show, text } from './dom.js';
import { clock, count, duration, speed, words } from './format.js';
import { done, left } from './store.js';
import { setPicture } from './pictures.js';

const SHOWN_AT_FIRST = 20;

/** All runs; those in work first. */
export class RunList {
  constructor(store) {
    this.store = store;
    this.all = false;
    this.list = el('ol', { class: 'run-list' });
    this.none = el('p', { class: 'empty' }, 'No run yet. Upload photos with the client or with ', el('code', {}, 'submit'), '.');
    this.more = el('button', { type: 'button', on: { click: () => this.showAll() } });
    this.node = section('Runs', 'runs', this.list, this.none, this.more);
  }

  draw() {
    const runs = this.store.runsInOrder();
    const shown = this.all ? runs : runs.slice(0, SHOWN_AT_FIRST);
    keyed(this.list, shown, (run) => run.id, create, (node, run) => update(node, run, this.store.now()));
    show(this.none, runs.length === 0 && this.store.snapshots > 0);
    show(this.more, runs.length > shown.length);
    text(this.more, `Show all ${runs.length} runs`);
  }

  showAll() {
    this.all = true;
    this.draw();
  }
}

function create(run) {
  return el(
    'li',
    {},
    el(
      'a',
      { class: 'run', href: `#/runs/${encodeURIComponent(run.id)}` },
      el('img', { class: 'thumb', alt: '', width: 56, height: 56 }),
      el('div', { class: 'run-name' }, el('strong', {}, run.id), el('span', { class: 'tenant' }), el('p', { class: 'prompt' })),
      el('div', { class: 'run-state' }, el('span', { class: 'pill' }), el('span', { class: 'when' })),
      progressBar(),
    ),
  );
}

function update(node, run, now) {
  text(node.querySelector('.tenant'), run.tenant);
  text(node.querySelector('.prompt'), run.prompt);
  setPicture(node.querySelector('.thumb'), run.thumbnail);
  drawState(node.querySelector('.pill'), run);
  text(node.querySelector('.when'), run.over ? clock(run.endedAtMs) : `for ${duration(now - run.requestedAtMs)}`);
  drawProgress(node.querySelector('.steps'), run);
}

export function drawState(pill, run) {
  text(pill, words(run.state));
  attribute(pill, 'data-state', run.state);
}

export function progressBar() {
  return el(
    'div',
    { class: 'steps' },
    el('p', { class: 'numbers' }, el('span', { class: 'step' }), el('span', { class: 'speed' }), el('span', { class: 'left' })),
    el('progress', { max: 1, value: 0 }),
    el('p', { class: 'stages' }),
  );
}

export function drawProgress(node, run) {
  const step = run.progress?.step ?? 0;
  text(node.querySelector('.step'), run.maxSteps ? `step ${count(step)} / ${count(run.maxSteps)}` : '');
  text(node.querySelector('.speed'), run.progress ? speed(run.progress.secondsPerStep) : '');
  const time = left(run);
  text(node.querySelector('.left'), time === undefined ? '' : `${duration(time)} left`);
  const bar = node.querySelector('progress');
  bar.value = done(run);
  attribute(bar, 'data-state', run.state);
  attribute(bar, 'aria-label', `Training of ${run.id}`);
  text(node.querySelector('.stages'), run.reason || stages(run));
  attribute(node.querySelector('.stages'), 'data-trouble', run.reason !== '');
}

function stages(run) {
  if (run.state === 'ERASED') return 'erased: the store has nothing of it';
  const part = (name, it) => (it.wanted ? `${name} ${count(it.done)}/${count(Math.max(it.done, it.wanted))}` : '');
  return [part('good photos', run.photos), part('latents', run.latents), part('class images', run.classImages)]
    .filter((words) => words)
    .join(' · ');
}
