import { strings } from '../../lib/callStrings';
import { copyText } from '../shared/copyText';
import type { NoticeBoard } from './NoticeBoard';

/** Copies the room's link and says so; where the browser does not allow it, shows the link to copy by hand. */
export async function copyLink(link: string, board: NoticeBoard): Promise<void> {
  const isCopied = await copyText(link);
  board.show('link', isCopied ? strings.call.copied : { what: strings.call.copyByHand, then: link });
}
