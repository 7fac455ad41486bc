import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Inbox } from '../../main/resources/webroot/inbox.js';
import { Tracker } from '../../main/resources/webroot/tracker.js';

function logs(seq, ...lines) {
  return { type: 'logs', app: 'a', epoch: 'e', seq, lines };
}

function brief(items) {
  return items.map((item) => (item.kind === 'line' ? item.payload : `${item.kind} ${item.count} ${item.cause}`));
}

test('the position follows hello, lines, gaps and pings', () => {
  const tracker = new Tracker();
  assert.equal(tracker.position, undefined);
  tracker.accept({ type: 'hello', at: 'e:41' });
  assert.equal(tracker.position, 'e:41');
  tracker.accept(logs(42, 'x', 'y'));
  assert.equal(tracker.position, 'e:43');
  tracker.accept({ type: 'gap', from: 'e:44', to: 'e:99', count: 56, cause: 'slow' });
  assert.equal(tracker.position, 'e:99');
  tracker.accept({ type: 'ping', at: 'e:120' });
  assert.equal(tracker.position, 'e:120');
});

test('a hello after a reconnect does not move what was seen', () => {
  const tracker = new Tracker();
  tracker.accept(logs(42, 'x'));
  tracker.accept({ type: 'hello', at: 'f:7' });
  assert.equal(tracker.position, 'e:42');
});

test('lines seen before are dropped', () => {
  const tracker = new Tracker();
  tracker.accept(logs(1, 'a', 'b'));
  assert.deepEqual(brief(tracker.accept(logs(2, 'b', 'c'))), ['c']);
});

test('positions that nobody told of are shown as a gap', () => {
  const tracker = new Tracker();
  tracker.accept(logs(1, 'a'));
  assert.deepEqual(brief(tracker.accept(logs(5, 'e'))), ['gap 3 untold', 'e']);
});

test('filtered lines and a new epoch are no gap', () => {
  const tracker = new Tracker();
  tracker.accept(logs(1, 'a'));
  const filtered = { type: 'logs', epoch: 'e', seqs: [4, 9], lines: ['d', 'i'] };
  assert.deepEqual(brief(tracker.accept(filtered)), ['d', 'i']);
  assert.equal(tracker.position, 'e:9');
  const next = { type: 'logs', epoch: 'f', seq: 10, lines: ['j'] };
  assert.deepEqual(brief(tracker.accept(next)), ['j']);
  assert.equal(tracker.position, 'f:10');
});

test('a mark that a gap passed over is told and moves nothing back', () => {
  const tracker = new Tracker();
  tracker.accept(logs(1, 'a'));
  tracker.accept({ type: 'gap', from: 'e:2', to: 'e:9', count: 8, cause: 'slow' });
  const mark = { type: 'gap', from: 'e:5', to: 'e:5', count: null, cause: 'upstream' };
  assert.deepEqual(brief(tracker.accept(mark)), ['gap undefined upstream']);
  assert.equal(tracker.position, 'e:9');
  assert.deepEqual(brief(tracker.accept(logs(10, 'j'))), ['j']);
});

test('frames that are unknown or broken are passed over', () => {
  const tracker = new Tracker();
  assert.deepEqual(tracker.accept({ type: 'future' }), []);
  assert.deepEqual(tracker.accept({ type: 'logs' }), []);
  tracker.accept({ type: 'ping', at: 'E:x' });
  assert.equal(tracker.position, undefined);
});

test('a full inbox keeps the newest and tells what it dropped', () => {
  const inbox = new Inbox(3);
  for (let i = 1; i <= 5; i++) {
    inbox.push([{ kind: 'line', payload: i }]);
  }
  inbox.push([{ kind: 'gap', count: 7, cause: 'slow' }]);
  assert.equal(inbox.lines, 5);
  assert.deepEqual(
    inbox.take(2).map((item) => item.payload ?? item),
    [{ kind: 'skipped', lines: 3, gaps: 0 }, 4, 5],
  );
  assert.equal(inbox.take(10)[0].kind, 'gap');
  assert.ok(inbox.isEmpty);
});

test('an inbox is bounded in characters as well', () => {
  const inbox = new Inbox(1000, 10_000);
  for (let i = 0; i < 100; i++) {
    inbox.push([{ kind: 'line', payload: i, size: 1000 }]);
  }
  const [skipped, ...kept] = inbox.take(1000);
  assert.equal(skipped.lines + kept.length, 100);
  assert.ok(kept.length <= 9 && kept.at(-1).payload === 99);
});

test('an inbox stays right over many turns', () => {
  const inbox = new Inbox(100);
  let next = 0;
  for (let i = 0; i < 10_000; i++) {
    inbox.push([{ kind: 'line', payload: i }]);
    if (i % 7 === 0) {
      for (const item of inbox.take(10)) {
        assert.equal(item.payload, next++);
      }
    }
  }
});
