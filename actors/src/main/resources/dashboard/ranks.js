import { el, keyed, text } from './dom.js';
import { bytes, seconds } from './format.js';

const COLUMNS = ['Device', 'Step', 'Waiting for sums', 'Summed', 'Peak memory'];

/** What the last step was for each device of a run. */
export class RankTable {
  constructor() {
    this.rows = el('tbody');
    this.node = el('table', { class: 'ranks' },
      el('thead', {}, el('tr', {}, ...COLUMNS.map((name) => el('th', { scope: 'col' }, name)))), this.rows);
  }

  draw(ranks) {
    keyed(this.rows, ranks.map((rank, number) => ({ ...rank, number })), (rank) => rank.number,
      () => el('tr', {}, el('th', { scope: 'row' }), ...COLUMNS.slice(1).map(() => el('td'))),
      (row, rank) => cells(rank).forEach((value, i) => text(row.children[i], value)));
  }
}

function cells(rank) {
  const share = rank.stepSeconds > 0 ? Math.round((100 * rank.waitSeconds) / rank.stepSeconds) : 0;
  const alone = rank.summedBytes === 0;
  return [
    rank.device,
    seconds(rank.stepSeconds),
    alone ? '–' : `${seconds(rank.waitSeconds)} (${share} %)`,
    alone ? '–' : bytes(rank.summedBytes),
    rank.peakMemoryBytes ? bytes(rank.peakMemoryBytes) : '–',
  ];
}
