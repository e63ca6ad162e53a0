import { expect, test } from 'vitest';
import { withoutAddresses } from './withoutAddresses';

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');

test('candidates and the addresses made of them go, the rest stays', () => {
  const gathered = lines(
    'v=0',
    'o=- 42 2 IN IP4 127.0.0.1',
    'm=audio 40000 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 203.0.113.7',
    'a=rtcp:40000 IN IP4 203.0.113.7',
    'a=candidate:1 1 udp 2122260223 192.168.1.2 40000 typ host',
    'a=candidate:2 1 udp 1686052607 203.0.113.7 40000 typ srflx raddr 192.168.1.2 rport 40000',
    'a=end-of-candidates',
    'a=ice-ufrag:abcd',
    'm=video 40002 UDP/TLS/RTP/SAVPF 96',
    'c=IN IP6 2001:db8::1',
  );
  expect(withoutAddresses(gathered)).toBe(
    lines(
      'v=0',
      'o=- 42 2 IN IP4 127.0.0.1',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'c=IN IP4 0.0.0.0',
      'a=rtcp:9 IN IP4 0.0.0.0',
      'a=ice-ufrag:abcd',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'c=IN IP4 0.0.0.0',
    ),
  );
});
