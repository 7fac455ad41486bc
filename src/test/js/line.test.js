import assert from 'node:assert/strict';
import { test } from 'node:test';

import { plain } from '../../main/resources/webroot/ansi.js';
import { parse, pretty } from '../../main/resources/webroot/json.js';
import { guessLevel } from '../../main/resources/webroot/level.js';
import { MAX_PIECES, messagePieces, readLine, SHOWN_BREAKS, SHOWN_CHARS } from '../../main/resources/webroot/line.js';
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
  return plain(messagePieces(readLine(payload)).pieces);
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

test('a sentence that holds the word for a level is not of that level', () => {
  for (const text of ['no error: all fine', 'GET /error-pages/info 200 3ms', 'error rate is 0', 'trace id 123',
    'user "debug" logged in', 'GET /x?level=errors 200', 'Error rate is 0', 'sent to /var/ERROR/x', 'no-error: 5']) {
    assert.equal(guessLevel(text), '', text);
  }
});

test('what marks a level is believed', () => {
  for (const [text, level] of [['[error] x', 'error'], ['2026-11-20T12:00:00.1Z WARN x', 'warn'], ['warning: x', 'warn'],
    ['12:00:00 [main] DEBUG x', 'debug'], ['npm ERR! code 1', 'error'], ['E1120 10:00:00.1 x', 'error'], ['panic: x', 'fatal'],
    ["thread 'main' panicked at x", 'error'], ['t=1 lvl=eror msg=x', 'error'], ['<warn> x', 'warn'], ['ERROR', 'error'],
    ['Error: x', 'error'], ['x.y.ZException\n\tat', 'error']]) {
    assert.equal(guessLevel(text), level, text);
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
    assert.ok(messagePieces(line).pieces.every((piece) => typeof piece.text === 'string'));
    assert.equal(typeof line.region + typeof line.machine + typeof line.level, 'stringstringstring');
  }
  assert.equal({}.polluted, undefined);
});

/** The same value in Fly's envelope's message, in an object of another shape, and in the envelope. */
function everywhere(field, json) {
  return [
    `{"msg":"boom",${field}:${json}}`,
    JSON.stringify(fly(`{"msg":"boom",${field}:${json}}`)),
    JSON.stringify(fly('boom')).replace(/"timestamp":"[^"]*"/, `"timestamp":${json}`),
    JSON.stringify(fly('boom')).replace(/"log":\{[^}]*\}/, `"log":{"level":${json}}`),
    JSON.stringify(fly('boom')).replace(/"region":"fra"/, `"region":${json}`),
    JSON.stringify(fly('boom')).replace(/"instance":"\w+"/, `"instance":${json}`),
    JSON.stringify(fly('boom')).replace(/"provider":"app"/, `"provider":${json}`),
  ];
}

test('no value of any field hides a line or keeps a page busy', () => {
  const values = [
    '1e999', '-1e999', '1'.repeat(400), '-0', '1e308', '8640000000000001', '1e20', '1e17', 'null', 'true',
    '{"toString":1}', '{"valueOf":1,"toString":{}}', '{"toJSON":1}', '{"__proto__":null}', '[]', '[[{"toString":1}]]',
    '"\\ud800"', '""', `"${'x'.repeat(60_000)}"`, `[${'0,'.repeat(20_000)}0]`, '['.repeat(90) + ']'.repeat(90),
  ];
  for (const field of ['"level"', '"severity"', '"time"', '"ts"', '"timestamp"', '"@timestamp"', '"x"', '"__proto__"']) {
    for (const value of values) {
      for (const payload of everywhere(field, value)) {
        const start = performance.now();
        const line = readLine(parse(payload));
        assert.match(plain(messagePieces(line).pieces), /boom/, payload.slice(0, 200));
        assert.ok(Number.isNaN(line.at) || !Number.isNaN(new Date(line.at).getTime()), payload.slice(0, 200));
        assert.ok(line.region.length + line.machine.length + line.provider.length < 300);
        assert.ok(performance.now() - start < 1000, payload.slice(0, 200));
      }
    }
  }
});

test('a time is one of this age, in whatever unit, or it is shown as a field', () => {
  const at = (time) => readLine(parse(`{"msg":"x","time":${time}}`)).at;
  for (const time of ['1763640000', '1763640000000', '1763640000000000', '1763640000000000000']) {
    assert.equal(at(time), 1763640000000, time);
  }
  for (const time of ['0', '-1763640000', '1e20', '1e999', '"2026-11-20"', '"9999-99-99T00:00:00Z"']) {
    assert.ok(Number.isNaN(at(time)), time);
    assert.match(shown(parse(`{"msg":"x","time":${time}}`)), /^x time=/);
  }
});

test('numbers that no double holds are shown as they were written, or as what they became', () => {
  assert.match(shown(parse('{"msg":"x","n":1e999}')), /n=(1e999|Infinity)$/);
  assert.match(shown(parse('{"msg":"x","n":-1e999}')), /n=-(1e999|Infinity)$/);
});

test('JSON deeper than the router takes for JSON is text', () => {
  for (const depth of [200, 10_000, 100_000]) {
    const message = '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
    assert.equal(readLine(fly(message)).json, undefined);
    assert.equal(shown(fly(message)), message.slice(0, SHOWN_CHARS));
  }
  assert.notEqual(readLine(fly('{"a":'.repeat(100) + '1' + '}'.repeat(100))).json, undefined);
});

test('an object that only looks like an envelope is shown whole', () => {
  assert.equal(shown({ message: 'boom', code: 5 }), 'boom code=5');
  assert.equal(readLine({ message: 'boom', level: 'error' }).level, 'error');
  assert.equal(shown({ fly: { region: 'fra' }, x: 1 }), 'fly.region=fra x=1');
  assert.equal(shown({ fly: {}, message: { n: 1 } }), 'n=1');
});

test('an envelope that the router cut keeps its time, its machine and what is left of its message', () => {
  const mark = ' …[flyline: cut 7 bytes]';
  const cutAt = (message, end) => {
    const whole = JSON.stringify(fly(message));
    return readLine(whole.slice(0, whole.indexOf('"message":"') + 11 + end) + mark);
  };
  const line = cutAt('ERROR ab\\cd', 9);
  assert.equal(line.text, 'ERROR ab' + mark); // within an escape sequence
  assert.equal(line.machine + line.region + line.provider + line.level, 'd896d7c609dd68fraapperror');
  assert.equal(cutAt('ab\\cd', 4).text, 'ab\\' + mark);
  assert.equal(cutAt('ab\u0001cd', 5).text, 'ab' + mark);
  for (const text of ['x' + mark, '"message":"x' + mark, '{"message":"x' + '\n' + mark, mark, '{"a":1,"message":"x' + mark]) {
    assert.equal(readLine(text).text, text);
  }
});

test('names are one line of visible characters', () => {
  const line = readLine({ ...fly('x'), fly: { region: 'f\u202era\n', app: { instance: 'm'.repeat(1000) } } });
  assert.equal(line.region, 'f\\u202era ');
  assert.equal(line.machine, 'm'.repeat(64) + '…');
});

test('a message has a bounded number of pieces, however it is made', () => {
  const colours = Array.from({ length: 500 }, (_, i) => `\u001b[3${i % 8}mx`).join('');
  const fields = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}\u202e`, colours.slice(0, 300)]));
  const many = Object.fromEntries(Array.from({ length: 39 }, (_, i) => [`k${i}`, '\u0001'.repeat(40)]));
  for (const payload of [colours, { msg: colours, ...fields }, fields, many, fly(JSON.stringify(many)), '\u0001'.repeat(2000)]) {
    const { pieces } = messagePieces(readLine(payload));
    assert.ok(pieces.length <= MAX_PIECES + 1, String(pieces.length));
  }
  assert.equal(shown(colours).length, 333); // as many as 2,000 characters hold, none lost
});

test('a message of very many lines is cut, and one that is cut says so', () => {
  const { pieces, isCut } = messagePieces(readLine('x\n'.repeat(900)));
  assert.equal(plain(pieces).split('\n').length, SHOWN_BREAKS + 1);
  assert.ok(isCut);
  assert.ok(messagePieces(readLine({ msg: 'x', a: 'y'.repeat(3000) })).isCut);
  assert.ok(messagePieces(readLine({ ['k'.repeat(3000)]: 1 })).isCut);
  assert.ok(messagePieces(readLine({ ...Array.from({ length: 60 }, (_, i) => i) })).isCut);
  assert.ok(!messagePieces(readLine(fly('{"msg":"x","list":[1,2]}'))).isCut);
});

function pick(line) {
  return [line.level, line.guessed];
}
