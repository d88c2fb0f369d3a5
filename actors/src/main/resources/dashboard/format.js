// Numbers and times for people.

const whole = new Intl.NumberFormat('en-US');

export const count = (value) => whole.format(value);

export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds / 3600) % 24} h`;
}

/** A short time with three digits that count. */
export function seconds(value) {
  return value < 1 ? `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms` : `${value.toFixed(2)} s`;
}

const two = (value) => String(value).padStart(2, '0');

/** The time of day; with the date when it is not today. */
export function clock(ms) {
  const at = new Date(ms);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const today = at.toDateString() === new Date().toDateString();
  return today ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

export function bytes(size) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${size} B` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** The server writes what is no number as text. */
export const finite = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

export function decimal(value) {
  if (finite(value) === null) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 100000)) return value.toExponential(2);
  return value.toFixed(size < 1 ? 4 : size < 100 ? 2 : 0);
}

export function speed(secondsPerStep) {
  if (!(secondsPerStep > 0)) return '';
  return secondsPerStep <= 1 ? `${(1 / secondsPerStep).toFixed(2)} it/s` : `${secondsPerStep.toFixed(2)} s/it`;
}

export const head = (digest) => digest.slice(0, 12);

const WORDS = { rejected: 'rejected', class_images: 'class images' };

/** A constant of the server as words. */
export const words = (constant) => WORDS[constant] ?? constant.toLowerCase().replaceAll('_', ' ');
