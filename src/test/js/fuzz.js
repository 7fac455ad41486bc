/**
 * Random payloads through everything between a frame's text and a row. The seed is printed; the same
 * one gives the same payloads: FLYLINE_FUZZ_SEED=1 FLYLINE_FUZZ_ROUNDS=100000 node fuzz.js
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import './fake-dom.js';
import { parse, parseObject, pretty } from '../../main/resources/webroot/json.js';
import { tokenize } from '../../main/resources/webroot/ansi.js';
import { MAX_PIECES, messagePieces, readLine } from '../../main/resources/webroot/line.js';
import { Rows } from '../../main/resources/webroot/rows.js';
import { Tracker } from '../../main/resources/webroot/tracker.js';

const ROUNDS = Number(process.env.FLYLINE_FUZZ_ROUNDS ?? 100_000);
const SEED = Number(process.env.FLYLINE_FUZZ_SEED ?? 20261129);
const MAX_MS = 5; // on a processor that is as quick as this one is at its best
const SURE_MS = 1; // what took longer is measured again, for other processes may have run meanwhile
const LINE_LIMIT = 65_536;
const DEEPEST_PASSED_ON = 100; // deeper payloads are strings to the router

const CONTROL = JSON.stringify({ list: Array.from({ length: 40 }, (_, i) => ({ n: i, text: 'x'.repeat(i) })) });

/** mulberry32: small, and good enough to be different each time. */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, chance: (p) => next() < p, of: (list) => list[below(list.length)] };
}

const KEYS = [
  'msg', 'message', 'event', 'text', 'level', 'severity', 'lvl', 'loglevel', 'log.level', 'time', 'ts',
  'timestamp', '@timestamp', 'datetime', 'fly', 'log', 'app', 'region', 'instance', 'provider', 'host',
  '__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'then', 'length', 'get',
  'hasOwnProperty', '', '0', '-1', 'kind', 'type', 'lines', 'flyline', '\u202e', '\ud800', 'é',
];

const NUMBERS = [
  '0', '-0', '1', '-1', '1e999', '-1e999', '1e-999', '1e308', '-1e308', '1e9', '999999999', '1e11',
  '1e14', '100000000000001', '1e17', '1e20', '8640000000000001', '-8640000000000001', '253402300800',
  '9007199254740993', '18446744073709551616', '1763640000123', '1763640000123456789', '0.1', '1.50',
  '5e-324', '1'.repeat(400), '-' + '9'.repeat(400), '0.' + '3'.repeat(400), '30', '60', '61', '10', '9.99',
];

const TEXTS = [
  '', ' ', '\n', '\r', '\r\n', '\t', '\0', 'ERROR', 'level=warn', '[error]', 'E1120 10:00:00', 'Infinity', 'NaN',
  '2026-11-20T12:00:00Z', '2026-99-99T99:99:99Z', '9999-12-31T23:59:59.999999999+99:99', '0000-00-00 ',
  '2026-11-20T' + '0'.repeat(90), '\u001b[31m', '\u001b[38:2::1:2:3m', '\u001b[58;5;1m', '\u001b[0m', '\u001b]8;;x\u0007', '\u009b',
  '\u001b[', '\u001bP', '{', '}', '[', ']', '{}', '{"level":{"toString":1}}', '<b>', '&amp;', 'null',
  '\u202e', '\u2066', '\u200b', '\ufeff', '\u0301'.repeat(50), '\ud83d\ude00', '\ud83d', '\ude00', '\u{10ffff}',
  '\u{e0041}', '\u{1f468}\u200d\u{1f4bb}', '\ufdfd', '\u3164', '\uffff', 'a'.repeat(300), '=', '"', '\\', '\u2028',
];

/** A text of any planes, escapes and fragments. */
function text(random) {
  const { below, chance, of } = random;
  let made = '';
  for (let i = chance(0.01) ? below(400) : below(4); i > 0; i--) {
    made += chance(0.6)
      ? of(TEXTS)
      : chance(0.5)
        ? String.fromCharCode(below(0x10000))
        : String.fromCodePoint(below(0x110000));
  }
  return chance(0.01) ? made.repeat(1 + below(50)).slice(0, 65_536) : made;
}

/** JSON of any shape, as text. */
function json(random, depth) {
  const { below, chance, of } = random;
  switch (below(depth > 0 ? 8 : 5)) {
    case 0:
      return of(NUMBERS);
    case 1:
      return of(['true', 'false', 'null', '{}', '[]', '{"toString":1}', '{"__proto__":{"x":1}}']);
    case 2:
    case 3:
      return JSON.stringify(text(random));
    case 4:
      return JSON.stringify(json(random, Math.max(0, depth - 1)));
    case 5:
      return '[' + several(random, depth, () => json(random, depth - 1)) + ']';
    default:
      return object(random, depth);
  }
}

function object(random, depth) {
  const { chance, of } = random;
  const key = () => JSON.stringify(chance(0.9) ? of(KEYS) : text(random));
  return '{' + several(random, depth, () => key() + ':' + json(random, depth - 1)) + '}';
}

function several(random, depth, make) {
  const { below, chance } = random;
  const count = chance(0.003) ? below(depth > 2 ? 60 : 500) : below(4);
  return Array.from({ length: count }, make).join(',').slice(0, 1 << 20);
}

/** Fly's envelope with something else in any field. */
function envelope(random) {
  const { chance } = random;
  const or = (usual, depth = 2) => (chance(0.5) ? usual : json(random, depth));
  const message = chance(0.4) ? JSON.stringify(deepOrNot(random)) : or(JSON.stringify(text(random)), 4);
  const instance = or('"d896d7c609dd68"');
  return (
    `{"event":${or('{"provider":"app"}')},"fly":${or(`{"app":{"instance":${instance},"name":"shop"},"region":${or('"fra"')}}`)},` +
    `"host":${or('"h"')},"log":${or(`{"level":${or('"info"')}}`)},"message":${message},"timestamp":${or('"2026-11-20T12:00:00Z"')}}`
  );
}

function deepOrNot(random) {
  const { chance } = random;
  return chance(0.003) ? deep(random) : chance(0.5) ? object(random, 4) : json(random, 3);
}

/** Nested up to 100,000 deep, closed or not. */
function deep({ below, of, chance }) {
  const depth = of([99, 100, 101, 127, 128, 129, 1000, 10_000, 100_000, 1 + below(100_000)]);
  const [open, close] = of([['[', ']'], ['{"a":', '}'], ['[{"msg":', '}]']]);
  const body = open.repeat(depth) + '1' + (chance(0.8) ? close.repeat(depth) : '');
  return chance(0.5) ? `{"msg":"deep","x":${body}}` : body;
}

/** A payload as the router lets through; deep ones are longer, to be as deep as can be. */
function payload(random) {
  const made = anyPayload(random);
  return made.length > LINE_LIMIT ? `${made.slice(0, LINE_LIMIT)} …[flyline: cut 1 bytes]` : made;
}

function anyPayload(random) {
  const { below } = random;
  switch (below(6)) {
    case 0:
      return text(random);
    case 1:
      return json(random, 4);
    case 2:
      return object(random, 4);
    case 3:
      return deepOrNot(random);
    default:
      return envelope(random);
  }
}

/** As the router passes it on: an object of bounded depth stands in a frame as it is. */
function inFrame(made) {
  try {
    if (made.startsWith('{') && depthOf(made) <= DEEPEST_PASSED_ON) {
      JSON.parse(made);
      return made;
    }
  } catch {
    // no JSON
  }
  return JSON.stringify(made);
}

function depthOf(made) {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of made.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** From an element of `lines` to what a person sees, and what the row's arrow opens. */
function show(rows, element) {
  const { row, nodes } = rows.make({ kind: 'line', payload: element });
  const line = readLine(element);
  tokenize(line.json ? pretty(line.json) : line.text);
  return { row, nodes };
}

/** CPU time in ms of one run, so that neither other processes nor a pause count. */
function onceMs(run) {
  const before = process.cpuUsage();
  run();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

/** Always the same work, some 2 ms of it. */
function control() {
  let sum = 0;
  for (let i = 0; i < 200; i++) {
    sum += JSON.stringify(JSON.parse(CONTROL)).length;
  }
  return sum;
}

let bestControlMs = Infinity;

/**
 * How many times longer the same work takes now than at its best: a processor whose caches, cores or
 * clock are shared is slower for what it is measured with, too.
 */
function slowness() {
  const now = onceMs(control);
  bestControlMs = Math.min(bestControlMs, now);
  return Math.max(1, now / bestControlMs);
}

/** CPU time in ms as on a processor at its best; the least of some tries. */
function cpuMs(run, tries) {
  let best = Infinity;
  for (let i = 0; i < tries && best > SURE_MS; i++) {
    best = Math.min(best, onceMs(run) / slowness());
  }
  return best;
}

test(`${ROUNDS} random payloads are each shown, in bounded time (seed ${SEED})`, () => {
  for (let i = 0; i < 200; i++) {
    slowness(); // until it is compiled and its best is known
  }
  const random = generator(SEED);
  const rows = new Rows();
  let slowest = { ms: 0 };
  const suspects = []; // to be measured again when all code is compiled
  let chars = 0;
  let pieces = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const made = random.chance(0.003) ? deep(random) : payload(random);
    const frame = `{"type":"logs","app":"a","epoch":"e","seq":${round + 1},"lines":["before",${inFrame(made)},"after"]}`;
    const items = new Tracker().accept(parse(frame), frame.length);
    assert.equal(items.length, 3, `round ${round}: neighbours`);

    const element = items[1].payload;
    const start = performance.now();
    const { row, nodes } = show(rows, element);
    const ms = performance.now() - start;
    const settled = ms > SURE_MS ? cpuMs(() => show(rows, element), 8) : ms;
    if (settled > MAX_MS) {
      suspects.push({ round, made, element });
    } else if (settled > slowest.ms) {
      slowest = { ms: settled, round, chars: made.length };
    }
    assert.ok(nodes <= 2 * MAX_PIECES + 2, `round ${round}: ${nodes} nodes`);
    const shown = row.find('message').textContent;
    assert.ok(shown !== '' || isBlank(element), `round ${round} is not shown: ${made.slice(0, 200)}`);
    pieces += messagePieces(readLine(element)).pieces.length;
    chars += made.length;
  }
  for (const { round, made, element } of suspects) {
    const settled = cpuMs(() => show(rows, element), 100);
    assert.ok(settled <= MAX_MS, `round ${round} took ${settled} ms for ${made.length} characters: ${made.slice(0, 200)}`);
  }
  assert.equal({}.x, undefined);
  assert.equal(Object.keys(Object.prototype).length, 0);
  console.log(`slowest of ${ROUNDS} with seed ${SEED}: ${JSON.stringify(slowest)}; ${chars} characters, ${pieces} pieces`);
});

/** A message without a character that leaves something on a page, such as '' or a bare colour. */
function isBlank(element) {
  const { text: message, json: fields } = readLine(element);
  return fields === undefined && tokenize(message).length === 0;
}

test('an unreadable payload is shown as it came, and its neighbours too', () => {
  const rows = new Rows();
  const trap = new Proxy({ msg: 'boom' }, { get: () => { throw new Error('trap'); } });
  assert.equal(rows.make({ kind: 'line', payload: trap }).row.find('message').textContent, '(a line that this page cannot show)');
  assert.equal(rows.make({ kind: 'line', payload: 'next' }).row.find('message').textContent, 'next');
});

test('frames of depth 100,000 are no frames, and take no time', () => {
  const frame = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000);
  assert.ok(cpuMs(() => assert.equal(parseObject(frame), undefined), 10) < 1000);
});
