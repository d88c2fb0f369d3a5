import { ActorTree } from './actors.js';
import { el } from './dom.js';
import { RunList } from './runs.js';
import { TopicStrip } from './topics.js';

/** The first page: runs, topics, actors. */
export class Overview {
  constructor(store) {
    this.parts = [new TopicStrip(store), new RunList(store), new ActorTree(store)];
    this.node = el('div', { class: 'overview' }, el('h1', { class: 'sr' }, 'Overview'), ...this.parts.map((part) => part.node));
  }

  draw() {
    for (const part of this.parts) part.draw();
  }

  close() {}
}
