import { attribute, el, keyed, section, show, text } from './dom.js';
import { count, duration } from './format.js';

/** The topics in the order in which a run meets them. */
export class TopicStrip {
  constructor(store) {
    this.store = store;
    this.list = el('ol', { class: 'topic-list' });
    this.node = section('Topics', 'topics', this.list);
  }

  draw() {
    keyed(this.list, this.store.topics.values(), (topic) => topic.name, create, update);
  }
}

function create(topic) {
  const node = el(
    'li',
    { class: 'topic' },
    el('h3', {}, topic.name),
    el('p', { class: 'backlog' }, el('b'), el('span')),
    el('p', { class: 'age' }),
    el('p', { class: 'readers' }),
    el('p', { class: 'end' }),
    el('p', { class: 'dead' }),
  );
  return node;
}

function update(node, topic) {
  const backlog = topic.backlog;
  const [big, small] = node.querySelector('.backlog').children;
  text(big, backlog === null ? count(topic.records) : count(backlog));
  text(small, backlog === null ? 'records' : 'waiting');
  const age = node.querySelector('.age');
  text(age, topic.oldestSeconds === null ? '' : `oldest for ${duration(topic.oldestSeconds * 1000)}`);
  show(age, topic.oldestSeconds !== null);
  text(node.querySelector('.readers'), readers(topic));
  node.querySelector('.readers').title = topic.group;
  text(node.querySelector('.end'), topic.exists ? `end offset ${count(topic.end)}` : 'not there yet');
  const dead = node.querySelector('.dead');
  text(dead, topic.dead ? `${count(topic.dead)} dead letter${topic.dead === 1 ? '' : 's'}` : 'no dead letters');
  show(dead, topic.dead !== null);
  attribute(node, 'data-load', load(topic));
  attribute(node, 'data-dead', topic.dead > 0);
}

function readers(topic) {
  if (!topic.group) return 'read by no group';
  const noun = topic.dead !== null ? 'worker' : 'member';
  return topic.members === 0 ? `no ${noun} connected` : `${topic.members} ${noun}${topic.members === 1 ? '' : 's'}`;
}

function load(topic) {
  if (topic.backlog === null || topic.backlog === 0) return 'none';
  return topic.members === 0 || topic.backlog > 20 ? 'high' : 'some';
}
