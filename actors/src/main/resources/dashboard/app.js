import { show, text } from './dom.js';
import { Overview } from './overview.js';
import { RunPage } from './run.js';
import { Store, done } from './store.js';
import { Stream } from './stream.js';

const REDRAW_EVERY_MS = 1000; // ages and times left go on without news

const main = document.getElementById('main');
const link = document.getElementById('link');
const notice = document.getElementById('notice');
const headline = document.getElementById('headline');
const store = new Store();
let page;
let status = 'connecting';
let drawing = false;

function route() {
  const hash = location.hash || '#/';
  if (page && !hash.startsWith('#/')) return; // a link inside the page
  page?.close();
  const run = /^#\/runs\/([^/]+)$/.exec(hash);
  page = run ? new RunPage(store, decodeURIComponent(run[1]), draw) : new Overview(store);
  main.replaceChildren(page.node);
  scrollTo(0, 0);
  draw();
}

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    page.draw();
    drawStatus();
    document.title = title();
  });
}

function drawStatus() {
  const lost = [...store.feeds.values()].filter((feed) => feed.state === 'LOST');
  const reading = [...store.feeds.values()].some((feed) => feed.state === 'READING');
  const shown = status === 'live' && lost.length ? 'stale' : status === 'live' && reading ? 'reading' : status;
  text(link, { stale: 'Kafka does not answer', reading: 'reading history' }[shown] ?? shown);
  link.dataset.status = shown;
  const message =
    status === 'refused'
      ? 'This browser is no longer let in. Open the address that the service printed when it started.'
      : lost.map((feed) => `The ${feed.name} shown may be old: ${feed.reason}`).join(' ');
  text(notice, message);
  show(notice, message !== '');
  const runs = [...store.runs.values()];
  const active = runs.filter((run) => !run.over).length;
  text(headline, runs.length ? `${active} of ${runs.length} runs in work` : '');
}

function title() {
  const shown = page.run?.() ?? store.runsInOrder().find((run) => !run.over);
  if (!shown) return 'dreambooth';
  return shown.over
    ? `${shown.state.toLowerCase()} ${shown.id} · dreambooth`
    : `${Math.floor(done(shown) * 100)}% ${shown.id} · dreambooth`;
}

addEventListener('hashchange', () => {
  route();
  main.focus({ preventScroll: true });
});
setInterval(draw, REDRAW_EVERY_MS);
new Stream(store, draw, (word) => {
  status = word;
  draw();
}).open();
route();
