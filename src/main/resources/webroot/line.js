/** What one payload says: when, where, how bad, and the message. */

import { plain, tokenize } from './ansi.js';
import { compact, ExactNumber, isObject, parseObject } from './json.js';

/** Longer messages are shown up to here until somebody asks for the rest. */
export const SHOWN_CHARS = 2000;

const GUESS_CHARS = 240; // a level stands near the start of a line
const MAX_FIELDS = 40;
const MAX_DEPTH = 3;

const LEVELS = new Map([
  ...words('fatal', 'fatal panic emerg emergency alert critical crit'),
  ...words('error', 'error err eror severe failure'),
  ...words('warn', 'warn warning wrn'),
  ...words('info', 'info information inf notice'),
  ...words('debug', 'debug dbug dbg fine'),
  ...words('trace', 'trace trc verbose finest'),
]);

const LEVEL_WORD =
  /\b(fatal|panic|emerg|critical|crit|error|err|eror|severe|warn|warning|wrn|info|inf|debug|dbug|dbg|trace|trc)\b/i;

/** java.lang.IllegalStateException: …, TypeError: …, and what is thrown because of it. */
const THROWN = /^(?:Caused by:|Traceback \(|[\w$.:]{0,200}(?:Exception|Error)\b)/;

const MESSAGE_KEYS = ['msg', 'message', 'event', 'text'];
const LEVEL_KEYS = ['level', 'severity', 'lvl', 'loglevel', 'log.level'];
const TIME_KEYS = ['time', 'ts', 'timestamp', '@timestamp', 'datetime'];

/**
 * @param {unknown} payload an element of a frame's `lines`: an object, or any other payload's text
 * @returns {{at: number, region: string, machine: string, provider: string, level: string,
 *     guessed: boolean, text: string, json: object|undefined}} `at` in ms since 1970 or NaN; `text`
 *     is the message as it came; `json` is the message, if it is an object
 */
export function readLine(payload) {
  return isObject(payload) ? fromObject(payload) : fromText(String(payload));
}

function fromObject(payload) {
  const isFly = typeof payload.message === 'string' || isObject(payload.fly);
  if (!isFly) {
    const line = withLevel(compact(payload), payload, '');
    return { ...line, at: time(firstOf(payload, TIME_KEYS)) };
  }
  const text = typeof payload.message === 'string' ? payload.message : compact(payload.message ?? '');
  const stated = typeof payload.log?.level === 'string' ? payload.log.level : '';
  return {
    ...withLevel(text, parseObject(text), stated),
    at: time(payload.timestamp),
    region: string(payload.fly?.region),
    machine: string(payload.fly?.app?.instance),
    provider: string(payload.event?.provider),
  };
}

function fromText(text) {
  return withLevel(text, parseObject(text), '');
}

function withLevel(text, json, stated) {
  return {
    at: NaN,
    region: '',
    machine: '',
    provider: '',
    text,
    json,
    ...level(text, json, stated),
  };
}

/** Fly says `info` of nearly every line of an app, so a message that says otherwise is believed. */
function level(text, json, stated) {
  const known = LEVELS.get(stated.toLowerCase());
  if (known !== undefined && known !== 'info') {
    return { level: known, guessed: false };
  }
  const guess = json ? levelOfJson(json) : guessLevel(plain(tokenize(text.slice(0, 2 * GUESS_CHARS))));
  if (guess !== '' && guess !== known) {
    return { level: guess, guessed: true };
  }
  return { level: known ?? '', guessed: false };
}

function levelOfJson(json) {
  const value = firstOf(json, LEVEL_KEYS);
  if (typeof value === 'number') {
    const names = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']; // pino and bunyan
    return value >= 10 && value <= 60 ? names[Math.round(value / 10) - 1] : '';
  }
  return LEVELS.get(String(value ?? '').toLowerCase()) ?? '';
}

/** The level that a message's own words name, or '' if they name none. */
export function guessLevel(text) {
  const start = text.slice(0, GUESS_CHARS);
  if (THROWN.test(start)) {
    return 'error';
  }
  const word = LEVEL_WORD.exec(start);
  return word ? LEVELS.get(word[1].toLowerCase()) : '';
}

/**
 * The message as pieces to show: a JSON object as `msg key=value`, anything else as it is.
 *
 * @returns {{text: string, classes: string}[]}
 */
export function messagePieces(line, limit = SHOWN_CHARS) {
  return line.json ? jsonPieces(line.json, limit) : tokenize(cut(line.text, limit));
}

function jsonPieces(json, limit) {
  const messageKey = MESSAGE_KEYS.find((key) => typeof json[key] === 'string');
  const pieces = messageKey ? tokenize(cut(json[messageKey], limit)) : [];
  const skipped = new Set([
    messageKey,
    ...LEVEL_KEYS.filter((key) => levelOfJson({ level: json[key] }) !== ''),
    ...TIME_KEYS.filter((key) => !Number.isNaN(time(json[key]))),
  ]);
  let left = limit;
  const fields = flatten(json, skipped);
  for (const [key, value] of fields.slice(0, MAX_FIELDS)) {
    if (left <= 0) {
      break;
    }
    const shown = cut(value, left);
    pieces.push({ text: (pieces.length > 0 ? ' ' : '') + plain(tokenize(key)) + '=', classes: 'key' });
    pieces.push(...tokenize(shown));
    left -= key.length + shown.length;
  }
  if (fields.length > MAX_FIELDS || left <= 0) {
    pieces.push({ text: ' …', classes: 'key' });
  }
  return pieces.length > 0 ? pieces : [{ text: '{}', classes: 'key' }];
}

/** Nested objects as dotted keys, deeper ones and lists as JSON. */
function flatten(json, skipped) {
  const fields = [];
  const visit = (object, prefix, depth) => {
    for (const [key, value] of Object.entries(object)) {
      if (depth === 1 && skipped.has(key)) {
        continue;
      }
      if (isObject(value) && depth < MAX_DEPTH && Object.keys(value).length > 0) {
        visit(value, prefix + key + '.', depth + 1);
      } else {
        fields.push([prefix + key, fieldText(value)]);
      }
      if (fields.length > MAX_FIELDS) {
        return;
      }
    }
  };
  visit(json, '', 1);
  return fields;
}

function fieldText(value) {
  if (typeof value !== 'string') {
    return compact(value);
  }
  return value === '' || /[\s"=]/.test(value) ? JSON.stringify(value) : value;
}

/** Whether messagePieces leaves some of the message out. */
export function isCut(line) {
  return line.text.length > SHOWN_CHARS;
}

/** Cuts between characters, never inside a surrogate pair. */
function cut(text, limit) {
  if (text.length <= limit) {
    return text;
  }
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}

function firstOf(object, keys) {
  return object[keys.find((key) => object[key] !== undefined && object[key] !== null)];
}

function string(value) {
  return typeof value === 'string' ? value : '';
}

/** ISO text, or a count of seconds, milliseconds, microseconds or nanoseconds since 1970. */
function time(value) {
  if (typeof value === 'string') {
    return /^\d{4}-\d\d-\d\d[T ]/.test(value) ? Date.parse(value) : NaN;
  }
  let ms = value instanceof ExactNumber ? Number(value.source) : value;
  if (typeof ms !== 'number' || ms < 1e9) {
    return NaN;
  }
  if (ms < 1e11) {
    ms *= 1000;
  }
  while (ms > 1e14) {
    ms /= 1000;
  }
  return ms;
}

function words(level, names) {
  return names.split(' ').map((name) => [name, level]);
}
