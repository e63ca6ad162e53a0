// What our server is measured against: express and socket.io, used as their documentation shows.
// The same events, answers and bounds as the positional forms of docs/protocol.md; no log, no storage.
// Usage: node server.js PORT. Listens on loopback only.
import { createServer } from 'node:http';
import express from 'express';
import { Server } from 'socket.io';

const CAPACITY = 8;

const app = express();
app.get('/healthz', (_request, response) => response.json({ status: 'ok' }));
const http = createServer(app);
const io = new Server(http, {
  // As ours: pings every 10 s, at most 1 MB in a packet, no compression.
  pingInterval: 10_000,
  pingTimeout: 10_000,
  maxHttpBufferSize: 1_000_000,
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
});

const rooms = new Map(); // room id -> the ids of the sockets in it

const ok = (fields) => ({ status: 'ok', ...fields });
const refused = (code) => ({ status: 'error', code, message: `Refused: ${code}.` });

io.on('connection', (socket) => {
  const enter = (roomId, ack) => {
    const members = rooms.get(roomId);
    socket.join(roomId);
    members.add(socket.id);
    socket.to(roomId).emit('userJoined', socket.id);
    ack?.(ok({ participantId: socket.id, room: { id: roomId, participants: [...members] } }));
  };
  const leave = (roomId) => {
    const members = rooms.get(roomId);
    if (!members?.delete(socket.id)) return false;
    if (members.size === 0) rooms.delete(roomId);
    socket.to(roomId).emit('userLeft', socket.id);
    socket.leave(roomId);
    return true;
  };

  socket.on('createRoom', (roomId, ack) => {
    if (rooms.has(roomId)) return ack?.(refused('room_exists'));
    rooms.set(roomId, new Set());
    enter(roomId, ack);
  });
  socket.on('joinRoom', (roomId, ack) => {
    if (!rooms.has(roomId)) return ack?.(refused('room_not_found'));
    if (rooms.get(roomId).size >= CAPACITY) return ack?.(refused('room_full'));
    enter(roomId, ack);
  });
  for (const event of ['offer', 'answer', 'iceCandidate']) {
    socket.on(event, (roomId, payload, ack) => {
      if (!socket.rooms.has(roomId)) return ack?.(refused('not_in_room'));
      socket.to(roomId).emit(event, socket.id, payload);
      ack?.(ok());
    });
  }
  socket.on('leaveRoom', (roomId, ack) => ack?.(leave(roomId) ? ok() : refused('not_in_room')));
  socket.on('disconnecting', () => socket.rooms.forEach(leave));
});

http.listen(Number(process.argv[2]), '127.0.0.1');
