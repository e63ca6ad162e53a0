// npm's socket.io-client, driven by lines of JSON on standard input: {"emit": [event, ...], "ack": n}
// or {"close": true}. Says on standard output what happens. Run from web/, where the package is.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { io } = createRequire(`${process.cwd()}/`)('socket.io-client');
const [url, auth] = process.argv.slice(2);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const socket = io(url, { transports: ['websocket'], auth: JSON.parse(auth) ?? {}, reconnection: false });
socket.on('connect', () => say({ connected: true }));
socket.on('connect_error', (error) => say({ refused: { message: error.message, data: error.data } }));
socket.onAny((...event) => say({ event }));

createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line);
  if (command.close) {
    socket.disconnect();
    process.exit(0);
  } else if ('ack' in command) {
    socket.emit(...command.emit, (value) => say({ ack: command.ack, value }));
  } else {
    socket.emit(...command.emit);
  }
});
