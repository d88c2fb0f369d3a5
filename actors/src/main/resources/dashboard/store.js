// What the server told, by name.

const KINDS = [
  ['actors', 'path'],
  ['topics', 'name'],
  ['feeds', 'name'],
  ['runs', 'id'],
];

export class Store {
  actors = new Map();
  topics = new Map();
  feeds = new Map();
  runs = new Map();
  /** Counts snapshots: what was derived from an earlier one may be out of date. */
  snapshots = 0;
  #serverAhead = 0;

  snapshot(update) {
    for (const [kind] of KINDS) this[kind].clear();
    this.snapshots++;
    this.delta(update);
  }

  delta(update) {
    this.#serverAhead = update.nowMs - Date.now();
    for (const [kind, name] of KINDS) {
      for (const view of update[kind] ?? []) this[kind].set(view[name], view);
    }
    for (const id of update.gone ?? []) this.runs.delete(id);
  }

  /** The server's clock. */
  now() {
    return Date.now() + this.#serverAhead;
  }

  /** Runs that go on first, then the latest. */
  runsInOrder() {
    return [...this.runs.values()].sort((a, b) => a.over - b.over || b.requestedAtMs - a.requestedAtMs);
  }
}

/** Done part of a run, 0 to 1. */
export function done(run) {
  if (run.state === 'READY') return 1;
  return run.maxSteps && run.progress ? Math.min(1, run.progress.step / run.maxSteps) : 0;
}

/** Milliseconds of training that are left; undefined when not known. */
export function left(run) {
  if (run.over || !run.progress || !(run.progress.secondsPerStep > 0)) return undefined;
  return (run.maxSteps - run.progress.step) * run.progress.secondsPerStep * 1000;
}
