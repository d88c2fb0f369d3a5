import { attribute, el, keyed, text } from './dom.js';

export function url(picture) {
  return `/api/objects/${picture.key.split('/').map(encodeURIComponent).join('/')}?v=${picture.sha256.slice(0, 16)}`;
}

/** Shows a picture of the store, or an empty frame. */
export function setPicture(img, picture) {
  attribute(img, 'data-empty', !picture);
  if (picture && img.getAttribute('src') !== url(picture)) img.src = url(picture);
}

function thumbnail(shown, open) {
  return el(
    'button',
    { type: 'button', class: 'picture', title: shown.caption, on: { click: open } },
    el('img', { src: url(shown.image), alt: shown.caption, loading: 'lazy' }),
  );
}

/** Sample pictures: a column per prompt, a row per step, the newest on top. */
export class SampleGrid {
  constructor(viewer) {
    this.viewer = viewer;
    this.node = el('div', { class: 'sample-grids' });
  }

  draw(rounds) {
    const tables = new Map();
    for (const round of [...rounds].sort((a, b) => b.step - a.step || b.atMs - a.atMs)) {
      const prompts = JSON.stringify(round.pictures.map((picture) => [picture.prompt, picture.seed]));
      if (!tables.has(prompts)) tables.set(prompts, []);
      tables.get(prompts).push(round);
    }
    keyed(this.node, [...tables.entries()], ([prompts]) => prompts, ([, list]) => this.#table(list), (table, [, list]) => this.#rows(table, list));
  }

  #table([round]) {
    const heads = round.pictures.map((picture) => el('th', { scope: 'col' }, picture.prompt, el('small', {}, `seed ${picture.seed}`)));
    return el('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Sample pictures' },
      el('table', { class: 'samples' }, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Step'), ...heads)), el('tbody')));
  }

  #rows(table, rounds) {
    const all = rounds.flatMap((round) => round.pictures.map((picture) => shown(round, picture)));
    keyed(table.querySelector('tbody'), rounds, (round) => `${round.requestId} ${round.step} ${round.atMs}`, (round) => {
      const cells = round.pictures.map((picture) => {
        const it = shown(round, picture);
        return el('td', {}, thumbnail(it, () => this.viewer.open(it, all)));
      });
      return el('tr', {}, el('th', { scope: 'row' }, stepName(round)), ...cells);
    });
  }
}

const stepName = (round) => (round.step === 0 ? 'base model' : String(round.step));

function shown(round, picture) {
  const step = round.step === 0 ? 'base model' : `step ${round.step}`;
  return { image: picture.image, caption: `${picture.prompt} (${step}, seed ${picture.seed})` };
}

/** A strip of pictures without captions of their own. */
export class Strip {
  constructor(viewer, name) {
    this.viewer = viewer;
    this.name = name;
    this.node = el('div', { class: 'strip' });
  }

  draw(pictures) {
    const all = pictures.map((image, i) => ({ image, caption: `${this.name} ${i + 1}` }));
    keyed(this.node, all, (it) => `${it.image.key} ${it.image.sha256}`, (it) => thumbnail(it, () => this.viewer.open(it, all)));
  }
}

/** Every uploaded photo with what was decided about it. */
export class PhotoList {
  constructor(viewer) {
    this.viewer = viewer;
    this.node = el('ul', { class: 'photos' });
  }

  draw(photos) {
    const all = photos.filter((photo) => photo.image).map((photo) => ({ image: photo.image, caption: photo.name }));
    keyed(this.node, photos, (photo) => `${photo.index} ${photo.verdict}`, (photo) => {
      const it = all.find((other) => other.image === photo.image);
      const picture = it ? thumbnail(it, () => this.viewer.open(it, all)) : el('span', { class: 'picture none', 'aria-hidden': true }, '×');
      return el('li', { 'data-verdict': photo.verdict }, picture,
        el('div', {}, el('strong', {}, photo.name), el('span', { class: 'pill' }, photo.verdict.replaceAll('_', ' ')),
          el('p', {}, photo.image ? `${photo.width} × ${photo.height}` : photo.reason)));
    });
  }
}

/** One picture large, beside a photo of the subject; arrow keys go on. */
export class Viewer {
  constructor(dialog) {
    this.dialog = dialog;
    this.picture = el('img', { class: 'large' });
    this.subject = el('img', { class: 'subject', alt: '' });
    this.beside = el('figure', {}, this.subject, el('figcaption', {}, 'photo of the subject'));
    this.caption = el('p');
    const button = (label, name, go) => el('button', { type: 'button', 'aria-label': name, on: { click: go } }, label);
    this.controls = el('div', { class: 'viewer-controls' }, button('←', 'previous', () => this.#go(-1)), this.caption,
      button('→', 'next', () => this.#go(1)), button('close', 'close', () => dialog.close()));
    dialog.replaceChildren(el('div', { class: 'viewer-pictures' }, this.picture, this.beside), this.controls);
    this.keys = (event) => this.#key(event);
    dialog.addEventListener('keydown', this.keys);
  }

  /** `subject` is shown for comparison. */
  compareWith(subject) {
    this.beside.hidden = !subject;
    setPicture(this.subject, subject);
  }

  open(it, all) {
    this.all = all;
    this.at = all.findIndex((other) => other.image.key === it.image.key);
    this.#go(0);
    this.dialog.showModal();
  }

  close() {
    this.dialog.removeEventListener('keydown', this.keys);
    if (this.dialog.open) this.dialog.close();
  }

  #key(event) {
    if (event.key === 'ArrowLeft') this.#go(-1);
    if (event.key === 'ArrowRight') this.#go(1);
  }

  #go(by) {
    this.at = (this.at + by + this.all.length) % this.all.length;
    const it = this.all[this.at];
    this.picture.src = url(it.image);
    this.picture.alt = it.caption;
    text(this.caption, it.caption);
  }
}
