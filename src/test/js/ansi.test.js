import assert from 'node:assert/strict';
import { test } from 'node:test';

import { plain, tokenize } from '../../main/resources/webroot/ansi.js';
import { HOSTILE_MESSAGES } from './sample-lines.js';

const ESC = '\u001b';

function pieces(text) {
  return tokenize(text).map(({ text: t, classes }) => (classes ? `${t}|${classes}` : t));
}

test('plain text is one piece', () => {
  assert.deepEqual(pieces('hello\tworld'), ['hello\tworld']);
  assert.deepEqual(pieces(''), []);
});

test('colours and styles become classes until they are reset', () => {
  assert.deepEqual(pieces(`a${ESC}[1;31mb${ESC}[22mc${ESC}[0md`), ['a', 'b|fg1 bold', 'c|fg1', 'd']);
  assert.deepEqual(pieces(`${ESC}[92;44mx${ESC}[39my${ESC}[49mz`), ['x|fg10 bg4', 'y|bg4', 'z']);
  assert.deepEqual(pieces(`${ESC}[2;3;4;7;9mx${ESC}[my`), ['x|faint italic underline strike inverse', 'y']);
});

test('256 colours and true colours become the nearest of 16', () => {
  assert.deepEqual(pieces(`${ESC}[38;5;9mx`), ['x|fg9']);
  assert.deepEqual(pieces(`${ESC}[38;5;196mx`), ['x|fg9']);
  assert.deepEqual(pieces(`${ESC}[38;5;240mx`), ['x|fg8']);
  assert.deepEqual(pieces(`${ESC}[48;2;0;0;128;1mx`), ['x|bg4 bold']);
  assert.deepEqual(pieces(`${ESC}[38:2:0:200:0mx`), ['x|fg2']);
});

test('sub-parameters after colons belong to their parameter alone', () => {
  assert.deepEqual(pieces(`${ESC}[38:2::0:200:0mx`), ['x|fg2']); // with an empty colour space
  assert.deepEqual(pieces(`${ESC}[38:2:1:0:200:0;1mx`), ['x|fg2 bold']);
  assert.deepEqual(pieces(`${ESC}[48:5:1mx`), ['x|bg1']);
  assert.deepEqual(pieces(`${ESC}[4:3mx${ESC}[4:0my`), ['x|underline', 'y']);
  assert.deepEqual(pieces(`${ESC}[4:1;31mx`), ['x|fg1 underline']);
  for (const none of ['1:2', '0:1', '3:1', '7:1:1', '31:1', '58:5:1', '58:2::1:4:9', '38:2', '38:2:1:4', '38:5', '38:9:1', '38:', '9:9:9', ':', '::::']) {
    assert.deepEqual(pieces(`${ESC}[32;${none}mx`), ['x|fg2'], none);
  }
});

test('underline colours and unknown parameters are skipped with what belongs to them', () => {
  for (const none of ['58;5;1', '58;2;1;4;9', '59', '5', '6', '8', '10', '51', '53', '73', '999', '9'.repeat(400), '58;9;1;4', '38;9;1;4', '38;1', '38;5;256', '38;5;999', '38;2;256;0;0', '38;2;1;4', '38;5', '38']) {
    assert.deepEqual(pieces(`${ESC}[32;${none}mx`), ['x|fg2'], none);
  }
  assert.deepEqual(pieces(`${ESC}[58;5;1;1mx`), ['x|bold']);
  assert.deepEqual(pieces(`${ESC}[58;2;1;4;9;3mx`), ['x|italic']);
  assert.deepEqual(pieces(`${ESC}[58:2::1:4:9;38;5;2;9mx`), ['x|fg2 strike']);
});

test('every other escape sequence is dropped with its parameters', () => {
  for (const sequence of ['[2J', '[1;1H', '[?25l', '[>c', '(B', 'c', '7', '[1 q', ']0;title\u0007', ']8;;http://x\u001b\\', 'Pq\u001b\\', '_x\u001b\\', '^x\u009c', 'Xx\u0007']) {
    assert.equal(plain(tokenize(`a${ESC}${sequence}b`)), 'ab', JSON.stringify(sequence));
  }
  assert.equal(plain(tokenize('a\u009b31mb\u009d0;t\u009cc\u0085d')), 'abcd');
});

test('a string sequence without an end hides nothing', () => {
  assert.equal(plain(tokenize(`a${ESC}]8;;visible\nnext`)), 'a8;;visible\nnext');
});

test('a control sequence that breaks off does not take what follows', () => {
  assert.equal(plain(tokenize(`a${ESC}[31`)), 'a');
  assert.equal(plain(tokenize(`a${ESC}[31\nb`)), 'a\nb');
  assert.equal(plain(tokenize(`a${ESC}`)), 'a');
});

test('controls, direction marks and zero-width characters are spelled out', () => {
  assert.deepEqual(pieces('a\u0000b'), ['a', '\\x00|esc', 'b']);
  assert.deepEqual(pieces('x\u202ey\u2069z\u200b'), ['x', '\\u202e|esc', 'y', '\\u2069|esc', 'z', '\\u200b|esc']);
});

test('characters that show nothing are spelled out', () => {
  for (const c of ['\u00ad', '\u034f', '\u115f', '\u180e', '\u3164', '\uffa0', '\ufff9', '\ufeff']) {
    assert.deepEqual(pieces(`a${c}b`).length, 3, escape(c));
  }
});

test('joiners of emoji and scripts stay', () => {
  assert.deepEqual(pieces('👩‍💻 می‌خواهم'), ['👩‍💻 می‌خواهم']);
});

test('a carriage return starts the line again', () => {
  assert.equal(plain(tokenize('10%\r50%\r99%\r\nnext\r')), '99%\nnext');
});

test('ten thousand colour changes make a bounded number of pieces and lose no text', () => {
  const text = Array.from({ length: 10_000 }, (_, i) => `${ESC}[3${i % 8}mx\u202e`).join('');
  const result = tokenize(text);
  assert.ok(result.length <= 402, String(result.length));
  assert.equal(plain(result).replace(/[^x]/g, '').length, 10_000);
});

test('time is linear in the length, whatever stands in it', () => {
  for (const unit of [`${ESC}]`, `${ESC}[`, `${ESC}P`, `${ESC}[1;`, '\r', '\u202e', `${ESC}[31m`, `${ESC} `]) {
    const text = unit.repeat(400_000 / unit.length);
    const start = performance.now();
    tokenize(text);
    assert.ok(performance.now() - start < 2000, JSON.stringify(unit));
  }
});

test('no hostile message leaves a control character behind', () => {
  for (const message of HOSTILE_MESSAGES) {
    const text = plain(tokenize(message));
    assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  }
});
