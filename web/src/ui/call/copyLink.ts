import { strings } from '../../lib/strings';
import { copyText } from '../shared/copyText';
import type { NoticeBoard } from './NoticeBoard';

/** Copies the room's link and says so; where the browser does not allow it, shows the link to copy by hand. */
export async function copyLink(link: string, board: NoticeBoard): Promise<void> {
  const isCopied = await copyText(link);
  board.show('link', isCopied ? strings.call.copied : strings.call.notCopied(link));
}
