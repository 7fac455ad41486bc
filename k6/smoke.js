// A smoke test over WebSockets: opens viewers of one app, holds them for a while, and fails if
// connecting is slow, a viewer gets no first frame in time, a line is missing, or a stream ends
// early. Stock k6, v1.6 or newer:
//
//   URL=wss://flyline.example.com TOKEN=... APP=shop k6 run k6/smoke.js
//
//   URL     the router, ws:// or wss://          (ws://localhost:8080)
//   TOKEN   a token that names APP; several, comma separated, are used in turn. One user may hold
//           20 streams (FLYLINE_LIMIT_PER_USER), so more viewers need more tokens.
//   APP     the app to view
//   VUS     viewers                              (10)
//   HOLD    seconds that each one stays          (30)
import { check, fail } from 'k6';
import { Counter, Rate, Trend } from 'k6/metrics';
import { WebSocket } from 'k6/websockets';

const url = __ENV.URL || 'ws://localhost:8080';
const tokens = (__ENV.TOKEN || '').split(',');
const app = __ENV.APP;
const vus = Number(__ENV.VUS || 10);
const holdMs = Number(__ENV.HOLD || 30) * 1000;

const firstFrame = new Trend('flyline_first_frame', true);
const lines = new Counter('flyline_lines');
const gaps = new Counter('flyline_gaps');
const holes = new Counter('flyline_holes');
const endedEarly = new Rate('flyline_ended_early');

export const options = {
  scenarios: {
    view: {
      executor: 'per-vu-iterations',
      vus,
      iterations: 1,
      maxDuration: `${holdMs / 1000 + 30}s`,
    },
  },
  thresholds: {
    ws_connecting: ['p(95)<1000'],
    flyline_first_frame: ['p(95)<2000'],
    flyline_gaps: ['count==0'],
    flyline_holes: ['count==0'],
    flyline_ended_early: ['rate==0'],
    checks: ['rate==1'],
  },
};

export function setup() {
  if (!app || tokens[0] === '') {
    fail('set APP and TOKEN: APP=shop TOKEN=... k6 run k6/smoke.js');
  }
}

export default function () {
  const started = Date.now();
  const token = tokens[(__VU - 1) % tokens.length];
  const socket = new WebSocket(`${url}/v1/apps/${app}/logs?tail=0`, ['flyline.v1', `bearer.${token}`]);
  let first;
  let epoch;
  let next; // the position that the next line or gap must have
  let leaving = false;

  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    if (first === undefined) {
      first = frame.type;
      firstFrame.add(event.timestamp - started);
    }
    switch (frame.type) {
      case 'hello':
        epoch = frame.epoch;
        next = seqOf(frame.at) + 1;
        break;
      case 'logs': {
        // With "seqs" the router has left lines out by a filter; here it has none.
        const seq = frame.seq === undefined ? frame.seqs[0] : frame.seq;
        if (seq !== next) {
          holes.add(1, { expected: `${epoch}:${next}`, got: `${frame.epoch}:${seq}` });
        }
        epoch = frame.epoch;
        next = seq + frame.lines.length;
        lines.add(frame.lines.length);
        break;
      }
      case 'gap':
        // Nobody watched before this test came: not a loss of its own.
        if (frame.cause !== 'unwatched') {
          gaps.add(1, { cause: frame.cause });
        }
        next = seqOf(frame.to) + 1;
        break;
    }
  };
  socket.onclose = () => {
    endedEarly.add(!leaving);
    check(first, { 'a frame came, and hello first': (type) => type === 'hello' });
  };
  setTimeout(() => {
    leaving = true;
    socket.close(1000);
  }, holdMs);
}

function seqOf(position) {
  return Number(position.slice(position.lastIndexOf(':') + 1));
}
