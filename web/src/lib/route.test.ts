import { describe, expect, it } from 'vitest';
import { linkTo, pathOf, readEntry, roomIdOf, routeOf, tokenIn } from './route';

const origin = 'https://calls.example.org';
const gardenRoom = { name: 'room', roomId: 'garden-room' };

describe('tokenIn', () => {
  it.each([
    ['#token=a.b-c_d.e', 'a.b-c_d.e'],
    ['#x=1&token=a', 'a'],
    ['', null],
    ['#', null],
    ['#tokens=a', null],
    ['#%', null],
  ])('finds in "%s" %s', (hash, token) => {
    expect(tokenIn(hash)).toBe(token);
  });
});

describe('routeOf', () => {
  it.each(['/', ''])('is home for "%s"', (path) => {
    expect(routeOf(path)).toEqual({ name: 'home' });
  });

  it.each(['/r/garden-room', '/r/garden-room/', '/r/Garden-Room', '/r/%67arden-room'])(
    'is the room for %s',
    (path) => {
      expect(routeOf(path)).toEqual(gardenRoom);
    },
  );

  it.each(['sign-in', 'forgot', 'welcome', 'account', 'calls'] as const)(
    'is the page about accounts for /%s and back',
    (page) => {
      expect(routeOf(`/${page}`)).toEqual({ name: 'account', page });
      expect(routeOf(`/${page}/`)).toEqual({ name: 'account', page });
      expect(pathOf({ name: 'account', page })).toBe(`/${page}`);
      expect(pathOf({ name: 'account', page, roomId: 'garden-room' })).toBe(`/${page}?room=garden-room`);
    },
  );

  it.each([
    '/account/x',
    '/sign',
    '/r',
    '/r/',
    '/r/ab',
    '/r/-abc',
    '/r/a b c',
    '/r/%',
    '/r/%2e%2e',
    '/r/garden-room/x',
    '/nowhere',
    '//',
  ])('is nowhere for %s', (path) => {
    expect(routeOf(path)).toEqual({ name: 'nowhere' });
  });

  it('undoes pathOf', () => {
    expect(routeOf(pathOf({ name: 'room', roomId: 'a_b-9' }))).toEqual({ name: 'room', roomId: 'a_b-9' });
    expect(routeOf(pathOf({ name: 'home' }))).toEqual({ name: 'home' });
  });
});

describe('roomIdOf', () => {
  it('keeps to the length', () => {
    expect(roomIdOf('ab')).toBeNull();
    expect(roomIdOf('abc')).toBe('abc');
    expect(roomIdOf('a'.repeat(64))).toBe('a'.repeat(64));
    expect(roomIdOf('a'.repeat(65))).toBeNull();
  });

  it('lowers letters and trims', () => {
    expect(roomIdOf('  Garden-ROOM\n')).toBe('garden-room');
  });
});

describe('readEntry', () => {
  it.each([
    'garden-room',
    ' Garden-Room ',
    '/r/garden-room',
    'https://calls.example.org/r/garden-room',
    'HTTPS://calls.example.org/r/garden-room?from=mail#x',
    'http://calls.example.org/r/garden-room/',
    'calls.example.org/r/garden-room',
  ])('finds the room in "%s"', (text) => {
    expect(readEntry(text, origin)).toEqual(gardenRoom);
  });

  it('finds it behind a port', () => {
    expect(readEntry('http://localhost:8000/r/garden-room', 'http://localhost:8000')).toEqual(gardenRoom);
    expect(readEntry('localhost:8000/r/garden-room', 'http://localhost:8000')).toEqual(gardenRoom);
    expect(readEntry(linkTo('garden-room', origin), origin)).toEqual(gardenRoom);
  });

  it('knows a link of another server', () => {
    expect(readEntry('https://other.example/r/garden-room', origin)).toEqual({
      name: 'elsewhere',
      host: 'other.example',
      href: 'https://other.example/r/garden-room',
    });
  });

  it.each(['', '   '])('is empty for "%s"', (text) => {
    expect(readEntry(text, origin)).toEqual({ name: 'empty' });
  });

  it.each([
    'garden room',
    'Gärten',
    'x',
    'room!',
    'javascript:alert(1)',
    'ftp://calls.example.org/r/garden-room',
    'https://calls.example.org/',
    'https://calls.example.org/r/x',
    'https://',
  ])('is invalid for "%s"', (text) => {
    expect(readEntry(text, origin)).toEqual({ name: 'invalid' });
  });
});
