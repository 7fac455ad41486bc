// npm's ws: node ws.mjs URL TOKEN SUBPROTOCOL...
// Says on standard output what it sees, one thing a line.
import { createRequire } from 'node:module';

const [url, token, ...subprotocols] = process.argv.slice(2);
const WebSocket = createRequire(process.env.CLIENTS + '/')('ws');
const say = (...words) => console.log(words.join(' '));

const socket = new WebSocket(url, subprotocols, { headers: { Authorization: `Bearer ${token}` } });
socket.on('open', () => say('open', socket.protocol));
socket.on('message', (data) => say('message', data.toString()));
socket.on('close', (code) => say('close', code));
socket.on('error', (error) => say('error', error.message));
