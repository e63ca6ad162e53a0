import { describe, expect, it } from 'vitest';
import { browserOf } from './accountStrings';

describe('browserOf', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge · Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
      'Chrome · Android',
    ],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1', 'Safari · iPhone'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15', 'Safari · macOS'],
    ['Firefox/1', 'Firefox'],
  ])('names %s', (userAgent, name) => {
    expect(browserOf(userAgent)).toBe(name);
  });

  it.each(['', 'curl/8', 'python-httpx/0.28'])('knows that "%s" is none', (userAgent) => {
    expect(browserOf(userAgent)).toBeNull();
  });
});
