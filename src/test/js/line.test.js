import assert from 'node:assert/strict';
import { test } from 'node:test';

import { plain } from '../../main/resources/webroot/ansi.js';
import { parse, pretty } from '../../main/resources/webroot/json.js';
import { guessLevel, messagePieces, readLine, SHOWN_CHARS } from '../../main/resources/webroot/line.js';
import { HOSTILE } from './sample-lines.js';

function fly(message, level = 'info') {
  return {
    event: { provider: 'app' },
    fly: { app: { instance: 'd896d7c609dd68', name: 'shop' }, region: 'fra' },
    log: { level },
    message,
    timestamp: '2026-11-20T12:00:00.123456789Z',
  };
}

function shown(payload) {
  return plain(messagePieces(readLine(payload)));
}

test('a Fly line is read field by field', () => {
  const line = readLine(fly('hello'));
  assert.deepEqual(line, {
    at: Date.UTC(2026, 10, 20, 12, 0, 0, 123),
    region: 'fra',
    machine: 'd896d7c609dd68',
    provider: 'app',
    level: 'info',
    guessed: false,
    text: 'hello',
    json: undefined,
  });
});

test('a payload that is no JSON object is its own message', () => {
  const line = readLine('plain text, ERROR inside');
  assert.equal(line.text, 'plain text, ERROR inside');
  assert.equal(line.level, 'error');
  assert.ok(Number.isNaN(line.at));
});

test('an object of another shape is shown as fields', () => {
  const payload = { level: 'warn', ts: 1763640000.5, msg: 'odd one', n: 3 };
  assert.equal(shown(payload), 'odd one n=3');
  assert.equal(readLine(payload).level, 'warn');
  assert.equal(readLine(payload).at, 1763640000500);
});

test('a stated level other than info is believed', () => {
  assert.deepEqual(pick(readLine(fly('no error here', 'warn'))), ['warn', false]);
  assert.deepEqual(pick(readLine(fly('all well', 'info'))), ['info', false]);
});

test('info gives way to what the message says, and is marked as guessed', () => {
  assert.deepEqual(pick(readLine(fly('level=WARN msg="slow"'))), ['warn', true]);
  assert.deepEqual(pick(readLine(fly('\u001b[33m WARN\u001b[0m hyper: reset'))), ['warn', true]);
  assert.deepEqual(pick(readLine(fly('{"level":"error","msg":"x"}'))), ['error', true]);
  assert.deepEqual(pick(readLine(fly('{"level":50,"msg":"x"}'))), ['error', true]);
  assert.deepEqual(pick(readLine(fly('{"severity":"DEBUG","msg":"error words"}'))), ['debug', true]);
  assert.deepEqual(pick(readLine(fly('java.lang.IllegalStateException: pool exhausted'))), ['error', true]);
  assert.deepEqual(pick(readLine(fly('TypeError: x is undefined'))), ['error', true]);
});

test('words that only look like levels change nothing', () => {
  for (const text of ['GET /errors 200', 'informative', 'warnings: none', 'terror', '']) {
    assert.equal(guessLevel(text), '', text);
  }
});

test('guessing takes linear time', () => {
  const start = performance.now();
  for (const unit of ['a.', 'a', 'a:', '$', '.']) {
    guessLevel(unit.repeat(100_000));
  }
  assert.ok(performance.now() - start < 1000);
});

test('a JSON message reads as message and fields, without level and time', () => {
  const message =
    '{"level":"error","time":1763640000123,"msg":"payment failed","ms":1500,"user":{"id":7},"note":"a b","list":[1,2]}';
  assert.equal(shown(fly(message)), 'payment failed ms=1500 user.id=7 note="a b" list=[1,2]');
});

test('a JSON message without a text still shows something', () => {
  assert.equal(shown(fly('{}')), '{}');
  assert.equal(shown(fly('{"a":null}')), 'a=null');
});

test('long ids keep their digits where the browser tells them', () => {
  const value = parse('{"id":12345678901234567890,"n":1.50}');
  const told = typeof value.id === 'object'; // Node 22 and browsers since 2025 do
  assert.equal(pretty(value).includes('12345678901234567890'), told);
  assert.match(pretty(value), /"n": 1\.5\b/);
});

test('pretty JSON is JSON again', () => {
  const value = { a: [1, { b: [] }], c: {}, d: 'x"y', e: null };
  assert.equal(pretty(value), JSON.stringify(value, null, 2));
});

test('a long message is cut between characters', () => {
  const text = 'x'.repeat(SHOWN_CHARS - 1) + '😀😀';
  assert.equal(shown(fly(text)), 'x'.repeat(SHOWN_CHARS - 1));
});

test('hostile payloads are read without an exception', () => {
  for (const payload of HOSTILE) {
    const line = readLine(parse(payload));
    assert.ok(messagePieces(line).every((piece) => typeof piece.text === 'string'));
    assert.equal(typeof line.region + typeof line.machine + typeof line.level, 'stringstringstring');
  }
  assert.equal({}.polluted, undefined);
});

function pick(line) {
  return [line.level, line.guessed];
}
