import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { takeFragment, tidyToken } from '../../main/resources/webroot/access.js';
import { clock, gapText, lines, skippedText } from '../../main/resources/webroot/words.js';

const WEBROOT = new URL('../../main/resources/webroot/', import.meta.url);

function source(name) {
  return readFileSync(new URL(name, WEBROOT), 'utf8');
}

test('a token is taken from the fragment, with the app', () => {
  assert.deepEqual(takeFragment('#token=a.b-_c&app=shop'), { token: 'a.b-_c', app: 'shop' });
  assert.deepEqual(takeFragment(''), { token: '', app: '' });
});

test('a pasted token loses what came along with it', () => {
  assert.equal(tidyToken(' Authorization: Bearer a.b\n.c ').token, 'a.b.c');
  assert.equal(tidyToken('"a.b.c"').token, 'a.b.c');
  assert.ok(tidyToken('').problem);
  assert.ok(tidyToken('a.b,c').problem);
});

test('gaps are told in words', () => {
  assert.equal(gapText({ count: 58, cause: 'slow' }), '58 lines missing: this page could not keep up with the log');
  assert.match(gapText({ count: undefined, cause: 'failover' }), /^An unknown number of lines is missing: /);
  assert.equal(gapText({ count: 1, cause: 'new_cause' }), '1 line missing: new_cause');
  assert.match(skippedText({ lines: 12_000, gaps: 1 }), /^12,000 lines skipped.* and 1 gap among them$/);
  assert.equal(lines(1), '1 line');
});

test('the clock shows milliseconds and knows UTC', () => {
  assert.equal(clock(Date.UTC(2026, 0, 2, 3, 4, 5, 6), true), '03:04:05.006');
  assert.match(clock(0, false), /^\d\d:\d\d:\d\d\.000$/);
});

const text = (prefix, theme) =>
  [...theme].filter(([name]) => name.startsWith(prefix)).map(([name]) => name);

for (const [name, theme] of themes()) {
  test(`text of the ${name} theme has AA contrast`, () => {
    const on = (backgrounds, foregrounds) => {
      for (const background of backgrounds) {
        for (const foreground of foregrounds) {
          const ratio = contrast(theme.get(foreground), theme.get(background));
          assert.ok(ratio >= 4.5, `${foreground} on ${background}: ${ratio.toFixed(2)}`);
        }
      }
    };
    const ansi = text('ansi-', theme);
    assert.equal(ansi.length, 16);
    const rows = ['bg', 'bg-raised', 'bg-hover', 'bg-error', 'bg-warn'];
    on(rows, ['fg', 'fg-dim', 'warn', 'bad', ...ansi, ...text('m-', theme)]);
    on(text('on-', theme), ['fg', 'fg-dim', ...ansi]);
    on(['bg-gap'], ['warn']);
    on(['bg-raised'], ['accent', 'good']);
    on(['accent'], ['accent-fg']);
  });
}

test('nothing in the page turns text into markup', () => {
  const sinks = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|srcdoc|\beval\b|new Function|setAttribute\(\s*['"](?:on|style)/;
  for (const name of readdirSync(WEBROOT)) {
    assert.doesNotMatch(source(name), sinks, name);
  }
});

test('nothing in the page is inline, stored or from elsewhere', () => {
  const html = source('index.html');
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  for (const name of readdirSync(WEBROOT)) {
    const withoutNamespace = source(name).replaceAll('http://www.w3.org/2000/svg', '');
    assert.doesNotMatch(withoutNamespace, /https?:\/\/|localStorage|sessionStorage|document\.cookie/, name);
  }
});

test('every id that the page looks for exists', () => {
  const html = source('index.html');
  for (const [, id] of (source('app.js') + source('gate.js')).matchAll(/\$\('([\w-]+)'\)/g)) {
    assert.ok(html.includes(`id="${id}"`), id);
  }
});

/** The custom properties of both themes. */
function themes() {
  const css = source('style.css');
  const at = css.indexOf('prefers-color-scheme: dark');
  const light = properties(css.slice(0, at));
  const end = css.indexOf('\n}\n', at);
  return [
    ['light', light],
    ['dark', new Map([...light, ...properties(css.slice(at, end))])],
  ];
}

function properties(css) {
  return new Map([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
}

/** WCAG 2.2's contrast ratio. */
function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
