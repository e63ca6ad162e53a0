import { strings } from '../../lib/callStrings';
import { copyText } from '../shared/copyText';
import type { NoticeBoard } from './NoticeBoard';

/** Copies the room's link and says so, and what it `opens`; where the browser does not allow it, shows the link to
 *  copy by hand. */
export async function copyLink(link: string, opens: string, board: NoticeBoard): Promise<void> {
  const { copied, copyByHand } = strings.call;
  const isCopied = await copyText(link);
  board.show('link', isCopied ? { what: copied, then: opens } : { what: copyByHand, then: link });
}
