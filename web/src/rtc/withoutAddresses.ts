/** A description that tells no address: for a link that is prepared before its sides may know each other's.
 *  Candidates go (RFC 8839, section 5.1), and the connection data and the RTCP address that a browser writes
 *  from them become what they are before it has any (section 4.3.1). */
export function withoutAddresses(sdp: string): string {
  return sdp
    .replace(/^a=(candidate:|end-of-candidates).*\r\n/gm, '')
    .replace(/^c=IN .*$/gm, 'c=IN IP4 0.0.0.0')
    .replace(/^a=rtcp:.*$/gm, 'a=rtcp:9 IN IP4 0.0.0.0')
    .replace(/^m=(\w+) \d+ /gm, 'm=$1 9 ');
}
