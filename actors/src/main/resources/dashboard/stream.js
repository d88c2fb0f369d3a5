// Listens to the server: a snapshot first, then what changes. Connects again by itself.

const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10000;
const LONGEST_SILENCE_MS = 40000; // the server's heart beats every 15 s

export class Stream {
  #store;
  #changed;
  #status;
  #source;
  #timer;
  #silence;
  #pause = SHORTEST_PAUSE_MS;

  /** `changed()` after every update; `status(word)` is live, reconnecting or refused. */
  constructor(store, changed, status) {
    this.#store = store;
    this.#changed = changed;
    this.#status = status;
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.#timer) this.open();
    });
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#source?.close();
    const source = new EventSource('/api/events');
    this.#source = source;
    source.addEventListener('beat', () => this.#heard(source));
    source.addEventListener('snapshot', (event) => {
      this.#heard(source);
      this.#pause = SHORTEST_PAUSE_MS;
      this.#store.snapshot(JSON.parse(event.data));
      this.#status('live');
      this.#changed();
    });
    source.addEventListener('delta', (event) => {
      this.#heard(source);
      this.#store.delta(JSON.parse(event.data));
      this.#changed();
    });
    source.addEventListener('error', () => this.#lost(source));
  }

  /** A connection that fell silent, as after a sleep, is given up. */
  #heard(source) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(source), LONGEST_SILENCE_MS);
  }

  async #lost(source) {
    clearTimeout(this.#silence);
    if (source !== this.#source || this.#timer) return;
    source.close();
    this.#status('reconnecting');
    this.#timer = setTimeout(() => this.open(), this.#pause);
    this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2);
    try {
      const answer = await fetch('/index.html', { cache: 'no-store' });
      if (answer.status === 401) this.#status('refused');
    } catch {
      // not reachable yet
    }
  }
}
