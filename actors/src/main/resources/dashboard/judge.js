import { el, keyed, text } from './dom.js';
import { count } from './format.js';

const HEADS = [
  ['Step', 'of the model that drew'],
  ['Subject', 'mean nearness of the subject’s pictures to its photos'],
  ['Prompt', 'mean nearness of the subject’s pictures to their prompts'],
  ['Class', 'mean nearness of the class’s pictures to the subject’s photos: the less it grows, the better'],
  ['Diversity', 'mean distance between what the subject’s pictures show'],
  ['Gain', 'subject won, less prompt lost, less class gained, since the base model'],
];

/** What the judge says of each step, and of the base model. */
export class VerdictTable {
  constructor() {
    this.rows = el('tbody');
    this.hint = el('p', { class: 'hint' });
    this.node = el('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Verdicts' },
      el('table', { class: 'verdicts' }, el('thead', {}, el('tr', {}, ...HEADS.map(([name, title]) => el('th', { scope: 'col', title }, name)))), this.rows),
      this.hint);
  }

  draw(verdicts, recommended) {
    const judged = verdicts.filter((verdict) => verdict.scores);
    const silent = verdicts.filter((verdict) => !verdict.scores).at(-1);
    keyed(this.rows, judged, (verdict) => `${verdict.step} ${verdict.step === recommended}`, (verdict) => row(verdict, recommended));
    text(this.hint, silent ? `${stepName(silent.step)} was not judged: ${silent.notJudged}` : '');
  }
}

function row({ step, scores, gain }, recommended) {
  const cells = [scores.subjectFidelity, scores.promptFidelity, scores.classLikeness, scores.diversity]
    .map((score) => el('td', { class: 'number' }, score === undefined || score === null ? '' : score.toFixed(2)));
  const best = step > 0 && step === recommended ? [' ', el('span', { class: 'pill', 'data-state': 'READY' }, 'recommended')] : [];
  return el('tr', {}, el('th', { scope: 'row' }, stepName(step), ...best), ...cells,
    el('td', { class: 'number' }, step === 0 ? '' : (gain >= 0 ? '+' : '−') + Math.abs(gain).toFixed(2)));
}

const stepName = (step) => (step === 0 ? 'base model' : count(step));
