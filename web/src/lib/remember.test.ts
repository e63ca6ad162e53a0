import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  firstVisit,
  rememberedMedia,
  rememberedName,
  rememberedTheme,
  rememberMedia,
  rememberName,
  rememberTheme,
} from './remember';

function storageOf(entries: Record<string, string> = {}): Map<string, string> {
  const kept = new Map(Object.entries(entries));
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  return kept;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('remember', () => {
  it('gives back what it was given', () => {
    storageOf();
    const choice = {
      ...firstVisit,
      microphone: false,
      microphoneId: 'm',
      speakerId: 's',
      originalSound: true,
    };
    rememberMedia(choice);
    rememberName('Mara');
    rememberTheme('dark');
    expect(rememberedMedia()).toEqual(choice);
    expect(rememberedName()).toBe('Mara');
    expect(rememberedTheme()).toBe('dark');
  });

  it('forgets a theme', () => {
    const kept = storageOf();
    rememberTheme('dark');
    rememberTheme(null);
    expect(rememberedTheme()).toBeNull();
    expect(kept.size).toBe(0);
  });

  it('starts a first visit with everything on', () => {
    storageOf();
    expect(rememberedMedia()).toEqual(firstVisit);
    expect(rememberedName()).toBe('');
    expect(rememberedTheme()).toBeNull();
  });

  it.each(['not json', 'null', '7', '"text"', '[]', '{"microphone":"yes","cameraId":5,"speakerId":""}'])(
    'takes %s for nothing',
    (garbage) => {
      storageOf({ 'visavis.media': garbage, 'visavis.theme': garbage });
      expect(rememberedMedia()).toEqual(firstVisit);
      expect(rememberedTheme()).toBeNull();
    },
  );

  it('keeps the good parts of what is half garbage', () => {
    storageOf({ 'visavis.media': '{"camera":false,"cameraId":"c","microphone":1}' });
    expect(rememberedMedia()).toEqual({ ...firstVisit, camera: false, cameraId: 'c' });
  });

  it('cuts a name that is too long', () => {
    storageOf({ 'visavis.name': 'x'.repeat(500) });
    expect(rememberedName()).toHaveLength(60);
  });

  it('does without a storage that is blocked', () => {
    vi.stubGlobal(
      'localStorage',
      new Proxy(
        {},
        {
          get: () => {
            throw new DOMException('blocked', 'SecurityError');
          },
        },
      ),
    );
    rememberMedia(firstVisit);
    rememberName('Mara');
    rememberTheme('light');
    expect(rememberedMedia()).toEqual(firstVisit);
    expect(rememberedName()).toBe('');
    expect(rememberedTheme()).toBeNull();
  });
});
