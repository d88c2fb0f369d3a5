import { el, show } from './dom.js';
import { decimal, finite } from './format.js';

const HEIGHT = 260;
const LOW_HEIGHT = 160;
const MARKS = { commit: '--line-strong', checkpoint: '--good', attempt: '--bad' };

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const faint = (name) => `color-mix(in srgb, ${colour(name)} 35%, transparent)`;

/** Loss and gradient norm over the steps, with marks for commits, attempts and checkpoints. */
export class Charts {
  constructor() {
    this.loss = el('div', { class: 'chart' });
    this.gradient = el('div', { class: 'chart' });
    this.key = el('p', { class: 'chart-key' }, ...Object.keys(MARKS).map((kind) => el('span', { 'data-mark': kind }, kind)));
    this.none = el('p', { class: 'empty' }, 'Training has not begun.');
    this.node = el('div', {}, this.loss, this.key, this.gradient, this.none);
    this.size = new ResizeObserver(() => this.#fit());
    this.size.observe(this.node);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.rebuild = () => {
      this.#drop();
      if (this.gallery) this.draw(this.points, this.gallery);
    };
    this.scheme.addEventListener('change', this.rebuild);
  }

  draw(points, gallery) {
    this.points = points;
    this.gallery = gallery;
    const any = points.length > 0;
    for (const part of [this.loss, this.key, this.gradient]) show(part, any);
    show(this.none, !any);
    if (!any) return;
    this.marks = marks(gallery);
    const prior = points.some((point) => point.priorLoss !== 0);
    if (!this.plots || this.prior !== prior) this.#build(prior);
    const column = (name) => points.map((point) => finite(point[name]));
    const names = ['instanceLoss', 'instanceTrend', ...(prior ? ['priorLoss', 'priorTrend'] : [])];
    const steps = points.map((point) => point.step);
    this.plots[0].setData([steps, ...names.map(column)]);
    this.plots[1].setData([steps, column('gradNorm')]);
  }

  close() {
    this.size.disconnect();
    this.scheme.removeEventListener('change', this.rebuild);
    this.#drop();
  }

  #drop() {
    for (const plot of this.plots ?? []) plot.destroy();
    this.plots = undefined;
  }

  #build(prior) {
    this.#drop();
    this.prior = prior;
    const lines = [line('instance', faint('--accent'), 1), line('instance trend', colour('--accent'), 2)];
    if (prior) lines.push(line('prior', faint('--second'), 1), line('prior trend', colour('--second'), 2));
    this.plots = [this.#plot(this.loss, 'loss', HEIGHT, lines), this.#plot(this.gradient, 'gradient norm', LOW_HEIGHT, [line('gradient norm', colour('--third'), 1.2)])];
  }

  #plot(parent, name, height, lines) {
    const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') } };
    const options = {
      width: Math.max(200, parent.clientWidth || this.node.clientWidth),
      height,
      scales: { x: { time: false } },
      // uPlot rounds ticks to their distance: fewer digits would give two of them one label
      axes: [axis, { ...axis, size: 56, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : String(tick))) }],
      series: [{ label: 'step' }, ...lines],
      legend: { live: true },
      cursor: { drag: { x: true, y: false } },
      hooks: { drawAxes: [(plot) => this.#drawMarks(plot)] },
    };
    parent.setAttribute('aria-label', `${name} over the steps`);
    parent.setAttribute('role', 'img');
    return new window.uPlot(options, [[], ...lines.map(() => [])], parent);
  }

  #drawMarks(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    for (const { kind, step } of this.marks ?? []) {
      const x = Math.round(plot.valToPos(step, 'x', true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.strokeStyle = colour(MARKS[kind]);
      ctx.setLineDash(kind === 'checkpoint' ? [] : [4 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }

  #fit() {
    const width = this.node.clientWidth;
    if (!width || !this.plots) return;
    this.plots[0].setSize({ width, height: HEIGHT });
    this.plots[1].setSize({ width, height: LOW_HEIGHT });
  }
}

function line(label, stroke, width) {
  return { label, stroke, width, points: { show: false }, value: (_, value) => (value === null || value === undefined ? '–' : decimal(value)) };
}

function marks(gallery) {
  return [
    ...gallery.commits.map((step) => ({ kind: 'commit', step })),
    ...gallery.checkpoints.map((it) => ({ kind: 'checkpoint', step: it.step })),
    ...gallery.attempts.filter((it) => it.attempt > 1 || it.fromStep > 0).map((it) => ({ kind: 'attempt', step: it.fromStep })),
  ];
}
