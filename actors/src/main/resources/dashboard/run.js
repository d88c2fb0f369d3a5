import { AttemptList, CheckpointList, EventLog } from './checkpoints.js';
import { Charts } from './charts.js';
import { el, keyed, section, show, text } from './dom.js';
import { count, decimal, duration, speed } from './format.js';
import { VerdictTable } from './judge.js';
import { PhotoList, SampleGrid, Strip, Viewer } from './pictures.js';
import { RankTable } from './ranks.js';
import { drawProgress, drawState, progressBar } from './runs.js';

const LOOK_EVERY_MS = 700;
const REALLY_WITHIN_MS = 5000;
const MOST_LINES = 1000;

/** One run: samples, curves, photos, checkpoints, events. */
export class RunPage {
  #asking = false;
  #askedAt = 0;
  #snapshot = 0;
  #seq = 0;
  #generation = 0;
  #points = [];
  #log = [];
  #gallery;

  constructor(store, id, changed) {
    this.store = store;
    this.id = id;
    this.changed = changed;
    this.viewer = new Viewer(document.getElementById('viewer'));
    this.pill = el('span', { class: 'pill' });
    this.cancel = el('button', { type: 'button', class: 'danger', on: { click: () => this.#cancel() } }, 'Cancel run');
    this.prompt = el('p', { class: 'prompt' });
    this.progress = progressBar();
    this.facts = el('dl', { class: 'facts' });
    this.ranks = new RankTable();
    this.missing = el('p', { class: 'empty' });
    this.samples = new SampleGrid(this.viewer);
    this.charts = new Charts();
    this.photos = new PhotoList(this.viewer);
    this.classImages = new Strip(this.viewer, 'class image');
    this.verdicts = new VerdictTable();
    this.checkpoints = new CheckpointList();
    this.attempts = new AttemptList();
    this.log = new EventLog();
    this.settings = el('dl', { class: 'settings' });
    this.hints = { samples: el('p', { class: 'hint' }), classes: el('p', { class: 'hint' }) };
    this.body = this.#layout();
    this.node = el('article', { class: 'run-page' },
      el('header', { class: 'run-head' }, el('p', { class: 'back' }, el('a', { href: '#/' }, '← all runs')),
        el('div', { class: 'run-title' }, el('h1', {}, id), this.pill, this.cancel), this.prompt, this.progress, this.facts),
      this.missing, this.body);
  }

  #layout() {
    this.classSection = section('Class images', 'classes', this.classImages.node, this.hints.classes);
    this.photoSection = section('Photos', 'photo-panel', this.photos.node);
    this.checkpointSection = section('Checkpoints', 'checkpoint-panel', this.checkpoints.node);
    this.sampleSection = section('Samples', 'sample-panel', this.samples.node, this.hints.samples);
    this.verdictSection = section('Judge', 'verdict-panel', this.verdicts.node);
    this.rankSection = section('Devices', 'rank-panel', this.ranks.node);
    const column = (...sections) => el('div', { class: 'column' }, ...sections);
    return el('div', { class: 'run-body' },
      column(this.sampleSection, this.photoSection, this.classSection),
      column(section('Loss', 'loss-panel', this.charts.node), this.verdictSection, this.rankSection, section('Events', 'log-panel', this.log.node),
        section('Settings', 'settings-panel', this.settings, this.attempts.node)),
      this.checkpointSection);
  }

  run() {
    return this.store.runs.get(this.id);
  }

  draw() {
    const run = this.run();
    show(this.body, Boolean(run));
    show(this.missing, !run);
    show(this.cancel, Boolean(run) && !run.over);
    text(this.missing, this.store.snapshots ? 'This run is not known here.' : '');
    if (!run) return;
    drawState(this.pill, run);
    text(this.prompt, run.prompt);
    drawProgress(this.progress, run);
    this.#drawFacts(run);
    this.ranks.draw(run.ranks ?? []);
    show(this.rankSection, (run.ranks ?? []).length > 0);
    this.#look(run);
  }

  close() {
    this.viewer.close();
    this.charts.close();
    this.id = undefined;
  }

  #drawFacts(run) {
    const last = run.progress;
    const facts = [
      ['Tenant', run.tenant],
      [run.over ? 'Took' : 'Since request', duration((run.over ? run.endedAtMs : this.store.now()) - run.requestedAtMs)],
      ...(run.attempt ? [['Attempt', `${run.attempt} on ${run.device}`]] : []),
      ...(last ? [['Loss', `${decimal(last.lossTrend)} (last ${decimal(last.loss)})`], ['Instance', decimal(last.instanceTrend)]] : []),
      ...(last && last.priorLoss !== 0 ? [['Prior', decimal(last.priorTrend)]] : []),
      ...(last ? [['Gradient norm', decimal(last.gradNorm)], ['Speed', speed(last.secondsPerStep)]] : []),
    ];
    pairs(this.facts, facts);
  }

  /** Asks for what is new when the server said that there is something. */
  async #look(run) {
    const again = this.#snapshot !== this.store.snapshots;
    if (this.#asking || (!again && run.seq <= this.#seq) || Date.now() - this.#askedAt < LOOK_EVERY_MS) return;
    this.#asking = true;
    this.#askedAt = Date.now();
    const snapshot = this.store.snapshots;
    const query = `after=${again ? 0 : this.#seq}&generation=${this.#generation}`;
    try {
      const answer = await fetch(`/api/runs/${encodeURIComponent(this.id)}?${query}`);
      if (answer.ok && this.id !== undefined) {
        this.#take(await answer.json());
        this.#snapshot = snapshot;
      }
    } catch {
      // asked again with the next update
    } finally {
      this.#asking = false;
    }
  }

  #take(news) {
    if (this.id === undefined) return;
    this.#points = news.whole ? news.points : this.#points.concat(news.points);
    this.#log = (news.whole ? news.log : this.#log.concat(news.log)).slice(-MOST_LINES);
    this.#gallery = news.gallery ?? this.#gallery;
    this.#generation = news.generation;
    this.#seq = news.run.seq;
    this.charts.draw(this.#points, this.#gallery);
    this.log.draw(this.#log, news.olderLines);
    if (news.gallery) this.#drawGallery(news.gallery);
  }

  #drawGallery(gallery) {
    this.viewer.compareWith(gallery.photos.find((photo) => photo.image)?.image);
    this.samples.draw(gallery.rounds);
    text(this.hints.samples, gallery.samplesLeftOut ? `${count(gallery.samplesLeftOut)} older pictures are not shown` : '');
    show(this.sampleSection, gallery.rounds.length > 0);
    this.photos.draw(gallery.photos);
    show(this.photoSection, gallery.photos.length > 0);
    this.classImages.draw(gallery.classImages);
    text(this.hints.classes, gallery.classImagesLeftOut ? `and ${count(gallery.classImagesLeftOut)} more` : '');
    show(this.classSection, gallery.classImages.length > 0);
    this.checkpoints.draw(gallery.checkpoints);
    show(this.checkpointSection, gallery.checkpoints.length > 0);
    this.verdicts.draw(gallery.verdicts, gallery.recommended);
    show(this.verdictSection, gallery.verdicts.length > 0);
    this.attempts.draw(gallery.attempts);
    pairs(this.settings, gallery.settings.map((it) => [it.name, it.value]));
  }

  async #cancel() {
    if (this.cancel.dataset.sure !== 'yes') {
      this.cancel.dataset.sure = 'yes';
      text(this.cancel, 'Really cancel?');
      setTimeout(() => {
        this.cancel.dataset.sure = 'no';
        text(this.cancel, 'Cancel run');
      }, REALLY_WITHIN_MS);
      return;
    }
    this.cancel.disabled = true;
    const answer = await fetch(`/api/runs/${encodeURIComponent(this.id)}/cancel`, { method: 'POST' }).catch(() => undefined);
    this.cancel.disabled = false;
    text(this.cancel, answer?.ok ? 'Asked to end' : 'Could not be asked');
  }
}

function pairs(list, entries) {
  keyed(list, entries, ([name]) => name, ([name]) => el('div', {}, el('dt', {}, name), el('dd')), (node, [, value]) => text(node.lastChild, value));
}
