// npm's socket.io-client, of the version that the given folder has, driven by lines of JSON on standard
// input: {"emit": [event, ...], "ack": n}, {"transport": n} or {"close": true}. Says on standard output
// what happens. Binary data is {"bytes": base64}.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { folder, url, options } = JSON.parse(process.argv[2]);
const { io } = createRequire(`${folder}/`)('socket.io-client');

const isView = (value) => Buffer.isBuffer(value) || value instanceof ArrayBuffer;
const pack = (value) => {
  if (isView(value)) return { bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(pack);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item)]));
};
const unpack = (value) => {
  if (Array.isArray(value)) return value.map(unpack);
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.bytes === 'string') return Buffer.from(value.bytes, 'base64');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
};
const say = (what) => process.stdout.write(`${JSON.stringify(pack(what))}\n`);

const socket = io(url, options);
socket.on('connect', () => say({ connected: socket.id }));
socket.on('disconnect', (reason) => say({ disconnected: reason }));
socket.on('connect_error', (error) => say({ refused: { message: error.message, data: error.data } }));
socket.onAny((name, ...values) => {
  const answer = values.at(-1);
  if (typeof answer === 'function') answer('answer', ...values.slice(0, -1));
  else say({ event: [name, ...values] });
});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line);
    if (command.close) {
      socket.disconnect();
      process.exitCode = 0;
      setTimeout(() => process.exit(0), 50);
    } else if ('transport' in command) {
      say({ ack: command.transport, values: [socket.io.engine.transport.name] });
    } else if ('ack' in command) {
      socket.emit(...unpack(command.emit), (...values) => say({ ack: command.ack, values }));
    } else {
      socket.emit(...unpack(command.emit));
    }
  })
  .on('close', () => process.exit(0));
