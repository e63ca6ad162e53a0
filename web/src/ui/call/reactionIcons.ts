import Heart from 'lucide-react/icons/heart';
import Laugh from 'lucide-react/icons/laugh';
import PartyPopper from 'lucide-react/icons/party-popper';
import ThumbsDown from 'lucide-react/icons/thumbs-down';
import ThumbsUp from 'lucide-react/icons/thumbs-up';
import type { ReactionName } from '../../call/Talk';

/** Drawn, and not of the system's letters, which differ from one to the next. */
export const REACTION_ICONS: Readonly<Record<ReactionName, typeof Heart>> = {
  yes: ThumbsUp,
  no: ThumbsDown,
  heart: Heart,
  laugh: Laugh,
  celebrate: PartyPopper,
};
